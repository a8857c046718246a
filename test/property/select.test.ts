import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Upstream } from '../../src/model/pairing.ts';
import { type Need, type Pick, type Resort, resorts } from '../../src/model/pick.ts';
import { explainPick } from '../../src/select/explain-pick.ts';
import { createLoad } from '../../src/select/load.ts';
import { pickUpstream } from '../../src/select/pick-upstream.ts';
import type { Sight } from '../../src/select/terms.ts';
import { buildNeed, buildPairing, type UpstreamTraits } from '../support/build-pairing.ts';
import { seededRandom } from '../support/seeded-random.ts';

const now = 50_000;

const anyTraits: fc.Arbitrary<UpstreamTraits> = fc
  .record({
    standing: fc.constantFrom('serving', 'serving', 'unproven', 'blocked', 'probation', 'quarantined'),
    share: fc.constantFrom(0.05, 0.25),
    identity: fc.constantFrom('confirmed', 'confirmed', 'confirmed', 'unknown', 'wrong'),
    heldFor: fc.constantFrom(-1, 0, 0, 0, 5000),
    cordoned: fc.constantFrom(false, false, false, true),
    head: fc.integer({ min: 80, max: 110 }),
    lagging: fc.constantFrom(false, false, true),
    outlier: fc.constantFrom(false, false, false, true),
    avoided: fc.constantFrom(new Map<string, number>(), new Map([['read', now + 1]]), new Map([['read', now]])),
    unsupported: fc.constantFrom(new Set<string>(), new Set<string>(), new Set(['read'])),
    lastFailedAt: fc.integer({ min: 0, max: now }),
    tier: fc.constantFrom('primary', 'primary', 'backup'),
    weight: fc.integer({ min: 1, max: 5 }),
    listed: fc.constantFrom(false, false, true),
    writes: fc.constantFrom('public', 'public', 'private', 'never'),
    deny: fc.constantFrom(undefined, undefined, new Set(['read'])),
    maxInFlight: fc.constantFrom(100, 100, 0),
  })
  .map(({ tier, weight, listed, writes, deny, maxInFlight, heldFor, ...observed }) => ({
    ...observed,
    ...(heldFor !== 0 && { heldOff: { until: now + heldFor, reason: 'retry-after' } }),
    endpoint: { tier, weight, listed, writes, maxInFlight, ...(deny && { deny }) },
  }));

const anyNeed: fc.Arbitrary<Need> = fc
  .record({
    kind: fc.constantFrom('read', 'read', 'raw', 'once'),
    block: fc.oneof(
      fc.constantFrom({ kind: 'any' } as const, { kind: 'tip' } as const),
      fc.record({ kind: fc.constantFrom('at-least', 'tip'), height: fc.integer({ min: 70, max: 120 }) }),
    ),
    exclude: fc.constantFrom(new Set<string>(), new Set(['p0'])),
    publicFallback: fc.boolean(),
  })
  .map(buildNeed);

const anyScene = fc.record({
  traits: fc.array(anyTraits, { maxLength: 7 }),
  need: anyNeed,
  asked: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { maxLength: 3 }),
  seed: fc.integer(),
});

interface Scene {
  readonly upstreams: readonly Upstream[];
  readonly need: Need;
  readonly sight: Sight;
  readonly pick: Pick;
}

function sceneOf(drawn: {
  traits: readonly UpstreamTraits[];
  need: Need;
  asked: readonly number[];
  seed: number;
}): Scene {
  const pairing = buildPairing(drawn.traits);
  const sight: Sight = {
    asked: drawn.asked,
    load: createLoad(8),
    now,
    random: seededRandom(drawn.seed),
  };
  return { upstreams: pairing.upstreams, need: drawn.need, sight, pick: pickUpstream(pairing, drawn.need, sight) };
}

/** The rules of who may never be asked, read off the contract one by one. */
function mustNotBeAsked({ need, sight, upstreams }: Scene, upstream: Upstream): boolean {
  const { endpoint } = upstream;
  const hasKeeper = upstreams.some((other) => other.endpoint.writes === 'private');
  return [
    upstream.identity !== 'confirmed',
    upstream.cordoned,
    upstream.standing === 'quarantined' || upstream.standing === 'unproven',
    sight.asked.includes(endpoint.index),
    need.exclude.has(endpoint.provider),
    endpoint.deny?.has(need.method) ?? false,
    endpoint.maxInFlight === 0,
    need.kind !== 'read' && endpoint.writes === 'never',
    need.kind === 'raw' && hasKeeper && endpoint.writes === 'public' && !need.publicFallback,
    sight.asked.length > 0 && upstream.unsupported.has(need.method),
  ].some((isForbidden) => isForbidden);
}

/** The rung an upstream deserves, by the worst of its defects. */
function deservedRung({ need, upstreams }: Scene, upstream: Upstream): Resort {
  const height = need.block.kind === 'any' ? undefined : need.block.height;
  const tip = 100;
  const trusted = upstreams.filter((u) => u.identity === 'confirmed' && u.standing !== 'quarantined' && !u.cordoned);
  const reach = (u: Upstream) => (u.outlier ? Math.min(u.head ?? 0, tip) : (u.head ?? 0));
  const isServed = height !== undefined && (height <= tip || trusted.some((u) => reach(u) >= height));
  const wantsTip = need.kind === 'raw' || need.block.kind === 'tip' || (height !== undefined && !isServed);
  const defects: Resort[] = [upstream.endpoint.tier];
  if (upstream.standing === 'probation') defects.push('probation');
  if (wantsTip && (upstream.lagging || upstream.outlier)) defects.push('lagging');
  if (height !== undefined && isServed && reach(upstream) < height) defects.push('lagging');
  if ((upstream.avoided.get(need.method) ?? 0) > now || upstream.unsupported.has(need.method)) defects.push('lagging');
  if ((upstream.heldOff?.until ?? 0) > now) defects.push('held-off');
  if (upstream.standing === 'blocked') defects.push('blocked');
  return resorts[Math.max(...defects.map((defect) => resorts.indexOf(defect)))] ?? 'blocked';
}

/** Public providers come after all rungs of the private ones, where signed bytes are kept private. */
function isKeptBack({ need, upstreams }: Scene, upstream: Upstream): boolean {
  const isPrivate = need.kind === 'raw' && upstreams.some((other) => other.endpoint.writes === 'private');
  return isPrivate && upstream.endpoint.writes !== 'private';
}

function depth(scene: Scene, upstream: Upstream): number {
  return resorts.indexOf(deservedRung(scene, upstream)) + (isKeptBack(scene, upstream) ? 10 : 0);
}

describe('whatever the upstreams, the call, and whom it has asked', () => {
  test('nobody is picked who must not be asked (I1)', () => {
    fc.assert(
      fc.property(anyScene, (drawn) => {
        const scene = sceneOf(drawn);
        if (scene.pick.kind === 'picked') expect(mustNotBeAsked(scene, scene.pick.upstream)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test('somebody is picked exactly when anybody may be asked (I2, the floor)', () => {
    fc.assert(
      fc.property(anyScene, (drawn) => {
        const scene = sceneOf(drawn);
        const askable = scene.upstreams.filter((upstream) => !mustNotBeAsked(scene, upstream));
        expect(scene.pick.kind).toBe(askable.length > 0 ? 'picked' : 'nobody');
      }),
      { numRuns: 2000 },
    );
  });

  test('nobody is picked from a lower rung than another one stands on, save a share of probation (I3)', () => {
    fc.assert(
      fc.property(anyScene, (drawn) => {
        const scene = sceneOf(drawn);
        if (scene.pick.kind === 'nobody') return;
        const { upstream, resort } = scene.pick;
        const rung = deservedRung(scene, upstream);
        const isShare = rung === 'probation' && resort !== 'probation';
        const others = scene.upstreams.filter((other) => !mustNotBeAsked(scene, other));
        const shallowest = Math.min(...others.map((other) => depth(scene, other)));
        if (isShare) {
          expect(scene.sight.asked).toEqual([]);
          expect(scene.need.kind).toBe('read');
          expect(resort).toBe(upstream.endpoint.tier);
          expect(resorts.indexOf(resort)).toBeLessThanOrEqual(shallowest);
        } else if (rung === 'probation') {
          expect(shallowest).toBeGreaterThanOrEqual(resorts.indexOf('probation'));
        } else {
          expect(resort).toBe(rung);
          expect(depth(scene, upstream)).toBe(shallowest);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('whoever is not picked is refused with a reason, and the wait is a positive, finite time', () => {
    fc.assert(
      fc.property(anyScene, (drawn) => {
        const scene = sceneOf(drawn);
        if (scene.pick.kind === 'picked') {
          expect(scene.pick.askable).toBeGreaterThanOrEqual(1);
          return;
        }
        expect(scene.pick.refusals.map((refusal) => refusal.upstream)).toEqual(scene.upstreams);
        expect(scene.pick.retryAfterMs).toBeGreaterThan(0);
        expect(Number.isFinite(scene.pick.retryAfterMs)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('an explanation names as eligible whoever is picked, unless a share of probation was offered', () => {
    fc.assert(
      fc.property(anyScene, (drawn) => {
        const scene = sceneOf(drawn);
        const { pick } = scene;
        if (pick.kind === 'nobody' || deservedRung(scene, pick.upstream) === 'probation') return;
        const told = explainPick(buildPairing(drawn.traits), scene.need, scene.sight);
        expect(told.map((one) => one.verdict)).toContain('eligible');
        expect(told[pick.upstream.endpoint.index]?.verdict).toBe('eligible');
      }),
      { numRuns: 1000 },
    );
  });

  test('the retries of one call end, and meet every askable upstream once at most (B18)', () => {
    fc.assert(
      fc.property(anyScene, (drawn) => {
        const pairing = buildPairing(drawn.traits);
        const asked: number[] = [];
        for (let turn = 0; turn <= drawn.traits.length; turn += 1) {
          const pick = pickUpstream(pairing, drawn.need, { ...sceneOf(drawn).sight, asked });
          if (pick.kind === 'nobody') return;
          expect(asked).not.toContain(pick.upstream.endpoint.index);
          asked.push(pick.upstream.endpoint.index);
        }
        expect(asked.length).toBeLessThanOrEqual(drawn.traits.length);
      }),
      { numRuns: 500 },
    );
  });
});
