import fc from 'fast-check';
import { expect, test } from 'vitest';
import { needFor } from '../../src/path/call-plan.ts';
import { createConsistencyTrip } from '../../src/path/consistency-trip.ts';
import { behindVerdict } from '../../src/path/head-doubt.ts';
import type { Lane } from '../../src/path/lane.ts';
import { unsteered } from '../../src/path/steering.ts';
import { refused, type Served, type Trip } from '../../src/path/trip.ts';
import { createLoad } from '../../src/select/load.ts';
import { pickUpstream } from '../../src/select/pick-upstream.ts';
import { buildLane, buildPolicy, specWith } from '../support/build-lane.ts';
import { buildPairing } from '../support/build-pairing.ts';
import { buildAnswered, buildTrip } from '../support/build-trip.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';

const byHeight = { kind: 'param', path: ['0'], missing: 'latest' } as const;
const spec = specWith(
  buildPolicy('balance', { kind: 'read', class: 'light', block: byHeight }),
  buildPolicy('block', { kind: 'read', class: 'light', block: byHeight, showsBlock: { height: ['number'] } }),
);

const size = 3;

/** What happens in the world, one thing after another. */
type Happening =
  | { readonly kind: 'block'; readonly who: number; readonly unseen: 0 | 1 }
  | { readonly kind: 'falls' | 'recovers'; readonly who: number }
  | { readonly kind: 'reload'; readonly without: number }
  | { readonly kind: 'ask'; readonly session: 'lenient' | 'strict'; readonly method: 'balance' | 'block' }
  | { readonly kind: 'time'; readonly ms: number };

const who = fc.nat(size - 1);

const anyHappening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('block'), who, unseen: fc.constantFrom(0, 1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('falls', 'recovers'), who }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reload'), without: fc.nat(size) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ask'),
      session: fc.constantFrom('lenient', 'strict'),
      method: fc.constantFrom('balance', 'block'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('time'), ms: fc.integer({ min: 1, max: 5000 }) }) },
) as fc.Arbitrary<Happening>;

/** One upstream: the blocks it has, how many of them are known of, and whether it answers. */
interface Peer {
  height: number;
  known: number;
  isUp: boolean;
}

/** A chain, its upstreams, and one layer that is reloaded under them. */
class World {
  readonly clock: VirtualClock = createVirtualClock();
  readonly peers: Peer[] = Array.from({ length: size }, () => ({ height: 100, known: 100, isUp: true }));
  readonly #random = seededRandom(11);
  readonly #serve = createConsistencyTrip({ clock: this.clock, random: this.#random }, (trip) => this.#relay(trip));
  #without = size;
  #lane: Lane;

  constructor() {
    this.#lane = buildLane({ spec, load: createLoad(size), pairing: () => this.#pairing() });
  }

  /** Another lane over the same memory, perhaps without one of the upstreams. */
  reload(without: number): void {
    const old = this.#lane;
    this.#without = without;
    const lane = buildLane({ spec, load: createLoad(size), pairing: () => this.#pairing(), sessions: old.sessions });
    this.#lane = lane;
  }

  async ask(session: string, method: string): Promise<Served> {
    let served: Served | undefined;
    const consistency = session === 'strict' ? 'strict' : 'session';
    const times = { startedAt: this.clock.now(), sentAt: 0, settledAt: 0 };
    const steering = { ...unsteered, session, consistency } as const;
    void this.#serve(buildTrip(this.#lane, `${method} ["latest"]`, { times, steering })).then((end) => {
      served = end;
    });
    for (let waited = 0; served === undefined && waited < 10_000; waited += 50) await this.clock.advanceAsync(50);
    if (served === undefined) throw new Error('the call was never answered');
    return served;
  }

  /** What two of them are known to have. */
  agreed(): number {
    const heads = this.peers.map(({ known }) => known).sort((one, other) => other - one);
    return heads[1] ?? 100;
  }

  #pairing() {
    const traits = this.peers.map(({ known }, index) => ({ head: known, cordoned: index === this.#without }));
    return buildPairing(traits, { tip: this.agreed() });
  }

  /** As a relay does: one after another, as they are chosen; what shows less than was seen is no good answer. */
  async #relay(trip: Trip): Promise<Served> {
    const { lane, classified, steering, wish } = trip;
    const need = { ...needFor(lane, classified, steering), ...wish };
    const asked: number[] = [];
    let below: Served | undefined;
    for (;;) {
      const sight = { asked, load: lane.load, now: this.clock.now(), random: this.#random };
      const pick = pickUpstream(lane.pairing(), need, sight);
      if (pick.kind === 'nobody') return below ?? refused({ fault: 'UPSTREAMS_EXHAUSTED', message: 'nobody answers' });
      const { upstream } = pick;
      asked.push(upstream.endpoint.index);
      const peer = this.peers[upstream.endpoint.index];
      if (peer === undefined || !peer.isUp) continue;
      const shown = `{"number":${peer.height}}`;
      if (peer.height >= (wish?.atLeast ?? 0)) return buildAnswered(shown, { upstream });
      below = buildAnswered(shown, { upstream, verdict: behindVerdict });
    }
  }
}

function happen(world: World, happening: Exclude<Happening, { kind: 'ask' | 'time' }>): void {
  if (happening.kind === 'reload') return world.reload(happening.without);
  const peer = world.peers[happening.who];
  if (peer === undefined) return;
  if (happening.kind !== 'block') peer.isUp = happening.kind === 'recovers';
  // Whoever is further ahead of all others than the lag limit is not believed, by sessions no more than by anybody.
  else if (peer.height < world.agreed() + spec.lagLimit) {
    peer.height += 1;
    peer.known = peer.height - happening.unseen;
  }
}

test('G12: no session sees a height go back, whoever falls, whatever is reloaded, unless it is told so', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyHappening, { minLength: 5, maxLength: 40 }), async (happenings) => {
      const world = new World();
      const seen = { lenient: 0, strict: 0 };
      for (const happening of happenings) {
        if (happening.kind === 'time') await world.clock.advanceAsync(happening.ms);
        else if (happening.kind !== 'ask') happen(world, happening);
        else {
          const { session, method } = happening;
          const served = await world.ask(session, method);
          if (served.kind !== 'answered') continue;
          const isTold = served.facts.degraded === 'height' || served.verdict === behindVerdict;
          // What a state read was read at only its upstream knows: it is what the gateway knew of it, or more.
          const { head = 0 } = served.upstream ?? {};
          const height = method === 'block' && served.answer.kind === 'result' ? shownIn(served.answer.result) : head;
          if (session === 'strict') expect(isTold).toBe(false);
          if (!isTold) expect(height).toBeGreaterThanOrEqual(seen[session]);
          seen[session] = Math.max(seen[session], height);
        }
      }
    }),
    { numRuns: 150 },
  );
});

function shownIn(result: Buffer): number {
  const { number }: { readonly number: number } = JSON.parse(result.toString());
  return number;
}
