import { describe, expect, test } from 'vitest';
import { ChainAnswers, type Keeping, type Present } from '../../../src/cache/chain-answers.ts';
import type { Kept } from '../../../src/cache/kept.ts';
import type { GatewayEvent } from '../../../src/model/events.ts';
import { okVerdict } from '../../../src/model/verdict.ts';
import { createLruStore } from '../../../src/store/lru-store.ts';
import { errorAnswer, result } from '../../support/build-outcome.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const upstream = 'testnet/p0/json-rpc';
const minute = 60_000;

/** Answers of one chain, in a store that others may share. */
function open(store = createLruStore<Kept>(1024 ** 2)) {
  const clock = createVirtualClock();
  const hashes = new Map([[100, '0xa']]);
  let parts = 0;
  const nextPart = (): string => {
    parts += 1;
    return String(parts);
  };
  const answers = new ChainAnswers({ store, clock, nextPart });
  const recent: Present['recent'] = { hashAt: (height) => hashes.get(height), heightOf: () => undefined };
  const moment = (): Present['moment'] => ({ turn: answers.turn, shown: 100, floor: 0 });
  const keep = (life: Keeping['life'], traits: Partial<Keeping> = {}): void =>
    answers.keep(`${answers.part}/key`, {
      answer: result('"0x1"'),
      verdict: okVerdict,
      upstream: 'p0/json-rpc',
      key: upstream,
      life,
      moment: moment(),
      ...traits,
    });
  const find = (present: Partial<Present> = {}): Kept | undefined =>
    answers.find(`${answers.part}/key`, { moment: moment(), recent, ...present });
  const fold = (event: GatewayEvent): void => answers.fold(event);
  return { store, clock, hashes, answers, keep, find, fold };
}

const final: Keeping['life'] = { kind: 'final', height: 90, ttlMs: minute };
const pinned: Keeping['life'] = { kind: 'pinned', height: 100, hash: '0xa', proof: 'shown', ttlMs: minute };
const tip: Keeping['life'] = { kind: 'tip', ttlMs: 1000 };

describe('a kept answer', () => {
  test('is found as it was, with who gave it', () => {
    const { keep, find } = open();
    keep(final);
    expect(find()).toMatchObject({ answer: result('"0x1"'), verdict: okVerdict, upstream: 'p0/json-rpc' });
  });

  test('stays in memory of its own: the body it came in is free to go', () => {
    const body = Buffer.from(`{"result":"0x1"}${' '.repeat(65_536)}`);
    const { keep, find } = open();
    keep(final, { answer: { kind: 'result', result: body.subarray(10, 15) } });
    const kept = find()?.answer;
    if (kept?.kind !== 'result') throw new Error('it is no result');
    expect(kept.result.toString()).toBe('"0x1"');
    expect(kept.result.buffer.byteLength).toBe(5);
  });

  test('may be an error, verbatim', () => {
    const { keep, find } = open();
    keep(final, { answer: errorAnswer(3, 'execution reverted') });
    expect(find()?.answer).toMatchObject({
      kind: 'error',
      code: 3,
      error: Buffer.from('{"code":3,"message":"execution reverted"}'),
    });
  });

  test('ends with its time, and makes room', () => {
    const { keep, find, clock, store } = open();
    keep(final);
    clock.advance(minute - 1);
    expect(find()).toBeDefined();
    clock.advance(1);
    expect(find()).toBeUndefined();
    expect(store.entries).toBe(0);
  });

  test('ages while the machine sleeps, and is not made young by a clock that is set back (F-190, F-230)', () => {
    const slept = open();
    slept.keep(final);
    slept.clock.jumpWall(minute);
    expect(slept.find()).toBeUndefined();
    const setBack = open();
    setBack.keep(final);
    setBack.clock.jumpWall(-10 * minute);
    setBack.clock.advance(minute);
    expect(setBack.find()).toBeUndefined();
  });

  test('of a block that is not final is dropped as soon as the chain has another one there (F-183)', () => {
    const { keep, find, hashes } = open();
    keep(pinned);
    expect(find()).toBeDefined();
    hashes.set(100, '0xb');
    expect(find()).toBeUndefined();
    hashes.set(100, '0xa');
    expect(find()).toBeUndefined();
  });

  test('that was taken for one of its block is dropped on any reorg, even where its block comes back', () => {
    const { keep, find, fold } = open();
    keep({ ...pinned, proof: 'taken' });
    expect(find()).toBeDefined();
    fold({ kind: 'reorg-seen', chain: 'testnet', height: 101, depth: 1 });
    expect(find()).toBeUndefined();
  });

  test('of a block that is not final is dropped when nobody knows the block any more', () => {
    const { keep, find, hashes } = open();
    keep(pinned);
    hashes.delete(100);
    expect(find()).toBeUndefined();
  });

  test.each<[string, GatewayEvent]>([
    ['a new block', { kind: 'tip-moved', chain: 'testnet', tip: 101 }],
    ['a reorg', { kind: 'reorg-seen', chain: 'testnet', height: 100, depth: 1 }],
  ])('of the newest block is dropped on %s', (_, event) => {
    const { keep, find, fold } = open();
    keep(tip);
    expect(find()).toBeDefined();
    fold(event);
    expect(find()).toBeUndefined();
  });

  test('of the newest block is dropped on a write through us, and where more was shown', () => {
    const written = open();
    written.keep(tip);
    written.answers.move();
    expect(written.find()).toBeUndefined();
    const shown = open();
    shown.keep(tip);
    expect(shown.find({ moment: { turn: shown.answers.turn, shown: 101, floor: 0 } })).toBeUndefined();
  });

  test('of a final block stays whatever moves', () => {
    const { keep, find, fold, answers } = open();
    keep(final);
    fold({ kind: 'tip-moved', chain: 'testnet', tip: 101 });
    fold({ kind: 'reorg-seen', chain: 'testnet', height: 91, depth: 10 });
    answers.move();
    expect(find()).toBeDefined();
  });

  test('of a final block is dropped with all others where the chain replaces what was final', () => {
    const { keep, find, fold } = open();
    keep(final);
    fold({ kind: 'reorg-seen', chain: 'testnet', height: 90, depth: 11 });
    expect(find()).toBeUndefined();
  });

  test('is dropped where the chain turns out to be another one', () => {
    const { keep, find, fold } = open();
    keep(final);
    fold({ kind: 'store-set-aside', chain: 'testnet', detail: 'a reset devnet' });
    expect(find()).toBeUndefined();
  });
});

describe('an upstream that falls', () => {
  const wrong: GatewayEvent = { kind: 'identity-changed', upstream, identity: 'wrong', detail: 'chain id 2' };
  const convicted: GatewayEvent = {
    kind: 'standing-changed',
    at: 0,
    upstream,
    from: 'serving',
    to: 'quarantined',
    detail: 'it served wrong data',
  };

  test.each([
    ['of another chain', wrong],
    ['convicted', convicted],
  ])('%s takes its answers along (F-186)', (_, event) => {
    const { keep, find, fold } = open();
    keep(final);
    fold(event);
    expect(find()).toBeUndefined();
  });

  test('does not get them back by proving itself, but is believed from then on', () => {
    const { keep, find, fold } = open();
    keep(final);
    fold(wrong);
    fold({ kind: 'identity-changed', upstream, identity: 'confirmed', detail: '' });
    expect(find()).toBeUndefined();
    keep(final);
    expect(find()).toBeDefined();
  });

  test('leaves the answers of others alone, and an outage leaves its own', () => {
    const { keep, find, fold } = open();
    keep(final, { key: 'testnet/p1/json-rpc' });
    fold(wrong);
    fold({
      kind: 'standing-changed',
      at: 0,
      upstream: 'testnet/p1/json-rpc',
      from: 'serving',
      to: 'blocked',
      detail: '',
    });
    expect(find()).toBeDefined();
  });
});

describe('what is kept', () => {
  test('occupies its bytes, its key and its bookkeeping, and never more than the room', () => {
    const store = createLruStore<Kept>(1024 ** 2);
    const { answers, keep } = open(store);
    keep(final, { answer: { kind: 'result', result: Buffer.alloc(1000) } });
    expect(store.bytes).toBeGreaterThan(1000 + `${answers.part}/key`.length);
    for (let at = 0; at < 2000; at += 1) {
      const answer = { kind: 'result', result: Buffer.alloc(1000) } as const;
      const moment = { turn: 0, shown: 0, floor: 0 };
      answers.keep(`${at}`, { answer, verdict: okVerdict, upstream: '', key: upstream, life: final, moment });
      expect(store.bytes).toBeLessThanOrEqual(1024 ** 2);
    }
    expect(store.entries).toBeLessThan(1000);
    expect(store.entries).toBeGreaterThan(100);
  });
});
