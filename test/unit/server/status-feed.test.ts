import { expect, test } from 'vitest';
import { maxListeners, StatusFeed } from '../../../src/server/page/status-feed.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

/** A feed whose reports count themselves, and are so long. */
function openFeed({ length = 0 } = {}) {
  const clock = createVirtualClock();
  const state = { made: 0, isOpen: true, isBroken: false };
  const feed = new StatusFeed({
    clock,
    isOpen: () => state.isOpen,
    status() {
      if (state.isBroken) throw new Error('a bug');
      state.made += 1;
      return { report: state.made, filler: 'x'.repeat(length) };
    },
  });
  return { clock, state, feed };
}

/** A listener that notes what it hears. */
function listener() {
  const heard: number[] = [];
  const state = { isFull: false, isEnded: false };
  return {
    heard,
    state,
    send: (text: string) => void heard.push(Number(/"report":(\d+)/.exec(text)?.[1])),
    isFull: () => state.isFull,
    end: () => {
      state.isEnded = true;
    },
  };
}

test('whoever joins hears a report at once, and a fresh one every second', () => {
  const { clock, feed } = openFeed();
  const one = listener();
  feed.join(one);
  expect(one.heard).toEqual([1]);
  clock.advance(2999);
  expect(one.heard).toEqual([1, 2, 3]);
});

test('however many come, a report is made at most once a second', () => {
  const { clock, state, feed } = openFeed();
  const all = Array.from({ length: 20 }, listener);
  for (const one of all) feed.join(one);
  expect(state.made).toBe(1);
  clock.advance(1000);
  expect(state.made).toBe(2);
  expect(all.map(({ heard }) => heard)).toEqual(all.map(() => [1, 2]));
});

test('nothing is made and no timer runs while nobody listens', () => {
  const { clock, state, feed } = openFeed();
  expect(clock.pending()).toBe(0);
  const leave = feed.join(listener());
  leave?.();
  leave?.();
  clock.advance(10_000);
  expect({ made: state.made, pending: clock.pending() }).toEqual({ made: 1, pending: 0 });
});

test('listeners are bounded, and a place that is left is free again', () => {
  const { feed } = openFeed();
  const leaves = Array.from({ length: maxListeners }, () => feed.join(listener()));
  const refused = listener();
  expect(feed.join(refused)).toBeUndefined();
  expect(refused.heard).toEqual([]);
  leaves[0]?.();
  expect(feed.join(listener())).toBeDefined();
});

test('who cannot take a report is spared it, and sent away when that goes on', () => {
  const { clock, feed } = openFeed();
  const slow = listener();
  const quick = listener();
  feed.join(slow);
  feed.join(quick);
  slow.state.isFull = true;
  clock.advance(15_000);
  expect({ heard: slow.heard, isEnded: slow.state.isEnded }).toEqual({ heard: [1], isEnded: false });
  clock.advance(1000);
  expect(slow.state.isEnded).toBe(true);
  expect(quick.heard.length).toBe(17);
});

test('who takes reports again is forgiven', () => {
  const { clock, feed } = openFeed();
  const one = listener();
  feed.join(one);
  for (let times = 0; times < 3; times += 1) {
    one.state.isFull = true;
    clock.advance(14_000);
    one.state.isFull = false;
    clock.advance(1000);
  }
  expect({ heard: one.heard.length, isEnded: one.state.isEnded }).toEqual({ heard: 4, isEnded: false });
});

test('a long report comes less often: 256 KiB a second at most', () => {
  const { clock, state, feed } = openFeed({ length: 1024 * 1024 });
  feed.join(listener());
  clock.advance(4000);
  expect(state.made).toBe(1);
  clock.advance(2);
  expect(state.made).toBe(2);
});

test.each([
  ['is shut to operators', { isOpen: false }],
  ['cannot be reported of', { isBroken: true }],
])('everybody is sent away where the gateway %s', (_, change) => {
  const { clock, state, feed } = openFeed();
  const one = listener();
  feed.join(one);
  Object.assign(state, change);
  clock.advance(1000);
  expect({ isEnded: one.state.isEnded, heard: one.heard, pending: clock.pending() }).toEqual({
    isEnded: true,
    heard: [1],
    pending: 0,
  });
});

test('closing sends everybody away', () => {
  const { clock, feed } = openFeed();
  const all = [listener(), listener()];
  for (const one of all) feed.join(one);
  feed.close();
  expect(all.map(({ state }) => state.isEnded)).toEqual([true, true]);
  expect(clock.pending()).toBe(0);
});
