import { describe, expect, test } from 'vitest';
import type { UpstreamEvent } from '../../../src/health/health-event.ts';
import { nextPairing, type PairingInputs, type UpstreamFacts } from '../../../src/health/pairing.ts';
import { newUpstreamHealth, type UpstreamHealth } from '../../../src/health/upstream-health.ts';
import {
  answersCounted,
  attemptFailed,
  blockedHealth,
  buildHealthRules,
  buildVerdict,
  foldAll,
  limitedVerdict,
  probed,
  servingHealth,
} from '../../support/build-health.ts';
import { buildEndpoint } from '../../support/build-pairing.ts';

const rules = buildHealthRules();
const first = servingHealth(1000, rules, buildEndpoint(0));
const second = blockedHealth(1000, rules, buildEndpoint(1, { tier: 'backup' }));

function facts(health: UpstreamHealth, traits: Partial<UpstreamFacts> = {}): UpstreamFacts {
  return { health, lagging: false, outlier: false, ...traits };
}

function inputs(upstreams: readonly UpstreamFacts[], traits: Partial<PairingInputs> = {}): PairingInputs {
  return { chain: 'testnet', at: 1000, policy: rules.policy, state: 'running', upstreams, ...traits };
}

function fold(state: UpstreamHealth, ...events: readonly UpstreamEvent[]): UpstreamHealth {
  return foldAll(state, events, rules);
}

describe('a snapshot', () => {
  const pairing = nextPairing(undefined, inputs([facts(first, { head: 9 }), facts(second)], { tip: 9, epoch: 3 }));

  test('shows every upstream, whatever its standing', () => {
    const all = [
      first,
      second,
      newUpstreamHealth(buildEndpoint(2), 0),
      fold(first, { kind: 'convicted', at: 1, evidence: 'e' }),
    ];
    const shown = nextPairing(undefined, inputs(all.map((one) => facts(one)))).upstreams;
    expect(shown.map(({ standing }) => standing)).toEqual(['serving', 'blocked', 'unproven', 'quarantined']);
    expect(shown.map(({ share }) => share)).toEqual([1, 0, 0, 0]);
  });

  test('leaves out what nobody knows yet', () => {
    expect(pairing).toMatchObject({ chain: 'testnet', revision: 1, tip: 9, epoch: 3, state: 'running' });
    expect('finalized' in pairing).toBe(false);
    expect('degraded' in pairing).toBe(false);
    expect('head' in (pairing.upstreams[1] ?? {})).toBe(false);
    expect(pairing.upstreams[0]?.head).toBe(9);
  });

  test('is itself where nothing is new', () => {
    expect(
      nextPairing(pairing, inputs([facts(first, { head: 9 }), facts(second)], { tip: 9, epoch: 3, at: 5000 })),
    ).toBe(pairing);
  });

  test('rises in revision with anything new, and keeps the objects of those that are as they were', () => {
    const moved = nextPairing(pairing, inputs([facts(first, { head: 10 }), facts(second)], { tip: 10, epoch: 3 }));
    expect(moved.revision).toBe(2);
    expect(moved.upstreams[0]).not.toBe(pairing.upstreams[0]);
    expect(moved.upstreams[1]).toBe(pairing.upstreams[1]);
    const epoch = nextPairing(moved, inputs([facts(first, { head: 10 }), facts(second)], { tip: 10, epoch: 4 }));
    expect(epoch.revision).toBe(3);
    expect(epoch.upstreams).toEqual(moved.upstreams);
  });

  test('F-164: of a new epoch still shows as blocked who was, primary or backup', () => {
    const carried = fold(second, { kind: 'epoch-started', at: 1500 });
    const { upstreams } = nextPairing(
      pairing,
      inputs([facts(first, { head: 9 }), facts(carried)], { tip: 9, epoch: 4 }),
    );
    expect(upstreams[1]).toMatchObject({ standing: 'blocked', endpoint: { tier: 'backup' } });
  });

  test('shows shares of probation, hold-offs, avoided and missing methods, the admitted rate', () => {
    const probation = probed(probed(second, { at: 3000 }, rules), { at: 5000 }, rules);
    const step = fold(probation, answersCounted(probation, { at: 15_000, good: 10 }));
    const busy = fold(
      first,
      attemptFailed(first, { at: 1000, method: 'logs' }),
      attemptFailed(first, {
        at: 1000,
        method: 'trace',
        verdict: buildVerdict('method-unsupported', { blame: 'capability' }),
      }),
      attemptFailed(first, { at: 1000, verdict: limitedVerdict() }),
      attemptFailed(first, { at: 1000, verdict: limitedVerdict(5000) }),
    );
    const { upstreams } = nextPairing(undefined, inputs([facts(busy), facts(probation), facts(step)]));
    expect(upstreams.map(({ share }) => share)).toEqual([1, 0.05, 0.25]);
    expect(upstreams[0]).toMatchObject({ heldOff: { reason: 'retry-after' }, admittedRate: 1 });
    expect([...(upstreams[0]?.avoided.keys() ?? [])]).toEqual(['logs']);
    expect([...(upstreams[0]?.unsupported ?? [])]).toEqual(['trace']);
  });

  test('shows a hold-off no longer than it lasts', () => {
    const held = fold(first, attemptFailed(first, { at: 1000, verdict: limitedVerdict(1000) }));
    const at = (now: number) => nextPairing(undefined, inputs([facts(held)], { at: now })).upstreams[0]?.heldOff;
    expect(at(1999)).toBeDefined();
    expect(at(2201)).toBeUndefined();
  });

  test('when a serving upstream last failed is no news; among the blocked it is, by the second', () => {
    const failed = (state: UpstreamHealth, at: number) =>
      fold(state, attemptFailed(state, { at, verdict: buildVerdict('connection-lost') }));
    const same = nextPairing(
      pairing,
      inputs([facts(failed(first, 2000), { head: 9 }), facts(failed(second, 1900))], { tip: 9, epoch: 3 }),
    );
    expect(same).toBe(pairing);
    const later = nextPairing(
      pairing,
      inputs([facts(first, { head: 9 }), facts(failed(second, 2100))], { tip: 9, epoch: 3 }),
    );
    expect(later.upstreams[1]?.lastFailedAt).toBe(2100);
  });
});
