import type { ChainHealth } from '../health/chain-health.ts';
import type { LocalErrorLog } from '../health/own-trouble.ts';
import { nextPairing, type PairingInputs } from '../health/pairing.ts';
import { startHealth } from '../health/start-health.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { ChainView } from '../model/chain-view.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { GatewayEvent } from '../model/events.ts';
import type { FaultAnswer } from '../model/faults.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { Pairing } from '../model/pairing.ts';
import type { ChainSettings } from '../model/settings.ts';
import type { Ask } from '../ports/ask.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { OperationResult } from '../ports/doors.ts';
import type { Emit } from '../ports/emit.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { RetryBudget } from '../relay/retry-budget.ts';
import type { Load } from '../select/load.ts';
import { startTracking } from '../track/start-tracking.ts';
import type { PollResult, Tracking } from '../track/tracking.ts';
import { restoreChain, storeChain } from './chain-memory.ts';
import { viewChain } from './chain-view.ts';
import { factsOf, foldHeads, foldPoll, notePoll } from './fold-heads.ts';
import { notReady } from './not-ready.ts';
import { isProven, pairingInputs } from './pairing-inputs.ts';
import { ProvenWait } from './proven-wait.ts';
import { repeat } from './repeat.ts';
import { gateOf } from './tracker-gate.ts';

/** One chain to be kept: what it is, and who serves it. */
export interface ControlPlan {
  readonly settings: ChainSettings;
  readonly spec: ChainSpec;
  readonly endpoints: readonly Endpoint[];
}

/** What the control plane of one chain needs of the world. */
export interface ControlDeps {
  readonly clock: Clock;
  readonly ask: Ask;
  readonly emit: Emit;
  readonly store: StateStore;
  readonly localErrors: LocalErrorLog;
  /** The request path's own state, read for sums and views. */
  readonly load: Load;
  readonly budget: RetryBudget;
}

/** Sums of good answers are folded this often. */
const sumIntervalMs = 100;
/** Heads that move without the tip wait this long, so that many make one snapshot. */
const headIntervalMs = 50;
/** What may be lost by a kill: standings are stored this often, when they changed. */
const storeIntervalMs = 1000;

/**
 * The control plane of one chain: folds what the path and the polls learn into standing and heads, and publishes the next
 * Pairing. A request only ever reads the snapshot; nothing here waits, nothing here throws.
 */
export class ChainControl {
  readonly #plan: ControlPlan;
  readonly #deps: ControlDeps;
  readonly #health: ChainHealth;
  readonly #tracking: Tracking;
  readonly #wait: ProvenWait;
  readonly #timers: readonly Cancel[];
  #pairing: Pairing;
  #headTimer: Cancel | undefined;
  #isDirty = false;
  #isClosed = false;

  constructor(plan: ControlPlan, deps: ControlDeps) {
    const { settings, spec, endpoints } = plan;
    const { clock, ask, emit, store, localErrors } = deps;
    this.#plan = plan;
    this.#deps = deps;
    this.#wait = new ProvenWait(clock, settings.startWaitMs);
    const restored = restoreChain(store, settings.name, endpoints);
    this.#health = startHealth(
      { chain: settings.name, spec, endpoints, policy: settings.health, ...restored.health },
      {
        clock,
        ask,
        emit,
        localErrors,
        onChange: () => this.#standingChanged(),
        headSeen: (upstream, head) => {
          this.#tracking.headSeen(upstream, head);
          this.#judgeHeads();
        },
      },
    );
    this.#tracking = startTracking(
      {
        chain: settings.name,
        spec,
        endpoints,
        background: settings.background,
        ...(settings.health.lagLimit !== undefined && { lagLimit: settings.health.lagLimit }),
        ...(restored.track !== undefined && { restored: restored.track }),
        needsRing: 'no',
      },
      {
        clock,
        ask,
        emit: (event) => {
          if (event.kind === 'store-set-aside') this.#health.forgetEpoch();
          emit(event);
        },
        gate: (tracker) => gateOf(this.#health, tracker, clock.now()),
        facts: (upstream) => factsOf(this.#health, upstream, clock.now()),
        onHeads: () => this.#headsChanged(),
        onPoll: (result) => this.#polled(result),
      },
    );
    this.#pairing = nextPairing(undefined, this.#inputs());
    this.#timers = [
      repeat(clock, sumIntervalMs, () => {
        for (const endpoint of endpoints) this.#foldSum(endpoint);
      }),
      repeat(clock, storeIntervalMs, () => this.#store()),
    ];
  }

  pairing(): Pairing {
    return this.#pairing;
  }

  isProven(): boolean {
    return this.#wait.isProven;
  }

  whenProven(): Promise<void> {
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

  noteHead(index: number, height: number): void {
    const upstream = this.#pairing.upstreams[index];
    if (upstream === undefined || height <= (upstream.head ?? -1)) return;
    this.#tracking.headSeen(upstream.endpoint.key, { height, at: this.#deps.clock.now() });
  }

  /** Takes what the request path reports of one of this chain's upstreams; what it answered well before counts first. */
  fold(event: Extract<GatewayEvent, { readonly kind: 'attempt-failed' | 'failure-excused' }>): void {
    const upstream = this.#pairing.upstreams.find(({ endpoint }) => endpoint.key === event.upstream);
    if (upstream !== undefined) this.#foldSum(upstream.endpoint);
    this.#health.fold(event);
  }

  connectivity(upstream: UpstreamKey, change: 'connected' | 'disconnected'): void {
    if (this.#isClosed) return;
    if (change === 'connected') this.#health.fold({ kind: 'reconnected', upstream, at: this.#deps.clock.now() });
    this.#tracking.connectivity(upstream, change);
  }

  view(): ChainView {
    const { clock, load, budget } = this.#deps;
    return viewChain({
      now: clock.now(),
      plan: this.#plan,
      pairing: this.#pairing,
      health: this.#health,
      heads: this.#tracking.view(),
      load,
      retryBudget: budget.remaining(clock.now()),
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

  /** Stops polls and probes and hands what outlives the process to the store. */
  close(): void {
    this.#isClosed = true;
    this.#isDirty = true;
    this.#store();
    for (const cancel of this.#timers) cancel();
    this.#headTimer?.();
    this.#tracking.close();
    this.#health.close();
    this.#wait.close();
  }

  #standingChanged(): void {
    if (this.#isClosed || this.#pairing === undefined) return;
    this.#tracking.factsChanged();
    this.#publish();
  }

  /** A new tip goes out at once; heads alone wait a moment, so that many make one snapshot. */
  #headsChanged(): void {
    if (this.#isClosed || this.#pairing === undefined) return;
    this.#judgeHeads();
    const { tip, finalized, state, blockTimeMs } = this.#tracking.view();
    this.#health.blockTimeMeasured(blockTimeMs);
    if (finalized !== undefined) this.#health.epochMoved(finalized);
    if (tip !== this.#pairing.tip || state !== this.#pairing.state) return this.#publish();
    this.#headTimer ??= this.#deps.clock.after(headIntervalMs, () => {
      this.#headTimer = undefined;
      this.#publish();
    });
  }

  #polled(result: PollResult): void {
    foldPoll(this.#health, result);
    notePoll(this.#deps.load, this.#plan.endpoints, result);
    this.#judgeHeads();
  }

  #judgeHeads(): void {
    foldHeads(this.#health, this.#tracking.view(), this.#deps.clock.now());
  }

  #publish(): void {
    const next = nextPairing(this.#pairing, this.#inputs());
    if (next === this.#pairing) return;
    this.#pairing = next;
    this.#isDirty = true;
    if (next.upstreams.some(isProven)) this.#wait.prove();
    this.#deps.emit({ kind: 'pairing-published', pairing: next });
  }

  #inputs(): PairingInputs {
    const parts = { health: this.#health, heads: this.#tracking.view() };
    return pairingInputs(this.#plan.settings, parts, this.#deps.clock.now());
  }

  #foldSum({ key, index }: Endpoint): void {
    const sum = this.#deps.load.drainGood(index);
    if (sum === undefined) return;
    this.#health.fold({ kind: 'answers-counted', upstream: key, at: this.#deps.clock.now(), ...sum });
    this.#tracking.goodAnswerSeen(key);
  }

  #store(): void {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    storeChain(this.#deps.store, this.#plan.settings.name, { health: this.#health, tracking: this.#tracking });
  }
}
