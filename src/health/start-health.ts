import type { Transition } from '../model/chain-view.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { HealthPolicy } from '../model/settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { ChainHealth, HealthChange, HealthDeps, HealthPlan, OrderResult, ProbeAsked } from './chain-health.ts';
import { carriedOver, nextEpoch } from './epoch.ts';
import type { AttemptFailed, HealthEvent, HealthRules, PollFailed, UpstreamEvent } from './health-event.ts';
import { type Addressed, HealthLoop } from './health-loop.ts';
import { hostOf } from './local-trouble.ts';
import { createLocalErrorLog, type OwnTrouble, watchOwnTrouble } from './own-trouble.ts';
import { Prober } from './prober.ts';
import { Roster } from './roster.ts';
import { restoredHealth, standingRow } from './standing-row.ts';
import { createTimers } from './timers.ts';
import { heldOff, type UpstreamHealth } from './upstream-health.ts';

/** Warnings of our own trouble come no closer together than this. */
const warnEveryMs = 60_000;

/** Starts to keep the health of a chain's upstreams: every one of them is probed at once. */
export function startHealth(plan: HealthPlan, deps: HealthDeps): ChainHealth {
  return new LiveChainHealth(plan, deps);
}

/** Owns the roster, the loop and the probes of one chain, and only translates: every decision is `nextHealth`'s. */
class LiveChainHealth implements ChainHealth {
  readonly #plan: HealthPlan;
  readonly #deps: HealthDeps;
  readonly #roster: Roster;
  readonly #trouble: OwnTrouble;
  readonly #loop: HealthLoop;
  readonly #prober: Prober;
  readonly #rules: LiveRules;
  #blockTimeMs: number;
  #epoch: number | undefined;
  #isProbed = false;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(plan: HealthPlan, deps: HealthDeps) {
    const rules: LiveRules = { policy: plan.policy, staleAfterMs: staleAfterMs(plan.policy, plan.spec.blockTimeMs) };
    const { clock } = deps;
    const at = clock.now();
    const states = plan.endpoints.map((endpoint) =>
      restoredHealth(endpoint, { row: plan.restored.get(endpoint.key), at, toWall: toWall(clock) }, rules),
    );
    const roster = new Roster(states, rules, at);
    const timers = createTimers(deps.clock);
    const trouble = watchOwnTrouble(deps.localErrors ?? createLocalErrorLog(), timers);
    const parts = { deps, rules, roster, timers, trouble };
    this.#plan = plan;
    this.#rules = rules;
    this.#blockTimeMs = plan.spec.blockTimeMs;
    this.#deps = deps;
    this.#roster = roster;
    this.#trouble = trouble;
    this.#epoch = plan.epoch;
    this.#loop = new HealthLoop({
      ...parts,
      chain: plan.chain,
      startDue: (now) => this.#prober.startDue(now),
      // The loop looks for its first wake before there is a prober.
      pressedAt: () => this.#prober?.pressedAt() ?? Number.POSITIVE_INFINITY,
    });
    this.#prober = new Prober({ ...parts, spec: plan.spec, loop: this.#loop });
    if (deps.budgetOf !== undefined) this.budgetsChanged();
  }

  fold(event: HealthEvent): void {
    if (this.#loop.isClosed) return;
    if (event.kind === 'attempt-failed' || event.kind === 'poll-failed') this.#foldFailure(event);
    else this.#loop.turn([[event.upstream, event]]);
  }

  #foldFailure(event: AttemptFailed | PollFailed): void {
    const endpoint = this.#roster.get(event.upstream)?.endpoint;
    if (endpoint === undefined || this.#trouble.isStalled(event, this.#loop.wakeAt)) return;
    this.#trouble.judge({ failure: event.failure, host: hostOf(endpoint), at: event.at }, (whose, at) => {
      if (whose === 'ours') return this.#warnOfOwn(at);
      const judged = at === event.at ? event : { ...event, at };
      this.#loop.turn(judged.kind === 'attempt-failed' ? this.#alsoElsewhere(judged) : [[judged.upstream, judged]]);
    });
  }

  /** A read that fails on a second upstream is evidence against neither: no probe asks it again. */
  #alsoElsewhere(event: AttemptFailed): readonly Addressed[] {
    const { replay, ...alone } = event;
    if (replay === undefined || event.verdict.blame !== 'upstream') return [[event.upstream, event]];
    const { method, params } = replay;
    const others = this.#roster
      .all()
      .filter((state) => state.endpoint.key !== event.upstream)
      .filter((state) => state.replay?.method === method && state.replay.params === params);
    if (others.length === 0) return [[event.upstream, event]];
    const dropped = { kind: 'replay-failed-elsewhere', at: event.at, method, params } as const;
    return [[event.upstream, alone], ...others.map(({ endpoint }): Addressed => [endpoint.key, dropped])];
  }

  #warnOfOwn(at: number): void {
    if (at - this.#warnedAt < warnEveryMs) return;
    this.#warnedAt = at;
    const detail = 'three hosts or more cannot be reached from here: resolver or route of our own; nobody is blamed';
    this.#deps.emit({ kind: 'warned', about: 'local-network', detail });
  }

  view(index: number): UpstreamHealth {
    const state = this.#roster.all()[index];
    if (state === undefined) throw new RangeError(`no upstream has the index ${index}`);
    return state;
  }

  views(): readonly UpstreamHealth[] {
    return this.#roster.all();
  }

  isProbed(): boolean {
    this.#isProbed ||= this.#roster.all().every(({ probe }) => probe.endedAt > 0);
    return this.#isProbed;
  }

  epoch(): number | undefined {
    return this.#epoch;
  }

  rows(): readonly (readonly [UpstreamKey, unknown])[] {
    const at = this.#deps.clock.now();
    return this.#roster.all().map((state) => {
      const { key } = state.endpoint;
      return [key, { ...standingRow(state, at), history: this.history(key) }] as const;
    });
  }

  probeNow(key: UpstreamKey): ProbeAsked {
    const state = this.#roster.get(key);
    if (state === undefined) return 'unknown-upstream';
    if (state.probe.running !== undefined) return 'already-probing';
    const at = this.#deps.clock.now();
    this.#loop.turn([[key, { kind: 'probe-asked', at }]]);
    if (heldOff(state, at) !== undefined) return 'held-off';
    this.#loop.wake();
    return 'asked';
  }

  callWaits(forMs: number): void {
    this.#prober.press(this.#deps.clock.now() + forMs);
    this.#loop.turn([]);
  }

  cordon(key: UpstreamKey): OrderResult {
    return this.#order([key], { kind: 'cordoned', at: this.#deps.clock.now() });
  }

  uncordon(key: UpstreamKey): OrderResult {
    return this.#order([key], { kind: 'uncordoned', at: this.#deps.clock.now() });
  }

  budgetsChanged(): void {
    const at = this.#deps.clock.now();
    this.#loop.turn(
      this.#roster.all().map(({ endpoint }): Addressed => {
        return [endpoint.key, { kind: 'budget-held', at, hold: this.#deps.budgetOf?.(endpoint) }];
      }),
    );
  }

  convict(key: UpstreamKey, evidence: string): OrderResult {
    return this.#order(this.#roster.covered(key), { kind: 'convicted', at: this.#deps.clock.now(), evidence });
  }

  heal(key: UpstreamKey): OrderResult {
    return this.#order(this.#roster.covered(key), { kind: 'healed', at: this.#deps.clock.now() });
  }

  #order(keys: readonly UpstreamKey[], event: UpstreamEvent): OrderResult {
    const known = keys.filter((key) => this.#roster.get(key) !== undefined);
    this.#loop.turn(known.map((key): Addressed => [key, event]));
    return known.length > 0 ? 'done' : 'unknown-upstream';
  }

  epochMoved(finalized: number): void {
    const { chain, spec } = this.#plan;
    const { epoch, moved } = nextEpoch(this.#epoch, { finalized, epochBlocks: spec.epochBlocks });
    if (this.#loop.isClosed || moved === 'no' || epoch === undefined) return;
    this.#epoch = epoch;
    const states = this.#roster.all();
    this.#deps.emit({ kind: 'epoch-started', chain, epoch, carried: carriedOver(states) });
    const started = { kind: 'epoch-started', at: this.#deps.clock.now() } as const;
    this.#loop.markChanged();
    this.#loop.turn(moved === 'next' ? states.map(({ endpoint }): Addressed => [endpoint.key, started]) : []);
  }

  blockTimeMeasured(blockTimeMs: number): void {
    this.#blockTimeMs = blockTimeMs;
    this.#rules.staleAfterMs = staleAfterMs(this.#rules.policy, blockTimeMs);
  }

  forgetEpoch(): void {
    this.#epoch = undefined;
  }

  replace(endpoints: readonly Endpoint[], change: HealthChange = {}): void {
    if (this.#loop.isClosed) return;
    const { policy = this.#rules.policy, restored = new Map(), vouched = new Set() } = change;
    this.#rules.policy = policy;
    this.#rules.staleAfterMs = staleAfterMs(policy, this.#blockTimeMs);
    const { clock } = this.#deps;
    this.#roster.replace(endpoints, { at: clock.now(), toWall: toWall(clock), restored, vouched });
    this.#loop.markChanged();
    if (this.#deps.budgetOf !== undefined) this.budgetsChanged();
    this.#loop.wake();
  }

  history(key: UpstreamKey): readonly Transition[] {
    const offset = toWall(this.#deps.clock);
    return (this.#roster.get(key)?.history ?? []).map((transition) => ({ ...transition, at: transition.at + offset }));
  }

  close(): void {
    this.#loop.close();
  }
}

/** The rules as the room reads them; a reload changes them all, a measured block time the one number that hangs on it. */
interface LiveRules extends HealthRules {
  policy: HealthPolicy;
  staleAfterMs: number;
}

/** What makes wall time, for texts, of a moment of the monotonic clock. */
function toWall(clock: Clock): number {
  return clock.wall() - clock.now();
}

function staleAfterMs(policy: HealthPolicy, blockTimeMs: number): number {
  return Math.max(policy.staleBlockTimes * blockTimeMs, policy.staleMinimumMs);
}
