import type { AttemptOutcome } from '../model/answer.ts';
import type { Purpose } from '../model/names.ts';
import type { Upstream } from '../model/pairing.ts';
import type { Pick } from '../model/pick.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';
import type { RelayOutcome, RelayPlan } from './relay-plan.ts';
import type { LookUpResult, PickRequest, RelayEffect, RelayState, RelayStep } from './relay-state.ts';
import type { RetryBudget } from './retry-budget.ts';
import { isHedgeable, isRepeatable, lookMs, openRelay, stepRelay } from './step-relay.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** One send, as the relay wants it. */
export interface AttemptOrder {
  /** Total time in milliseconds, connect included: then the attempt must end, as a timeout. */
  readonly timeoutMs: number;
  readonly purpose: Purpose;
}

/** What a relay asks of the world. */
export interface RelayDeps {
  readonly clock: Clock;
  /** Chooses an upstream that is not among `asked`; `answering`: one that answered well just now. */
  pick(asked: readonly number[], among: 'all' | 'answering'): Pick;
  /** Sends the call and says once what came of it, judged; never before it returns, never after a cancel. */
  send(upstream: Upstream, order: AttemptOrder, done: (outcome: AttemptOutcome) => void): Cancel;
  readonly budget: RetryBudget;
  readonly emit: Emit;
  /** Where calls wait for an upstream that is full; absent means that any number may. */
  readonly waitingRoom?: WaitingRoom;
  /** Asks upstreams for the write that was sent, where the plan says that it can be; says once what they know of it. */
  lookUp?(sentTo: readonly Upstream[], done: (result: LookUpResult) => void): void;
  /** How long to wait before hedging on that upstream, in milliseconds; absent or undefined means no hedge. */
  hedgeDelayMs?(upstream: Upstream): number | undefined;
  /** Whether a read sent then should long be answered; absent means nobody can tell. */
  isOverdue?(upstream: Upstream, sentAt: number): boolean;
}

/**
 * Relays one call and says once how it ended, never before it returns where anything was sent.
 *
 * Owns the sends and at most one timer, and only translates between them and `stepRelay`. Cancel it when the client has gone:
 * a read stops without an outcome; a write goes on to its own, since what was sent cannot be taken back. Never throws.
 */
export function startRelay(plan: RelayPlan, deps: RelayDeps, settle: (outcome: RelayOutcome) => void): Cancel {
  const relay = new RunningRelay(plan, deps, settle);
  relay.start();
  return () => relay.cancel();
}

/** The driver's side of one relay: its state, its sends, its timer. */
class RunningRelay {
  readonly #plan: RelayPlan;
  readonly #deps: RelayDeps;
  readonly #settle: (outcome: RelayOutcome) => void;
  readonly #sends: Cancel[] = [];
  #state: RelayState;
  #sleep: Cancel | undefined;
  #isSeated = false;

  constructor(plan: RelayPlan, deps: RelayDeps, settle: (outcome: RelayOutcome) => void) {
    this.#plan = plan;
    this.#deps = deps;
    this.#settle = settle;
    this.#state = { kind: 'settled' };
  }

  start(): void {
    const now = this.#deps.clock.now();
    this.#deps.budget.noteCall(now);
    this.#apply(openRelay(this.#plan, now));
  }

  cancel(): void {
    this.#apply(stepRelay(this.#state, { kind: 'client-gone' }));
  }

  #apply(step: RelayStep): void {
    this.#state = step.state;
    for (const effect of step.effects) this.#run(effect);
    this.#takeSeat();
  }

  /** A choice that is still open when all is done waits for room. */
  #takeSeat(): void {
    const isWaiting = this.#state.kind === 'open' && this.#state.picking !== undefined;
    if (isWaiting === this.#isSeated) return;
    this.#isSeated = isWaiting;
    if (isWaiting) this.#deps.waitingRoom?.enter();
    else this.#deps.waitingRoom?.leave();
  }

  #run(effect: RelayEffect): void {
    switch (effect.kind) {
      case 'send':
        return this.#send(effect);
      case 'cancel':
        return this.#sends[effect.slot]?.();
      case 'wake':
        this.#sleep?.();
        this.#sleep = this.#deps.clock.after(effect.afterMs, () => this.#wake());
        return;
      case 'look-up':
        return this.#lookUp(effect.sentTo);
      case 'emit':
        return this.#deps.emit(effect.event);
      case 'settle':
        this.#sleep?.();
        return this.#settle(effect.outcome);
      case 'drop':
        return this.#sleep?.();
      case 'pick':
        return this.#pick(effect.asked, effect.request);
    }
  }

  #send(effect: Extract<RelayEffect, { kind: 'send' }>): void {
    const { slot } = effect;
    this.#sends[slot] = this.#deps.send(effect.upstream, effect, (outcome) => {
      this.#apply(stepRelay(this.#state, { kind: 'ended', now: this.#deps.clock.now(), slot, outcome }));
    });
  }

  #lookUp(sentTo: readonly Upstream[]): void {
    const done = (result: LookUpResult): void =>
      this.#apply(stepRelay(this.#state, { kind: 'looked-up', now: this.#deps.clock.now(), result }));
    this.#sleep?.();
    if (this.#deps.lookUp === undefined) done('unclear');
    else this.#deps.lookUp(sentTo, done);
  }

  #wake(): void {
    this.#sleep = undefined;
    this.#apply(stepRelay(this.#state, { kind: 'woke', now: this.#deps.clock.now(), waiting: this.#waiting() }));
  }

  #waiting(): 'hanging' | 'patient' | undefined {
    const { isOverdue } = this.#deps;
    if (isOverdue === undefined || !isRepeatable(this.#plan) || this.#state.kind === 'settled') return undefined;
    const isPatient = this.#state.attempts.some(
      ({ upstream, sentAt, outcome }) => outcome === undefined && !isOverdue(upstream, sentAt),
    );
    return isPatient ? 'patient' : 'hanging';
  }

  #pick(asked: readonly number[], request: PickRequest): void {
    const now = this.#deps.clock.now();
    const pick = this.#deps.pick(asked, request.among);
    if (pick.kind === 'nobody') {
      const isCrowded = !this.#isSeated && this.#deps.waitingRoom?.isFull === true;
      return this.#apply(stepRelay(this.#state, { ...pick, now, ...(isCrowded && { room: 'crowded' }) }));
    }
    const { upstream, resort, askable } = pick;
    if (request.resort !== undefined && request.resort !== resort) {
      return this.#apply(stepRelay(this.#state, { kind: 'nobody', now, refusals: [], retryAfterMs: 0 }));
    }
    if (!this.#isPaid(request, now)) return this.#apply(stepRelay(this.#state, { kind: 'over-budget', now }));
    const hedgeAfterMs = isHedgeable(this.#plan) ? this.#deps.hedgeDelayMs?.(upstream) : undefined;
    const lookAfterMs = this.#deps.isOverdue !== undefined && isRepeatable(this.#plan) ? lookMs : undefined;
    this.#apply(stepRelay(this.#state, { kind: 'picked', now, upstream, resort, askable, hedgeAfterMs, lookAfterMs }));
  }

  #isPaid(request: PickRequest, now: number): boolean {
    switch (request.charge) {
      case 'nothing':
        return true;
      case 'retry':
        return this.#deps.budget.take(now);
      case 'hedge':
        return this.#deps.budget.takeHedge(now);
    }
  }
}
