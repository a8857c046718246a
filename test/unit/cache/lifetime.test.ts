import { describe, expect, test } from 'vitest';
import { type Found, type KeepingFacts, lifetimeOf, mayBeKept } from '../../../src/cache/lifetime.ts';
import type { BlockReference } from '../../../src/model/call.ts';
import type { MethodPolicy } from '../../../src/model/method-policy.ts';
import { buildPolicy } from '../../support/build-lane.ts';

const day = 86_400_000;

/** A chain at 100, final up to 90, whose recent blocks are 95 to 100. */
function facts(traits: Partial<KeepingFacts> = {}): KeepingFacts {
  return {
    finalized: 90,
    tip: 100,
    state: 'running',
    recent: {
      hashAt: (height) => (height >= 95 && height <= 100 ? `0x${height}` : undefined),
      heightOf: (hash) => (/^0x(9[5-9]|100)$/.test(hash) ? Number(hash.slice(2)) : undefined),
    },
    calmMs: Number.POSITIVE_INFINITY,
    finalizedMs: day,
    tipMs: 0,
    ...traits,
  };
}

function found(traits: Partial<Found> = {}): Found {
  return { content: 'value', shown: undefined, endpoint: 'single', hashBefore: undefined, ...traits };
}

const policy = buildPolicy('read', { kind: 'read', cache: 'finalized' });

function call(block: BlockReference, traits: Partial<MethodPolicy> = {}) {
  return { policy: { ...policy, ...traits }, block };
}

const at = (height: number): BlockReference => ({ kind: 'height', height });
const range = (from: number, to: number): BlockReference => ({ kind: 'range', from: at(from), to: at(to) });
const latest: BlockReference = { kind: 'tag', tag: 'latest' };
const byHash: BlockReference = { kind: 'hash', hash: '0xabc' };
const none = { kind: 'none' };

describe('an answer about a final block', () => {
  test('is kept for as long as the configuration says', () => {
    expect(lifetimeOf(call(at(90)), found(), facts())).toEqual({ kind: 'final', height: 90, ttlMs: day });
    expect(lifetimeOf(call(range(1, 90)), found(), facts())).toEqual({ kind: 'final', height: 90, ttlMs: day });
  });

  test('is kept although the chain is still starting', () => {
    expect(lifetimeOf(call(at(90)), found(), facts({ state: 'backfilling' }))).toMatchObject({ kind: 'final' });
  });

  test('is kept where it was asked for by hash and shows its block: a receipt (F-184)', () => {
    const receipt = found({ shown: { height: 80, hash: '0x80' } });
    expect(lifetimeOf(call(byHash), receipt, facts())).toEqual({ kind: 'final', height: 80, ttlMs: day });
  });

  test('is kept for half a minute where it is an empty list', () => {
    const logs = found({ content: 'empty' });
    expect(lifetimeOf(call(range(1, 90)), logs, facts())).toEqual({ kind: 'final', height: 90, ttlMs: 30_000 });
  });

  test('is never kept where it is null, or an error that may be another next time (F-184)', () => {
    expect(lifetimeOf(call(at(90)), found({ content: 'null' }), facts())).toEqual(none);
    expect(lifetimeOf(call(at(90)), found({ content: 'error' }), facts())).toEqual(none);
  });

  test('is kept like a result where it is an error that is deterministic', () => {
    expect(lifetimeOf(call(at(90)), found({ content: 'final-error' }), facts())).toMatchObject({ kind: 'final' });
  });

  test('is not kept where it shows another block than was asked for', () => {
    expect(lifetimeOf(call(at(90)), found({ shown: { height: 89 } }), facts())).toEqual(none);
  });

  test('is not kept where the chain has another block there (F-186)', () => {
    const forked = found({ shown: { height: 96, hash: '0xelse' } });
    expect(lifetimeOf(call(byHash), forked, facts({ finalized: 98 }))).toEqual(none);
  });
});

describe('an answer about a block that is not final yet', () => {
  test('is kept as long as the chain has the block it shows (F-183)', () => {
    const block = found({ shown: { height: 100, hash: '0x100' } });
    const pinned = { kind: 'pinned', height: 100, hash: '0x100', proof: 'shown', ttlMs: day };
    expect(lifetimeOf(call(at(100)), block, facts())).toEqual(pinned);
    expect(lifetimeOf(call(byHash), block, facts())).toEqual(pinned);
  });

  test('is kept where the call names a recent block by its hash', () => {
    const named: BlockReference = { kind: 'hash', hash: '0x97' };
    expect(lifetimeOf(call(named), found(), facts())).toMatchObject({
      kind: 'pinned',
      height: 97,
      hash: '0x97',
      proof: 'shown',
    });
  });

  test('is not kept where the block it shows is not the one of the chain, or not known', () => {
    expect(lifetimeOf(call(at(96)), found({ shown: { height: 96, hash: '0xelse' } }), facts())).toEqual(none);
    expect(lifetimeOf(call(at(92)), found({ shown: { height: 92, hash: '0x92' } }), facts())).toEqual(none);
    expect(lifetimeOf(call(byHash), found(), facts())).toEqual(none);
  });

  test('is not kept before the chain runs', () => {
    const block = found({ shown: { height: 100, hash: '0x100' } });
    expect(lifetimeOf(call(at(100)), block, facts({ state: 'backfilling' }))).toEqual(none);
  });

  test('is not kept where it is an error or an empty list (F-184)', () => {
    const near = { hashBefore: '0x96' };
    expect(lifetimeOf(call(at(96)), found({ ...near, content: 'final-error' }), facts())).toEqual(none);
    expect(lifetimeOf(call(range(91, 96)), found({ ...near, content: 'empty' }), facts())).toEqual(none);
  });

  test('is not kept above the tip, nor where nothing is known of finality and the block', () => {
    expect(lifetimeOf(call(at(101)), found({ shown: { height: 101, hash: '0x101' } }), facts())).toEqual(none);
    const { finalized: _, ...unknown } = facts();
    expect(lifetimeOf(call(at(50)), found(), { ...unknown, finalized: undefined })).toEqual(none);
  });
});

describe('an answer that does not show its block', () => {
  const balance = found({ hashBefore: '0x98' });

  test('is kept for a minute, two blocks below the tip of a calm chain', () => {
    expect(lifetimeOf(call(at(98)), balance, facts())).toEqual({
      kind: 'pinned',
      height: 98,
      hash: '0x98',
      proof: 'taken',
      ttlMs: 60_000,
    });
  });

  test('is not kept where its method would show it', () => {
    const showing = call(at(98), { showsBlock: { height: ['number'], hash: ['hash'] } });
    expect(lifetimeOf(showing, balance, facts())).toEqual(none);
  });

  test.each([
    ['nearer to the tip', at(99), found({ hashBefore: '0x99' }), facts()],
    ['where the block was replaced while it was read', at(98), found({ hashBefore: '0xother' }), facts()],
    ['where the block was not known when it was asked', at(98), found(), facts()],
    ['within a minute of a reorg', at(98), balance, facts({ calmMs: 59_999 })],
    ['where it comes from a pool', at(98), { ...balance, endpoint: 'pool' as const }, facts()],
  ])('is not kept %s', (_, block, answer, known) => {
    expect(lifetimeOf(call(block), answer, known)).toEqual(none);
  });
});

describe('an answer about whatever is newest', () => {
  test.each([
    ['latest', call(latest)],
    ['finalized', call({ kind: 'tag', tag: 'finalized' })],
    ['a range up to latest', call({ kind: 'range', from: at(1), to: latest })],
    ['no block at all', call({ kind: 'none' }, { cache: 'tip' })],
    ['a height, by a method whose answers move', call(at(1), { cache: 'tip' })],
  ])('is not kept: %s', (_, asked) => {
    expect(lifetimeOf(asked, found(), facts())).toEqual(none);
    expect(mayBeKept(asked, facts())).toBe(false);
  });

  test('is kept for a moment where the configuration wants it', () => {
    expect(lifetimeOf(call(latest), found(), facts({ tipMs: 500 }))).toEqual({ kind: 'tip', ttlMs: 500 });
    expect(lifetimeOf(call(latest), found({ content: 'empty' }), facts({ tipMs: 500 }))).toMatchObject({ kind: 'tip' });
    expect(mayBeKept(call(latest), { tipMs: 500 })).toBe(true);
  });

  test('is not kept even then where it is null or an error', () => {
    const wanted = facts({ tipMs: 500 });
    expect(lifetimeOf(call(latest), found({ content: 'null' }), wanted)).toEqual(none);
    expect(lifetimeOf(call(latest), found({ content: 'final-error' }), wanted)).toEqual(none);
  });
});

describe('nothing is kept', () => {
  test.each([
    ['of writes', { kind: 'write', cache: 'never' }],
    ['of filters', { kind: 'filter', cache: 'never' }],
    ['of reads that the spec wants fresh', { cache: 'never' }],
  ] as const)('%s', (_, traits) => {
    expect(lifetimeOf(call(at(1), traits), found(), facts({ tipMs: 500 }))).toEqual(none);
  });

  test('of a range that ends before it begins', () => {
    expect(lifetimeOf(call(range(80, 70)), found(), facts())).toEqual(none);
  });
});
