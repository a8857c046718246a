import { describe, expect, it } from 'vitest';
import { assignTargets } from '../../../src/audit/assign-targets.ts';
import type { Draw } from '../../../src/audit/assignment-hash.ts';
import { lep6 } from '../../../src/audit/convention.ts';
import { pairChallenger } from '../../../src/audit/pair-challenger.ts';
import { type PlainText, plainText } from '../../../src/audit/plain-text.ts';
import { rankIds } from '../../../src/audit/rank-ids.ts';
import { selectChallengers } from '../../../src/audit/select-challengers.ts';
import { selectTargets } from '../../../src/audit/select-targets.ts';
import { selectTicket } from '../../../src/audit/select-ticket.ts';
import { hash } from '../../../src/system/hash.ts';

const draw: Draw = { hash, convention: lep6, seed: Buffer.from('01234567890123456789012345678901') };

/** Every digest is the same, so only the tie rule is left to decide. */
const tied: Draw = { ...draw, hash: { sha256: () => new Uint8Array(32), blake3: () => new Uint8Array(32) } };

const astral = plainText('\u{1F600}');
const fullWidth = plainText('\uFF5E');
const plain = plainText('z');
const unsorted = [astral, fullWidth, plain];
const sorted = [plain, fullWidth, astral];

const ids = (...texts: readonly string[]): readonly PlainText[] => texts.map(plainText);

describe('where digests are equal, the bytes of the ids decide', () => {
  it('in a ranking', () => {
    expect(rankIds(tied, unsorted, 'targetRank').map(({ id }) => id)).toEqual(sorted);
  });

  it('among targets', () => {
    expect(selectTargets(tied, unsorted, 2)).toEqual([plain, fullWidth]);
  });

  it('in a pair', () => {
    expect(pairChallenger(tied, plain, { targets: unsorted })).toBe(fullWidth);
  });

  it('among tickets', () => {
    const choice = { target: plain, bucket: 'OLD', eligible: [astral, fullWidth] } as const;
    expect(selectTicket(tied, choice)).toBe(fullWidth);
  });

  it('in nearness', () => {
    expect(selectChallengers(tied, { epochId: 1n, ids: unsorted, requested: 3 })).toEqual(sorted);
  });
});

describe('targets', () => {
  it('an id named twice stands twice, next to itself', () => {
    const ranking = rankIds(draw, ids('a', 'b', 'a'), 'targetRank').map(({ id }) => id);
    expect(ranking.lastIndexOf(plainText('a')) - ranking.indexOf(plainText('a'))).toBe(1);
  });

  it('a divisor of 0 means 3', () => {
    const named = ids('a', 'b', 'c', 'd', 'e', 'f', 'g');
    expect(selectTargets(draw, named, 0)).toEqual(selectTargets(draw, named, 3));
    expect(selectTargets(draw, named, 0)).toHaveLength(3);
  });

  it.each([-1, 0.5, 2 ** 32])('a divisor of %d is a bug of the caller', (divisor) => {
    expect(() => selectTargets(draw, ids('a'), divisor)).toThrow(RangeError);
  });

  it('the empty id is nobody to be paired with', () => {
    expect(pairChallenger(draw, plainText('a'), { targets: ids('', 'a') })).toBeUndefined();
  });
});

describe('an assignment', () => {
  it('a challenger that is its own last target takes a candidate, and its place stays open for the next', () => {
    const field = { activeIds: ids('a', 'b'), selectedTargets: ids('a', 'x'), targetCandidates: ids('a', 'b', 'c') };
    const assignment = assignTargets(draw, field);
    expect([...assignment]).toEqual([
      ['a', 'x'],
      ['b', 'a'],
    ]);
    const alone = assignTargets(draw, { ...field, selectedTargets: ids('a') });
    expect([...alone.keys()]).toEqual(['a']);
    expect(['b', 'c']).toContain(alone.get(plainText('a')));
  });

  it('a challenger that finds nobody goes without, and the next one gets its target', () => {
    const field = { activeIds: ids('a', 'b'), selectedTargets: ids('a'), targetCandidates: ids('a') };
    expect([...assignTargets(draw, field)]).toEqual([['b', 'a']]);
  });

  it('nobody falls back to a candidate that another challenger has already', () => {
    const field = { activeIds: ids('a', 'c'), selectedTargets: ids('b', 'c'), targetCandidates: ids('b') };
    expect([...assignTargets(tied, field)]).toEqual([['a', 'b']]);
  });

  it('challengers are served in the order of their bytes', () => {
    const field = { activeIds: unsorted, selectedTargets: ids('x', 'y', 'w'), targetCandidates: [] };
    expect([...assignTargets(draw, field).keys()]).toEqual(sorted);
  });
});
