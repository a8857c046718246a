import type { ChainHealth } from '../health/chain-health.ts';
import { nextPairing, type PairingInputs } from '../health/pairing.ts';
import { heldOff } from '../health/upstream-health.ts';
import type { ChainView } from '../model/chain-view.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { GatewayEvent } from '../model/events.ts';
import type { FaultAnswer } from '../model/faults.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { Pairing } from '../model/pairing.ts';
import type { Cancel } from '../ports/clock.ts';
import type { OperationResult } from '../ports/doors.ts';
import type { RecentBlocks } from '../ports/recent-blocks.ts';
import type { Load } from '../select/load.ts';
import type { PollResult, Tracking } from '../track/tracking.ts';
import { ChainMemory, restoreStandings } from './chain-memory.ts';
import { viewChain } from './chain-view.ts';
import type { ControlChange, ControlDeps, ControlPlan } from './control-plan.ts';
import { foldHeads, foldPoll, notePoll } from './fold-heads.ts';
import { notReady } from './not-ready.ts';
import { isProven, pairingInputs } from './pairing-inputs.ts';
import { ProvenWait } from './proven-wait.ts';
import { repeat } from './repeat.ts';
import { startRooms, trackChangeOf } from './start-rooms.ts';

/** Sums of good answers are folded this often. */
const sumIntervalMs = 100;
/**
 * Where everybody is held off, a start waits as a call does: behind a load balancer no call comes before somebody is proven. Less
 * than the second between two questions, so that nobody is asked twice.
 */
const startRoundMs = 900;
/** Heads that move without the tip wait this long, so that many make one snapshot. */
const headIntervalMs = 50;

/**
 * The control plane of one chain: folds what the path and the polls learn into standing and heads, and publishes the next
 * Pairing. A request only ever reads the snapshot; nothing here waits, nothing here throws.
 */
export class ChainControl {
  readonly #deps: ControlDeps;
  readonly #health: ChainHealth;
  readonly #tracking: Tracking;
  readonly #memory: ChainMemory;
  readonly #wait: ProvenWait;
  readonly #cancelSums: Cancel;
  #plan: ControlPlan;
  #load: Load;
  #pairing: Pairing;
  #tipMovedAt: number | undefined;
  #headTimer: Cancel | undefined;
  #phase: 'open' | 'replacing' | 'closed' = 'open';

  constructor(plan: ControlPlan, deps: ControlDeps) {
    const { clock, store } = deps;
    const { name: chain, startWaitMs } = plan.settings;
    this.#plan = plan;
    this.#deps = deps;
    this.#load = deps.load;
    this.#wait = new ProvenWait(clock, startWaitMs);
    const { health, tracking } = startRooms(plan, deps, {
      standingChanged: () => this.#standingChanged(),
      headsChanged: () => this.#headsChanged(),
      headProbed: () => this.#judgeHeads(),
      polled: (result) => this.#polled(result),
    });
    this.#health = health;
    this.#tracking = tracking;
    this.#pairing = nextPairing(undefined, this.#inputs());
    this.#memory = new ChainMemory({ chain, store, clock, health, tracking });
    this.#cancelSums = repeat(clock, sumIntervalMs, () => this.#foldSums());
    if (health.views().every((view) => heldOff(view, clock.now()) !== undefined)) health.callWaits(startRoundMs);
  }

  /**
   * Goes on with other endpoints and settings of the same chain, after a reload. What stays keeps its standing, its head and its
   * generation, the chain its epoch; the next snapshot is published before this returns.
   */
  replace(plan: ControlPlan, { load, vouched }: ControlChange): void {
    if (this.#phase !== 'open') return;
    const { settings, endpoints } = plan;
    this.#foldSums();
    this.#memory.store();
    this.#plan = plan;
    this.#load = load;
    this.#wait.waitMs = settings.startWaitMs;
    // Between the two rooms' turns the places of one are not those of the other: nothing is published then.
    this.#phase = 'replacing';
    const restored = restoreStandings(this.#deps.store, endpoints);
    this.#health.replace(endpoints, { policy: settings.health, restored, vouched });
    this.#tracking.replace(endpoints, trackChangeOf(plan));
    this.#phase = 'open';
    this.#judgeHeads();
    this.#publish();
    if (!this.#pairing.upstreams.some(isProven)) this.#wait.begin();
    this.#memory.standingChanged();
  }

  pairing(): Pairing {
    return this.#pairing;
  }

  /** The chain's recent blocks, as far as they are known. */
  get recent(): RecentBlocks {
    return this.#tracking;
  }

  isProven(): boolean {
    return this.#wait.isProven;
  }

  whenProven(): Promise<void> {
    if (!this.#wait.isProven) this.#health.callWaits(this.#wait.waitMs);
    return this.#wait.whenProven();
  }

  /** Why no call can be served yet, or undefined where one can. */
  unready(): FaultAnswer | undefined {
    const isStarted = this.#plan.settings.serveWhileStarting || this.#pairing.state === 'running';
    return isStarted && this.#wait.isProven ? undefined : notReady(this.#tracking.view().stateDetail);
  }

  noteCall(): void {
    this.#tracking.clientCall();
  }

  /** Takes a height that a call was shown. A call that began before a reload may speak of an endpoint that is no more. */
  noteHead({ key, index, tracker }: Endpoint, height: number): void {
    const upstream = this.#pairing.upstreams[index];
    if (upstream === undefined || height <= (upstream.head ?? -1)) return;
    if (upstream.endpoint.key !== key || upstream.endpoint.tracker !== tracker) return;
    this.#tracking.headSeen(key, { height, at: this.#deps.clock.now() });
  }

  /** Takes what the request path reports of one of this chain's upstreams; what it answered well before counts first. */
  fold(event: Extract<GatewayEvent, { readonly kind: 'attempt-failed' | 'failure-excused' }>): void {
    const upstream = this.#pairing.upstreams.find(({ endpoint }) => endpoint.key === event.upstream);
    if (upstream !== undefined) this.#foldSum(upstream.endpoint);
    this.#health.fold(event);
  }

  connectivity(upstream: UpstreamKey, change: 'connected' | 'disconnected'): void {
    if (this.#phase === 'closed') return;
    if (change === 'connected') this.#health.fold({ kind: 'reconnected', upstream, at: this.#deps.clock.now() });
    this.#tracking.connectivity(upstream, change);
  }

  view(): ChainView {
    const { clock, budget } = this.#deps;
    return viewChain({
      now: clock.now(),
      plan: this.#plan,
      pairing: this.#pairing,
      health: this.#health,
      heads: this.#tracking.view(),
      load: this.#load,
      retryBudget: budget.remaining(clock.now()),
      tipMovedAt: this.#tipMovedAt,
    });
  }

  probe(upstream: UpstreamKey): OperationResult {
    const asked = this.#health.probeNow(upstream);
    return asked === 'asked' ? { done: true } : { done: false, why: asked };
  }

  cordon(upstream: UpstreamKey, order: 'cordon' | 'uncordon'): OperationResult {
    const result = order === 'cordon' ? this.#health.cordon(upstream) : this.#health.uncordon(upstream);
    return result === 'done' ? { done: true } : { done: false, why: result };
  }

  /** A budget was spent, or has begun anew. */
  budgetsChanged(): void {
    this.#health.budgetsChanged();
  }

  /** Hands its memory to whoever keeps this chain from now on, and stores nothing more itself. Goes on polling until it is closed. */
  handOver(): void {
    this.#memory.close();
  }

  /** Stops polls and probes and hands what outlives the process to the store. */
  close(): void {
    this.#phase = 'closed';
    this.#memory.close();
    this.#cancelSums();
    this.#headTimer?.();
    this.#tracking.close();
    this.#health.close();
    this.#wait.close();
  }

  #standingChanged(): void {
    if (this.#phase !== 'open' || this.#pairing === undefined) return;
    this.#memory.standingChanged();
    this.#tracking.factsChanged();
    this.#publish();
  }

  /** A new tip goes out at once; heads alone wait a moment, so that many make one snapshot. */
  #headsChanged(): void {
    if (this.#phase !== 'open' || this.#pairing === undefined) return;
    this.#judgeHeads();
    const { tip, finalized, state, blockTimeMs } = this.#tracking.view();
    this.#health.blockTimeMeasured(blockTimeMs);
    if (finalized !== undefined) this.#health.epochMoved(finalized);
    if (state !== this.#pairing.state) this.#memory.standingChanged();
    if (tip !== this.#pairing.tip || state !== this.#pairing.state) return this.#publish();
    this.#headTimer ??= this.#deps.clock.after(headIntervalMs, () => {
      this.#headTimer = undefined;
      this.#publish();
    });
  }

  #polled(result: PollResult): void {
    foldPoll(this.#health, result);
    notePoll(this.#load, this.#plan.endpoints, result);
    this.#judgeHeads();
  }

  #judgeHeads(): void {
    foldHeads(this.#health, this.#tracking.view(), this.#deps.clock.now());
  }

  #publish(): void {
    const next = nextPairing(this.#pairing, this.#inputs());
    if (next === this.#pairing) return;
    if (next.tip !== this.#pairing.tip) this.#tipMovedAt = this.#deps.clock.now();
    this.#pairing = next;
    if (next.upstreams.some(isProven)) this.#wait.prove();
    this.#deps.emit({ kind: 'pairing-published', pairing: next });
  }

  #inputs(): PairingInputs {
    const parts = { health: this.#health, heads: this.#tracking.view() };
    return pairingInputs(this.#plan.settings, parts, this.#deps.clock.now());
  }

  #foldSums(): void {
    for (const endpoint of this.#plan.endpoints) this.#foldSum(endpoint);
  }

  #foldSum({ key, index }: Endpoint): void {
    const sum = this.#load.drainGood(index);
    if (sum === undefined) return;
    this.#health.fold({ kind: 'answers-counted', upstream: key, at: this.#deps.clock.now(), ...sum });
    this.#tracking.goodAnswerSeen(key);
  }
}
