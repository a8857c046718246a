import { expect } from 'vitest';
import type { ChainHealth } from '../../src/health/chain-health.ts';
import type { HealthEvent } from '../../src/health/health-event.ts';
import { nextPairing } from '../../src/health/pairing.ts';
import { startHealth } from '../../src/health/start-health.ts';
import { heldOff, type UpstreamHealth } from '../../src/health/upstream-health.ts';
import type { Endpoint } from '../../src/model/endpoint.ts';
import type { GatewayEvent } from '../../src/model/events.ts';
import type { Pairing } from '../../src/model/pairing.ts';
import type { Question } from '../../src/ports/ask.ts';
import { createLoad } from '../../src/select/load.ts';
import { pickUpstream } from '../../src/select/pick-upstream.ts';
import { buildHealthPolicy, buildSpec, buildVerdict, limitedVerdict } from './build-health.ts';
import { buildEndpoint, buildNeed } from './build-pairing.ts';
import { type HealthLedger, openLedger } from './health-ledger.ts';
import { createScriptedAsk, type ScriptedReply } from './scripted-ask.ts';
import { seededRandom } from './seeded-random.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

/** How an endpoint answers what it is asked. */
export type LifeMood = 'good' | 'refused' | 'slow' | 'limited' | 'wrong-chain';

/** One configuration: which of the endpoints there are, and which of those are backups. */
export interface LifeConfig {
  readonly members: readonly number[];
  readonly backups: readonly number[];
}

const policy = buildHealthPolicy({ probeJitter: 0.2 });
const epochBlocks = 100;

/** The endpoint of a place in the world, in a configuration. */
function endpointOf(place: number, index: number, { backups }: LifeConfig): Endpoint {
  const tier = backups.includes(place) ? 'backup' : 'primary';
  return { ...buildEndpoint(place, { provider: `p${place}`, tier }), index };
}

/**
 * The health of one chain through reloads and restarts, on a clock of the test, beside a ledger that knows only the contract. After
 * every deed both are compared.
 */
export class HealthLives {
  readonly clock: VirtualClock = createVirtualClock();
  /** Changes of standing that were told of, as `blocked → probation`. */
  readonly turns = new Set<string>();
  readonly #moods = new Map<number, LifeMood>();
  #ledger: HealthLedger = openLedger();
  #rows: ReadonlyMap<string, unknown> = new Map();
  #finalized = 0;
  #pairing: Pairing | undefined;
  #health: ChainHealth;

  constructor(config: LifeConfig) {
    this.#health = this.#start(config);
  }

  /** The state of an endpoint by its place, where the configuration has it. */
  at(place: number): UpstreamHealth | undefined {
    return this.#health.views().find(({ endpoint }) => endpoint.provider === `p${place}`);
  }

  setMood(place: number, mood: LifeMood): void {
    this.#moods.set(place, mood);
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advanceAsync(ms);
    this.check();
  }

  /** Folds what calls or polls of a present endpoint told. */
  fold(event: HealthEvent): void {
    this.#ledger.folded(event);
    const before = this.#health.views();
    this.#health.fold(event);
    if (isLate(event, before))
      expect(timeless(this.#health.views()), 'what is late changes nothing').toEqual(timeless(before));
    this.check();
  }

  probe(place: number): void {
    const key = this.at(place)?.endpoint.key;
    if (key !== undefined) this.#health.probeNow(key);
    this.check();
  }

  cordon(place: number, order: 'cordon' | 'uncordon'): void {
    const key = this.at(place)?.endpoint.key;
    if (key !== undefined) this.#health[order](key);
    this.check();
  }

  /** The chain goes on; an epoch may begin, or several. */
  advanceChain(blocks: number): void {
    this.#finalized += blocks;
    const before = this.#blocked();
    this.#health.epochMoved(this.#finalized);
    expect(this.#blocked(), 'an epoch carries every block over').toEqual(before);
    expect(this.#health.epoch()).toBe(Math.floor(this.#finalized / epochBlocks));
    this.check();
  }

  /** Another configuration: endpoints go, come, and change their tier. */
  reload(config: LifeConfig): void {
    this.#keepRows();
    const endpoints = config.members.map((place, index) => endpointOf(place, index, config));
    this.#ledger.reloaded(endpoints.map(({ key }) => key));
    this.#health.replace(endpoints, { restored: this.#rows });
    this.#publish();
    this.check();
  }

  /** The process ends in order, and another one starts from what it stored. */
  restart(config: LifeConfig): void {
    this.#keepRows();
    this.#health.close();
    const epoch = this.#health.epoch();
    this.#pairing = undefined;
    this.#health = this.#start(config, epoch);
    expect(this.#health.epoch(), 'an epoch outlives a restart').toBe(epoch);
    this.check();
  }

  close(): void {
    this.#health.close();
  }

  /** Compares what is so with what the contract says. */
  check(): void {
    for (const state of this.#health.views()) this.#ledger.judge(state);
    const pairing = this.#pairing;
    if (pairing === undefined) return;
    expect(pairing.upstreams.map(({ standing }) => standing)).toEqual(
      this.#health.views().map(({ course }) => course.standing.kind),
    );
    this.#checkFloor(pairing);
  }

  /** Somebody is picked exactly where somebody may be asked, whatever its standing. */
  #checkFloor(pairing: Pairing): void {
    const sight = {
      asked: [],
      load: createLoad(pairing.upstreams.length),
      now: this.clock.now(),
      random: seededRandom(1),
    };
    const picked = pickUpstream(pairing, buildNeed(), sight);
    const askable = pairing.upstreams.filter(
      ({ identity, cordoned, standing }) => identity === 'confirmed' && !cordoned && standing !== 'unproven',
    );
    expect(picked.kind === 'picked').toBe(askable.length > 0);
  }

  #start(config: LifeConfig, epoch?: number): ChainHealth {
    const endpoints = config.members.map((place, index) => endpointOf(place, index, config));
    this.#ledger = this.#ledger.restarted(endpoints.map(({ key }) => key));
    const ledger = this.#ledger;
    const ask = createScriptedAsk(this.clock, (question) => this.#answer(question, ledger)).ask;
    const plan = { chain: 'testnet', spec: buildSpec({ epochBlocks }), endpoints, policy, restored: this.#rows };
    const health = startHealth(
      { ...plan, ...(epoch !== undefined && { epoch }) },
      {
        clock: this.clock,
        ask,
        emit: (event: GatewayEvent) => {
          if (event.kind === 'standing-changed') this.turns.add(`${event.from} → ${event.to}`);
          ledger.told(event, this.clock.now());
        },
        onChange: () => this.#publish(),
        headSeen: () => undefined,
      },
    );
    this.#health = health;
    this.#publish();
    return health;
  }

  #answer(question: Question, ledger: HealthLedger): ScriptedReply {
    const { upstream, method } = question;
    const state = this.#health?.views().find(({ endpoint }) => endpoint.key === upstream);
    const now = this.clock.now();
    if (method === 'chain' && state !== undefined)
      expect(heldOff(state, now), `${upstream} is held off and was probed`).toBeUndefined();
    const reply = answerOf(this.#moods.get(Number(state?.endpoint.provider.slice(1))) ?? 'good', method);
    ledger.asked({ key: upstream, method, at: now, isWell: 'value' in reply && reply.value !== 8 });
    return reply;
  }

  #publish(): void {
    if (this.#health === undefined) return;
    const facts = this.#health.views().map((health) => ({ health, lagging: false, outlier: false }));
    const inputs = { chain: 'testnet', at: this.clock.now(), policy, state: 'running', upstreams: facts } as const;
    this.#pairing = nextPairing(this.#pairing, inputs);
  }

  #keepRows(): void {
    const rows = this.#health.rows().map(([key, row]) => [key, JSON.parse(JSON.stringify(row))] as const);
    this.#rows = new Map([...this.#rows, ...rows]);
  }

  #blocked(): readonly string[] {
    const states = this.#health.views().filter(({ course }) => course.standing.kind === 'blocked');
    return states.map(({ endpoint }) => endpoint.key);
  }
}

/** True for what was sent under a generation, or before one, that is no longer the present one. */
/** What of it does not end by itself as time passes: an admitted rate does, and is looked at with whatever comes. */
function timeless(states: readonly UpstreamHealth[]): readonly object[] {
  return states.map(({ holdOff: { admitted: _, ...holdOff }, ...state }) => ({ ...state, holdOff }));
}

function isLate(event: HealthEvent, states: readonly UpstreamHealth[]): boolean {
  const state = states.find(({ endpoint }) => endpoint.key === event.upstream);
  if (state === undefined) return true;
  if ('generation' in event) return event.generation !== state.generation;
  return 'sentAt' in event && event.sentAt < state.generationAt;
}

function answerOf(mood: LifeMood, method: string): Exclude<ScriptedReply, 'never'> {
  switch (mood) {
    case 'refused':
      return { verdict: buildVerdict('connect-failed'), failure: 'refused' };
    case 'slow':
      return { verdict: buildVerdict('timeout'), afterMs: 5000 };
    case 'limited':
      return { verdict: limitedVerdict(4000) };
    case 'wrong-chain':
      return { value: method === 'chain' ? 8 : { height: 5 }, afterMs: 20 };
    case 'good':
      return { value: method === 'chain' ? 7 : { height: 5 }, afterMs: 20 };
  }
}
