import { describe, expect, test } from 'vitest';
import {
  openQuorum,
  type QuorumEffect,
  type QuorumEvent,
  type QuorumGroups,
  stepQuorum,
} from '../../../src/relay/quorum.ts';

/** Walks a quorum through events and lists what it wanted, in words. */
function walk(text: string, groups: QuorumGroups, events: readonly QuorumEvent[]): readonly string[] {
  const [agree = 0, of = 0] = text.split('/').map(Number);
  let step = openQuorum({ agree, of }, groups);
  const effects: QuorumEffect[] = [...step.effects];
  for (const event of events) {
    step = stepQuorum(step.state, event);
    effects.push(...step.effects);
  }
  return effects.map(inWords);
}

function inWords(effect: QuorumEffect): string {
  if (effect.kind !== 'settle') return `${effect.kind} ${effect.slot}`;
  const { outcome } = effect;
  return outcome.kind === 'agreed' ? `agreed on ${outcome.ballot}` : outcome.kind;
}

const votes = (slot: number, ballot: number): QuorumEvent => ({ kind: 'voted', slot, ballot, weight: 'firm' });
const doubts = (slot: number, ballot: number): QuorumEvent => ({ kind: 'voted', slot, ballot, weight: 'weak' });
const fails = (slot: number): QuorumEvent => ({ kind: 'failed', slot });
const of = (groups: number, ready = groups): QuorumGroups => ({ groups, ready });
const three = ['ask 0', 'ask 1', 'ask 2'];

describe('a quorum', () => {
  test('asks as many at once as it says, ends with the second that agrees, and lets the others go', () => {
    expect(walk('2/3', of(4), [votes(2, 0), votes(0, 0)])).toEqual([...three, 'cancel 1', 'agreed on 0']);
  });

  test('is not hurried by a first answer that stays alone', () => {
    expect(walk('2/3', of(3), [votes(0, 0), votes(1, 1), votes(2, 1)])).toEqual([...three, 'agreed on 1']);
  });

  test('asks one more for each that fails, as long as there is one', () => {
    const events = [fails(1), votes(0, 0), fails(3), votes(2, 0)];
    expect(walk('2/3', of(4), events)).toEqual([...three, 'ask 3', 'agreed on 0']);
  });

  test('asks nobody more because of a disagreement', () => {
    expect(walk('2/3', of(5), [votes(0, 0), votes(1, 1), votes(2, 2)])).toEqual([...three, 'disagreed']);
  });

  test('waits for nobody once agreement is out of reach', () => {
    expect(walk('3/3', of(3), [votes(0, 0), votes(1, 1)])).toEqual([...three, 'cancel 2', 'disagreed']);
  });

  test('of which too few answer ends as such, and not as a disagreement', () => {
    expect(walk('2/2', of(2), [votes(0, 0), fails(1)])).toEqual(['ask 0', 'ask 1', 'too-few']);
    expect(walk('2/2', of(1), [])).toEqual(['too-few']);
  });

  test('asks a last resort only where those that are well cannot agree', () => {
    expect(walk('2/3', of(3, 2), [votes(0, 0), votes(1, 0)])).toEqual(['ask 0', 'ask 1', 'agreed on 0']);
    const events = [votes(0, 0), votes(1, 1), votes(2, 1)];
    expect(walk('2/3', of(3, 2), events)).toEqual(['ask 0', 'ask 1', 'ask 2', 'agreed on 1']);
  });

  test('takes an error that another may not give for an answer only where nothing better decides', () => {
    expect(walk('2/3', of(4), [doubts(0, 0), doubts(1, 0), votes(2, 1), votes(3, 1)])).toEqual([
      ...three,
      'ask 3',
      'agreed on 1',
    ]);
    expect(walk('2/2', of(2), [doubts(0, 0), doubts(1, 0)])).toEqual(['ask 0', 'ask 1', 'agreed on 0']);
  });

  test('ignores what comes after its end, and answers to questions it never asked', () => {
    expect(walk('1/1', of(2), [votes(1, 0), votes(0, 0), votes(0, 1), fails(0)])).toEqual(['ask 0', 'agreed on 0']);
  });
});
