import { expect, test } from 'vitest';
import type { CallReply } from '../../../src/path/render.ts';
import { createReplyHold } from '../../../src/path/reply-hold.ts';
import { ByteBudget } from '../../../src/transport/byte-budget.ts';

function replyOf(...sizes: readonly number[]): CallReply {
  const pieces = sizes.map((size) => Buffer.alloc(size));
  return { pieces, outcome: 'ok', status: 200, facts: undefined, retryAfterSeconds: undefined };
}

test('a batch keeps as many replies as there is room for, and no more (F-110)', () => {
  const room = new ByteBudget(20_000);
  const hold = createReplyHold(room);
  expect([hold.keep(replyOf(5_000, 5_000)), hold.keep(replyOf(10_001)), hold.keep(replyOf(10_000))]).toEqual([
    true,
    false,
    true,
  ]);
  expect(room.held).toBe(20_000);
});

test('what was kept stays held until it has left, and is given back once', () => {
  const room = new ByteBudget(20_000);
  const hold = createReplyHold(room);
  hold.keep(replyOf(10_000));
  const passed = hold.passOn({ status: 200, headers: {}, body: [] });
  expect(room.held).toBe(10_000);
  passed.letGo?.();
  passed.letGo?.();
  expect(room.held).toBe(0);
});

test('small replies are not counted, and their bearer has nothing to give back', () => {
  const room = new ByteBudget(1);
  const hold = createReplyHold(room);
  const reply = { status: 200, headers: {}, body: [] };
  expect(hold.keep(replyOf(4095))).toBe(true);
  expect(hold.passOn(reply)).toBe(reply);
  hold.drop();
  expect(room.held).toBe(0);
});

test('what ends after all was given back holds nothing, and is refused where it would', () => {
  const room = new ByteBudget(20_000);
  const hold = createReplyHold(room);
  hold.keep(replyOf(10_000));
  hold.drop();
  expect([hold.keep(replyOf(10_000)), hold.keep(replyOf(10))]).toEqual([false, true]);
  expect(room.held).toBe(0);
});
