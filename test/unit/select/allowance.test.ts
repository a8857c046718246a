import { describe, expect, test } from 'vitest';
import { Allowance } from '../../../src/select/allowance.ts';
import { createLoad } from '../../../src/select/load.ts';
import { pickUpstream } from '../../../src/select/pick-upstream.ts';
import { buildNeed, buildPairing } from '../../support/build-pairing.ts';
import { buildSight } from '../../support/build-sight.ts';

/** How many calls go out in so many milliseconds where every one that may be sent is. */
function sentWithin(allowance: Allowance, ms: number): number {
  let sent = 0;
  for (let now = 0; now < ms; now += 5) {
    if (allowance.rateWaitMs(now) > 0) continue;
    allowance.sent('clients', now);
    sent += 1;
  }
  return sent;
}

describe('a rate', () => {
  test('lets a burst through at once, and then so many calls per second', () => {
    const sent = sentWithin(new Allowance({ rate: { callsPerSecond: 20, burst: 50 } }), 10_000);
    expect(sent).toBeGreaterThanOrEqual(50 + 198);
    expect(sent).toBeLessThanOrEqual(50 + 201);
  });

  test('says when the next call is due', () => {
    const allowance = new Allowance({ rate: { callsPerSecond: 10, burst: 1 } });
    allowance.sent('clients', 1000);
    expect(allowance.rateWaitMs(1000)).toBeCloseTo(100);
    expect(allowance.rateWaitMs(1101)).toBe(0);
  });

  test('counts what we ask ourselves, and leaves clients their last resort', () => {
    const allowance = new Allowance({ rate: { callsPerSecond: 1, burst: 1 } });
    for (let at = 0; at < 5; at += 1) allowance.sent('ours', 1000 + at);
    expect(allowance.rateWaitMs(1005)).toBeGreaterThan(0);
    expect(allowance.floorWaitMs(1005)).toBe(0);
    allowance.sent('clients', 1005);
    expect(allowance.floorWaitMs(1405)).toBe(600);
  });

  test('that a reload changes keeps what was saved up, as far as it may be', () => {
    const allowance = new Allowance({ rate: { callsPerSecond: 10, burst: 10 } });
    for (let at = 0; at < 8; at += 1) allowance.sent('clients', 1000);
    allowance.limit({ rate: { callsPerSecond: 1, burst: 10 } }, 1000);
    allowance.sent('clients', 1000);
    expect(allowance.rateWaitMs(1000)).toBe(0);
    allowance.sent('clients', 1000);
    expect(allowance.rateWaitMs(1000)).toBeCloseTo(1000);
  });

  test('that a reload brings begins with its burst', () => {
    const allowance = new Allowance({});
    allowance.limit({ rate: { callsPerSecond: 1, burst: 3 } }, 1000);
    for (let at = 0; at < 3; at += 1) {
      expect(allowance.rateWaitMs(1000)).toBe(0);
      allowance.sent('clients', 1000);
    }
    expect(allowance.rateWaitMs(1000)).toBeGreaterThan(0);
  });

  test('is no matter where there is none', () => {
    expect(sentWithin(new Allowance({}), 1000)).toBe(200);
  });
});

describe('an account that several endpoints share', () => {
  const now = 100_000;
  const pairing = buildPairing([{}, {}, { endpoint: { tier: 'backup' } }]);

  function sightOf(allowance: Allowance) {
    return buildSight({ now, load: createLoad(3, [allowance, allowance, undefined]) });
  }

  test('over its rate is passed over, all its endpoints together, as long as another may be asked', () => {
    const allowance = new Allowance({ rate: { callsPerSecond: 1, burst: 1 } });
    const sight = sightOf(allowance);
    expect(pickUpstream(pairing, buildNeed(), sight)).toMatchObject({ kind: 'picked', resort: 'primary' });
    allowance.sent('clients', now);
    const picked = pickUpstream(pairing, buildNeed(), sight);
    expect(picked).toMatchObject({ kind: 'picked', resort: 'backup', upstream: { endpoint: { index: 2 } } });
  });

  test('over its rate is the last resort with one call per second, however many endpoints it has', () => {
    const allowance = new Allowance({ rate: { callsPerSecond: 0.1, burst: 1 } });
    const alone = buildPairing([{}, {}]);
    const sight = sightOf(allowance);
    allowance.sent('clients', now);
    expect(pickUpstream(alone, buildNeed(), sight)).toMatchObject({ kind: 'picked', resort: 'held-off' });
    allowance.sent('clients', now);
    const nobody = pickUpstream(alone, buildNeed(), sight);
    expect(nobody).toMatchObject({ kind: 'nobody', refusals: [{ reason: 'over-rate' }, { reason: 'over-rate' }] });
    expect(pickUpstream(alone, buildNeed(), { ...sight, now: now + 1000 }).kind).toBe('picked');
  });

  test('has no more calls in flight than it may, whichever endpoint they went to', () => {
    const allowance = new Allowance({ concurrency: 2 });
    const sight = sightOf(allowance);
    const [first, second] = pairing.upstreams;
    if (first === undefined || second === undefined) throw new Error('two upstreams are built');
    const series = sight.load.seriesOf('read', 'light');
    const open = [sight.load.begin(first, series, now), sight.load.begin(second, series, now)];
    expect(pickUpstream(pairing, buildNeed(), sight)).toMatchObject({ resort: 'backup' });
    for (const send of open) sight.load.end(send, 'good', now + 10);
    expect(allowance.inFlight).toBe(0);
    expect(pickUpstream(pairing, buildNeed(), sight)).toMatchObject({ resort: 'primary' });
  });

  test('gives a place back once, and to the account that lent it, where a reload came between', () => {
    const allowance = new Allowance({ concurrency: 5 });
    const before = createLoad(1, [allowance]);
    const [upstream] = pairing.upstreams;
    if (upstream === undefined) throw new Error('an upstream is built');
    const send = before.begin(upstream, before.seriesOf('read', 'light'), now);
    const after = before.continued([0], [new Allowance({ concurrency: 1 })]);
    before.end(send, 'good', now + 1);
    before.end(send, 'good', now + 2);
    expect(allowance.inFlight).toBe(0);
    expect(after.isAccountFull(0)).toBe(false);
  });
});

test('an upstream whose spent budget shuts it is not even a last resort, and one that is left open is', () => {
  const now = 100_000;
  const until = now + 1000;
  const shut = { heldOff: { until, reason: 'quota', floor: 'closed' } } as const;
  const sight = buildSight({ now });
  const nobody = pickUpstream(buildPairing([shut]), buildNeed(), sight);
  expect(nobody).toMatchObject({ kind: 'nobody', refusals: [{ reason: 'budget-spent' }] });
  const open = buildPairing([{ heldOff: { until, reason: 'quota' } }]);
  expect(pickUpstream(open, buildNeed(), sight)).toMatchObject({ kind: 'picked', resort: 'held-off' });
  expect(pickUpstream(buildPairing([shut]), buildNeed(), { ...sight, now: until }).kind).toBe('picked');
});
