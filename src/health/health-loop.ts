import type { ChainName, UpstreamKey } from '../model/names.ts';
import type { Upstream } from '../model/pairing.ts';
import type { Cancel } from '../ports/clock.ts';
import { announce } from './announce.ts';
import type { HealthDeps } from './chain-health.ts';
import type { HealthRules, UpstreamEvent } from './health-event.ts';
import type { OwnTrouble } from './own-trouble.ts';
import { isShownAlike, showUpstream } from './pairing.ts';
import type { Roster } from './roster.ts';
import type { Timers } from './timers.ts';
import { dueProbe, type UpstreamHealth } from './upstream-health.ts';

/** The loop turns at least this often, so that nothing is ever forgotten, and a standstill of our own shows. */
const heartbeatMs = 1000;

/** An event with the upstream it is folded into. */
export type Addressed = readonly [UpstreamKey, UpstreamEvent];

/** What the loop of one chain works on. */
export interface LoopParts {
  readonly chain: ChainName;
  readonly deps: HealthDeps;
  readonly rules: HealthRules;
  readonly roster: Roster;
  readonly timers: Timers;
  readonly trouble: OwnTrouble;
  /** Starts the probes that are due. */
  startDue(at: number): void;
  /** When the next probe is due that a waiting call asks for; `Infinity` where none does. */
  pressedAt(): number;
}

/** Folds events into the roster, says what changed, and wakes whenever something is due. Whatever happens in a turn, the next one is armed. */
export class HealthLoop {
  readonly #parts: LoopParts;
  #wakeAt: number;
  #cancelWake: Cancel = () => undefined;
  /** What a Pairing made at the last `onChange` shows: a change is told of however small the steps that lead to it. */
  #told: ReadonlyMap<UpstreamKey, Upstream>;
  #isChanged = false;
  #isClosed = false;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.#wakeAt = parts.deps.clock.now();
    this.#told = this.#showAll();
    this.#arm(0);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** When the next turn is due: a turn that comes much later shows that the process stood still. */
  get wakeAt(): number {
    return this.#wakeAt;
  }

  /** Folds what belongs together and tells of it once. */
  turn(events: readonly Addressed[]): void {
    if (this.#isClosed) return;
    for (const [key, event] of events)
      for (const { before, after } of this.#parts.roster.fold(key, event)) this.#publish(before, after);
    this.#notify();
    if (this.#nextDueAt() < this.#wakeAt) this.#arm(0);
  }

  /** Something a Pairing shows changed that no event told of. */
  markChanged(): void {
    this.#isChanged = true;
  }

  /** Lets time pass for every upstream and starts what is due. */
  wake(): void {
    if (this.#isClosed) return;
    const at = this.#parts.deps.clock.now();
    let restMs = 0;
    try {
      this.#passTime(at);
      this.#parts.startDue(at);
    } catch (error) {
      restMs = heartbeatMs;
      this.warn(error);
    } finally {
      this.#arm(restMs);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#parts.timers.cancelAll();
  }

  #passTime(at: number): void {
    const states = this.#parts.roster.all();
    // An admitted rate grows without any event, and a snapshot shows it.
    if (states.some(({ holdOff }) => holdOff.admitted !== undefined)) this.markChanged();
    this.turn(states.map(({ endpoint }): Addressed => [endpoint.key, { kind: 'time-passed', at }]));
  }

  #publish(before: UpstreamHealth, after: UpstreamHealth): void {
    announce(before, after, this.#parts.deps.emit);
    const told = this.#told.get(after.endpoint.key);
    this.#isChanged ||= told === undefined || !isShownAlike(told, this.#show(after));
  }

  #show(health: UpstreamHealth): Upstream {
    const { deps, rules } = this.#parts;
    return showUpstream({ health, lagging: false, outlier: false }, deps.clock.now(), rules.policy);
  }

  #showAll(): ReadonlyMap<UpstreamKey, Upstream> {
    return new Map(this.#parts.roster.all().map((state) => [state.endpoint.key, this.#show(state)]));
  }

  #notify(): void {
    if (!this.#isChanged || this.#isClosed) return;
    this.#isChanged = false;
    this.#told = this.#showAll();
    try {
      this.#parts.deps.onChange();
    } catch (error) {
      this.warn(error);
    }
  }

  #arm(restMs: number): void {
    const { deps, trouble } = this.#parts;
    const now = deps.clock.now();
    trouble.beat({ dueAt: this.#wakeAt, at: now });
    this.#cancelWake();
    this.#wakeAt = now + Math.max(restMs, Math.min(heartbeatMs, this.#nextDueAt() - now));
    this.#cancelWake = this.#parts.timers.after(this.#wakeAt - now, () => this.wake());
  }

  #nextDueAt(): number {
    let next = this.#parts.pressedAt();
    for (const state of this.#parts.roster.all()) next = Math.min(next, dueProbe(state)?.at ?? next, holdOffEnd(state));
    return next;
  }

  /** Tells of an exception, by its kind: its text may hold a URL. None of them ends the loop. */
  warn(error: unknown): void {
    const name = error instanceof Error ? error.name : typeof error;
    const { chain, deps } = this.#parts;
    deps.emit({ kind: 'warned', about: 'health', detail: `a turn of ${chain} broke: ${name}` });
  }
}

/** When a hold-off ends: worth a turn of its own, since a snapshot shows it. */
function holdOffEnd({ holdOff }: UpstreamHealth): number {
  const { own, providerUntil, budget } = holdOff;
  const never = Number.POSITIVE_INFINITY;
  return Math.min(own?.until ?? never, providerUntil ?? never, budget?.until ?? never);
}
