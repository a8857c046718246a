import { describe, expect, test } from 'vitest';
import type { Head } from '../../../src/model/head.ts';
import { judgeTip, type TipState, unknownTip } from '../../../src/track/tip.ts';
import { ethereumPolicy, fastPolicy, head, witnesses } from './builders.ts';

const wall = 1_700_000_000_000;

function judge(heads: readonly (number | Head)[], prev: TipState = unknownTip, configured = heads.length): TipState {
  return judgeTip(prev, { witnesses: witnesses(...heads), configured, now: 1000, wall }, ethereumPolicy);
}

/** Judges every `stepMs`, with heads that are functions of the time since the start. */
function walk(
  spanMs: number,
  heads: readonly ((ms: number) => number)[],
  from: TipState = unknownTip,
): readonly TipState[] {
  const states: TipState[] = [];
  let state = from;
  for (let ms = 0; ms <= spanMs; ms += 1000) {
    const now = 1000 + ms;
    const shown = heads.map((at) => head(at(ms)));
    state = judgeTip(
      state,
      { witnesses: witnesses(...shown), configured: heads.length, now, wall: wall + ms },
      fastPolicy,
    );
    states.push(state);
  }
  return states;
}

const advancing = (from: number) => (ms: number) => from + Math.floor(ms / 1000);
const stuck = (at: number) => () => at;

describe('who is far off moves nobody (walked by hand, bound 100)', () => {
  test.each([
    ['one alone', [100], 100],
    ['one far ahead, alone', [1_000_000_100], 1_000_000_100],
    ['two alike', [100, 100], 100],
    ['two, one slightly ahead', [101, 100], 101],
    ['two, one stuck within the bound', [150, 100], 150],
    ['two, one far ahead (B8)', [1_000_000_000, 100], 100],
    ['three alike', [100, 100, 100], 100],
    ['three, one slightly ahead', [101, 100, 100], 100],
    ['three, two slightly ahead', [101, 101, 100], 101],
    ['three, one stuck', [100, 100, 50], 100],
    ['three, one far ahead (B8)', [1_000_000_000, 100, 100], 100],
    ['three, one at zero', [100, 100, 0], 100],
    ['four, one stuck', [101, 100, 100, 50], 100],
    ['four, one slightly ahead', [102, 101, 101, 100], 101],
    ['four, one far ahead (B8)', [1_000_000_000, 101, 100, 100], 101],
    ['four, one far ahead and one stuck', [1_000_000_000, 100, 100, 50], 100],
  ])('%s: the tip of %j is %i', (_, heads, tip) => {
    expect(judge(heads).tip).toBe(tip);
  });
});

describe('two that disagree beyond the bound', () => {
  const near = wall - 6000;

  test('the one whose newest block is nearest to now is believed', () => {
    const state = judge([head(5000, { timeMs: near }), head(100, { timeMs: near - 3_600_000 })]);
    expect(state).toMatchObject({ tip: 5000, degraded: 'heads-disagree' });
  });

  test('an hour ahead in block time is believed by nobody', () => {
    const state = judge([head(5000, { timeMs: wall + 3_600_000 }), head(100, { timeMs: near })]);
    expect(state).toMatchObject({ tip: 100, degraded: 'heads-disagree' });
  });

  test('a clock 10 s ahead of ours is no future', () => {
    const state = judge([head(5000, { timeMs: wall + 10_000 }), head(100, { timeMs: wall - 3_600_000 })]);
    expect(state.tip).toBe(5000);
  });

  test('far ahead with a block as new as the other’s is believed by nobody, whoever was polled last (B8)', () => {
    for (const leadMs of [-90_000, -12_000, -1, 0, 1, 12_000, 90_000]) {
      const [made, own] = [near - 100_000, near - 100_000 - leadMs];
      const state = judge([head(3700, { timeMs: made }), head(100, { timeMs: own })]);
      expect({ leadMs, tip: state.tip }).toEqual({ leadMs, tip: 100 });
    }
  });

  test('ahead in time by as long as heads must stand still is enough, a millisecond less is not', () => {
    const { standStillMs } = ethereumPolicy;
    const tipAt = (leadMs: number) => judge([head(5000, { timeMs: near }), head(100, { timeMs: near - leadMs })]).tip;
    expect(tipAt(standStillMs)).toBe(5000);
    expect(tipAt(standStillMs - 1)).toBe(100);
  });

  test('the tip does not go to and fro while both go on, each polled in its turn', () => {
    let state = unknownTip;
    let [ahead, honest] = [head(3700, { timeMs: wall }), head(100, { timeMs: wall })];
    for (let ms = 0; ms <= 600_000; ms += 1000) {
      const now = wall + ms;
      const made = Math.floor(ms / 12_000);
      const timeMs = wall + made * 12_000;
      if (ms % 10_000 === 0) ahead = head(3700 + made, { timeMs: now });
      if (ms % 10_000 === 6000) honest = head(100 + made, { timeMs });
      const seen = { witnesses: witnesses(ahead, honest), configured: 2, now: 1000 + ms, wall: now };
      state = judgeTip(state, seen, ethereumPolicy);
      expect(state).toMatchObject({ tip: honest.height, degraded: 'heads-disagree' });
    }
  });

  test('without times the lower is taken', () => {
    expect(judge([1000, 100])).toMatchObject({ tip: 100, degraded: 'heads-disagree' });
  });

  test('both in the future: the lower is taken', () => {
    const state = judge([head(5000, { timeMs: wall + 7_200_000 }), head(100, { timeMs: wall + 3_600_000 })]);
    expect(state.tip).toBe(100);
  });

  test('without times, one that was followed across the bound step by step stays believed', () => {
    const last = walk(900_000, [advancing(1000), stuck(1000)]).at(-1);
    expect(last).toMatchObject({ tip: 1900, degraded: 'heads-disagree' });
  });

  test('without times, one that jumps across the bound is not followed', () => {
    const jumping = (ms: number) => (ms < 60_000 ? 1000 + ms / 1000 : 1_000_000_000 + ms / 1000);
    const last = walk(120_000, [(ms) => Math.floor(jumping(ms)), stuck(1000)]).at(-1);
    expect(last).toMatchObject({ tip: 1000, degraded: 'heads-disagree' });
  });
});

describe('nobody and one', () => {
  test('nobody fresh: the tip stands, and says so', () => {
    const before = judge([head(100, { hash: 'x' })]);
    expect(judge([], before)).toEqual({ tip: 100, hash: 'x', degraded: 'no-witness' });
  });

  test('nobody was ever seen: the tip is unknown, not zero', () => {
    expect(judge([], unknownTip, 3)).toEqual({});
  });

  test('one of several is shown as degraded, the only one configured is not', () => {
    expect(judge([100], unknownTip, 2).degraded).toBe('single-witness');
    expect(judge([100], unknownTip, 1).degraded).toBeUndefined();
  });

  test('one alone may fall: a devnet was reset', () => {
    expect(judge([3], judge([500])).tip).toBe(3);
  });
});

describe('three or more, the highest goes on alone', () => {
  test('it is believed after the others stood still for 30 s, and not before', () => {
    const states = walk(60_000, [advancing(1000), stuck(1000), stuck(1000)]);
    expect(states[29]?.tip).toBe(1000);
    expect(states[31]).toMatchObject({ tip: 1031, degraded: 'one-witness-ahead' });
    expect(states.at(-1)?.tip).toBe(1060);
  });

  test('it stays believed beyond the bound: two of three may be stuck for an hour', () => {
    const last = walk(3_600_000, [advancing(1000), stuck(1000), stuck(990)]).at(-1);
    expect(last?.tip).toBe(4600);
  });

  test('it stays believed while another one catches up, to the last block', () => {
    const catching = (ms: number) => Math.min(1000 + Math.floor(ms / 1000), 1000 + Math.max(0, ms - 600_000) / 100);
    const states = walk(700_000, [advancing(1000), catching, stuck(990)]);
    for (const state of states.slice(601)) expect(state.tip).toBeGreaterThanOrEqual(1600);
    expect(states[640]?.tip).toBe(1640);
    expect(states.at(-1)).toMatchObject({ tip: 1700 });
    expect(states.at(-1)?.degraded).toBeUndefined();
  });

  test('it is let go when the others go on at the pace of the chain: it was ahead of the truth', () => {
    const halted = (ms: number) => (ms < 60_000 ? 1000 : 1000 + Math.floor((ms - 60_000) / 1000));
    const states = walk(70_000, [advancing(1000), halted, halted]);
    expect(states[59]?.tip).toBe(1059);
    expect(states[62]?.tip).toBe(1002);
  });

  test('it is not believed at a pace no chain has', () => {
    const racing = (ms: number) => 1000 + Math.floor(ms / 250);
    expect(walk(100_000, [racing, stuck(1000), stuck(1000)]).at(-1)?.tip).toBe(1000);
  });

  test('it is not believed when it started beyond the bound', () => {
    expect(walk(100_000, [advancing(5000), stuck(1000), stuck(1000)]).at(-1)?.tip).toBe(1000);
  });

  test('it is not believed for standing there: it must go on', () => {
    expect(walk(100_000, [stuck(1300), stuck(1000), stuck(1000)]).at(-1)?.tip).toBe(1000);
  });

  test('a chain that then halts for an hour keeps its tip (F-178)', () => {
    const halting = (ms: number) => 1000 + Math.min(100, Math.floor(ms / 1000));
    expect(walk(3_600_000, [halting, stuck(1000), stuck(1000)]).at(-1)?.tip).toBe(1100);
  });
});

describe('the hash of the tip', () => {
  test('two witnesses at the tip that say the same agree on it', () => {
    expect(judge([head(100, { hash: 'x' }), head(100, { hash: 'x' })]).hash).toBe('x');
  });

  test('two that differ agree on none', () => {
    expect(judge([head(100, { hash: 'x' }), head(100, { hash: 'y' })]).hash).toBeUndefined();
  });

  test('a head one above speaks for its parent', () => {
    const state = judge([head(101, { hash: 'z', parent: 'x' }), head(100, { hash: 'x' }), head(99, { hash: 'w' })]);
    expect(state).toMatchObject({ tip: 100, hash: 'x' });
  });

  test('one voice among several is no agreement; the only voice is', () => {
    expect(judge([head(101, { hash: 'x' }), head(99, { hash: 'w' })]).hash).toBeUndefined();
    expect(judge([head(101, { hash: 'x' })]).hash).toBe('x');
  });
});
