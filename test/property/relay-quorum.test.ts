import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalNumber } from '../../src/relay/canonical-number.ts';
import { canonicalText, readCanonical, startCanonical } from '../../src/relay/canonical-text.ts';
import {
  openQuorum,
  type QuorumEffect,
  type QuorumEvent,
  type QuorumState,
  stepQuorum,
} from '../../src/relay/quorum.ts';
import { jsonText } from '../support/json-arbitraries.ts';

type Answer = Pick<Extract<QuorumEvent, { kind: 'voted' }>, 'ballot' | 'weight'> | 'fails';

const anyAnswer: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ ballot: fc.nat(2), weight: fc.constant<'firm'>('firm') }) },
  { weight: 1, arbitrary: fc.record({ ballot: fc.integer({ min: 3, max: 4 }), weight: fc.constant<'weak'>('weak') }) },
  { weight: 2, arbitrary: fc.constant<'fails'>('fails') },
);

const anyQuorum = fc.record({
  of: fc.integer({ min: 1, max: 6 }),
  agree: fc.integer({ min: 1, max: 6 }),
  groups: fc.integer({ min: 0, max: 8 }),
  ready: fc.integer({ min: 0, max: 8 }),
  /** What each group would answer, by its slot. */
  answers: fc.array(anyAnswer, { minLength: 8, maxLength: 8 }),
  order: fc.infiniteStream(fc.nat()),
});

function eventOf(slot: number, answer: Answer | undefined): QuorumEvent {
  return answer === undefined || answer === 'fails' ? { kind: 'failed', slot } : { kind: 'voted', slot, ...answer };
}

describe('a quorum, whatever the answers and their order', () => {
  test('settles once, asks no slot twice, keeps to its width, leaves nothing running, and is right', () => {
    fc.assert(
      fc.property(anyQuorum, ({ of, agree: wanted, groups, ready, answers, order }) => {
        const agree = Math.min(wanted, of);
        const asked: number[] = [];
        const given: { readonly slot: number; readonly answer: Answer | undefined }[] = [];
        const running = new Set<number>();
        const ends: QuorumEffect[] = [];
        let state: QuorumState = { kind: 'settled' };
        const take = (step: { state: QuorumState; effects: readonly QuorumEffect[] }): void => {
          state = step.state;
          for (const effect of step.effects) {
            expect(ends).toEqual([]);
            if (effect.kind === 'ask') running.add(effect.slot);
            if (effect.kind === 'ask') asked.push(effect.slot);
            if (effect.kind === 'cancel') expect(running.delete(effect.slot)).toBe(true);
            if (effect.kind === 'settle') ends.push(effect);
          }
          expect(running.size).toBeLessThanOrEqual(of);
        };
        take(openQuorum({ agree, of }, { groups, ready: Math.min(ready, groups) }));
        while (running.size > 0) {
          const slots = [...running];
          const slot = slots[order.next().value % slots.length] ?? 0;
          running.delete(slot);
          given.push({ slot, answer: answers[slot] });
          take(stepQuorum(state, eventOf(slot, answers[slot])));
        }
        expect(ends).toHaveLength(1);
        expect(new Set(asked).size).toBe(asked.length);
        expect(Math.max(-1, ...asked)).toBeLessThan(groups);
        const [end] = ends;
        const outcome = end?.kind === 'settle' ? end.outcome : undefined;
        const firm = given.flatMap(({ answer }) => (typeof answer === 'object' ? [answer] : []));
        const votesFor = (ballot: number): number => firm.filter((vote) => vote.ballot === ballot).length;
        if (outcome?.kind === 'agreed') expect(votesFor(outcome.ballot)).toBeGreaterThanOrEqual(agree);
        else for (const { ballot } of firm) expect(votesFor(ballot)).toBeLessThan(agree);
        const failed = given.filter(({ answer }) => answer === undefined || answer === 'fails').length;
        if (outcome?.kind === 'disagreed') expect(asked.length - failed).toBeGreaterThanOrEqual(agree);
        if (outcome?.kind === 'too-few') expect(asked.length - failed).toBeLessThan(agree);
      }),
      { numRuns: 2000 },
    );
  });
});

function canonical(text: string, slice = 1_000_000): string {
  const reading = startCanonical(Buffer.from(text), { volatile: new Set(['noise']), hexCase: 'ignored' });
  while (readCanonical(reading, slice) === 'more');
  return canonicalText(reading);
}

/** The same value, its members turned round, spread over lines, its numbers spelled otherwise. */
function respell(value: unknown): string {
  if (Array.isArray(value)) return `[ ${value.map(respell).join(' ,\n')} ]`;
  if (typeof value === 'number')
    return `${value}${Number.isInteger(value) && !String(value).includes('e') ? '.0' : ''}`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).reverse();
  return `{ ${members.map(([name, member]) => `${JSON.stringify(name)} : ${respell(member)}`).join(' , ')} }`;
}

describe('the canonical text of a result', () => {
  test('is the same however it is spelled, and in whatever slices it is read', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 9 }), (value, slice) => {
        const plain = JSON.stringify(value);
        expect(canonical(respell(JSON.parse(plain)), slice)).toBe(canonical(plain));
      }),
    );
  });

  test('is canonical itself, and means what the result means', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        const once = canonical(text);
        expect(canonical(once)).toBe(once);
        if (!text.includes('"noise"') && !/0x/i.test(text))
          expect(plus(JSON.parse(once))).toEqual(plus(JSON.parse(text)));
      }),
    );
  });

  test('tells every two numbers apart that differ, and no others, beyond what doubles hold', () => {
    const anyNumber = fc.record({
      digits: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      exponent: fc.integer({ min: -8, max: 8 }),
    });
    fc.assert(
      fc.property(anyNumber, anyNumber, fc.boolean(), (one, other, isNear) => {
        const second = isNear ? { digits: one.digits + 1n, exponent: one.exponent } : other;
        const exact = ({ digits, exponent }: typeof one): bigint => digits * 10n ** BigInt(exponent + 8);
        const text = ({ digits, exponent }: typeof one): string => `${digits}e${exponent}`;
        expect(canonicalNumber(text(one)) === canonicalNumber(text(second))).toBe(exact(one) === exact(second));
      }),
    );
  });
});

/** Without the one difference doubles make and canonical numbers do not: zero has no sign. */
function plus(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
