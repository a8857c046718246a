import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignTargets } from '../../src/audit/assign-targets.ts';
import { lep6 } from '../../src/audit/convention.ts';
import { healParticipants } from '../../src/audit/heal-participants.ts';
import { pairChallenger } from '../../src/audit/pair-challenger.ts';
import type { PlainText } from '../../src/audit/plain-text.ts';
import { rankIds } from '../../src/audit/rank-ids.ts';
import { selectChallengers } from '../../src/audit/select-challengers.ts';
import { selectTargets } from '../../src/audit/select-targets.ts';
import { selectTicket } from '../../src/audit/select-ticket.ts';
import { transcriptHash } from '../../src/audit/transcript-hash.ts';
import {
  anyDraw,
  anyField,
  anyIds,
  anyU32,
  anyU64,
  differentIds,
  shuffled,
  someId,
} from '../support/audit-arbitraries.ts';

describe('the order of the input never matters', () => {
  test('to a ranking, to targets and to challengers', () => {
    fc.assert(
      fc.property(anyDraw, shuffled(anyIds), fc.nat({ max: 9 }), anyU64, (draw, [ids, other], few, epochId) => {
        expect(rankIds(draw, other, 'targetRank')).toEqual(rankIds(draw, ids, 'targetRank'));
        expect(selectTargets(draw, other, few)).toEqual(selectTargets(draw, ids, few));
        const challengers = (from: readonly PlainText[]) =>
          selectChallengers(draw, { epochId, ids: from, requested: few });
        expect(challengers(other)).toEqual(challengers(ids));
      }),
    );
  });

  test('to a pair, a ticket and an assignment', () => {
    fc.assert(
      fc.property(anyDraw, someId, shuffled(anyIds), anyField, (draw, id, [ids, other], field) => {
        expect(pairChallenger(draw, id, { targets: other })).toBe(pairChallenger(draw, id, { targets: ids }));
        const ticketOf = (eligible: readonly PlainText[]) =>
          selectTicket(draw, { target: id, bucket: 'RECENT', eligible });
        expect(ticketOf(other)).toBe(ticketOf(ids));
        const assigned = (activeIds: readonly PlainText[]) => [
          ...assignTargets(draw, { ...field, activeIds, selectedTargets: ids, targetCandidates: ids }),
        ];
        expect(assigned([...field.activeIds].reverse())).toEqual(assigned(field.activeIds));
        const turned = { ...field, selectedTargets: [...field.selectedTargets].reverse() };
        expect([...assignTargets(draw, turned)]).toEqual([...assignTargets(draw, field)]);
      }),
    );
  });

  test('to observers of a transcript and to participants of a healing', () => {
    fc.assert(
      fc.property(anyDraw, someId, shuffled(anyIds), anyU64, anyU32, (draw, id, [ids, other], epochId, ordinal) => {
        const named = { challenger: id, target: id, ticket: id, artifactKey: id, derivationHex: id, compoundHex: id };
        const hashOf = (observers: readonly PlainText[]) =>
          transcriptHash(draw, { ...named, epochId, bucket: 'OLD', artifactClass: 'INDEX', ordinal, observers });
        expect(hashOf(other)).toEqual(hashOf(ids));
        const healing = (activeIds: readonly PlainText[]) =>
          healParticipants(lep6, { ticket: id, epochId }, { activeIds, verifiers: 2 });
        expect(healing(other)).toEqual(healing(ids));
      }),
    );
  });
});

describe('an assignment', () => {
  test('never gives a challenger itself, no target to two, and no more than there are different selected ones', () => {
    fc.assert(
      fc.property(anyDraw, anyField, (draw, field) => {
        const assignment = assignTargets(draw, field);
        const targets = [...assignment.values()];
        for (const [challenger, target] of assignment) expect(challenger).not.toBe(target);
        expect(new Set(targets).size).toBe(targets.length);
        expect(assignment.size).toBeLessThanOrEqual(new Set(field.selectedTargets.filter((id) => id !== '')).size);
      }),
      { numRuns: 1000 },
    );
  });

  test('takes challengers from the active ids, and targets from the selected, the candidates or else the active ones', () => {
    fc.assert(
      fc.property(anyDraw, anyField, (draw, field) => {
        const assignment = assignTargets(draw, field);
        const named = field.targetCandidates.some((id) => id !== '') ? field.targetCandidates : field.activeIds;
        for (const [challenger, target] of assignment) {
          expect(challenger).not.toBe('');
          expect(field.activeIds).toContain(challenger);
          expect(target).not.toBe('');
          expect([...field.selectedTargets, ...named]).toContain(target);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('leaves no selected target aside while there are challengers enough who are not targets themselves', () => {
    fc.assert(
      fc.property(anyDraw, differentIds, fc.nat({ max: 20 }), (draw, ids, cut) => {
        const [selectedTargets, activeIds] = [ids.slice(0, cut), ids.slice(cut)];
        const assignment = assignTargets(draw, { activeIds, selectedTargets, targetCandidates: [] });
        expect(assignment.size).toBe(Math.min(activeIds.length, selectedTargets.length));
        for (const target of assignment.values()) expect(selectedTargets).toContain(target);
      }),
    );
  });
});
