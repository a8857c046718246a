import type { RelayPlan } from './relay-plan.ts';

/** At most so many upstreams share the time that remains. */
const maxShares = 3;

/** Less time than this is not worth another attempt: it would fail, and be held against the upstream. In milliseconds. */
const leastAttemptMs = 10;

/** Where a relay stands when an attempt goes out. */
export interface AttemptMoment {
  readonly now: number;
  /** Attempts sent before this one. */
  readonly sent: number;
  /** Upstreams that could be asked now, the one this attempt goes to included. */
  readonly askable: number;
}

/**
 * Milliseconds an attempt may take, connect included; at least 1, whatever the moment. Never throws.
 *
 * Its class's time, but never more than what remains divided among those still askable; the last of them gets all that
 * remains, since there is nobody to save it for. A broadcast's sends run side by side and divide nothing.
 */
export function attemptTimeoutMs(plan: RelayPlan, moment: AttemptMoment): number {
  const remainingMs = Math.max(1, plan.deadlineAt - moment.now);
  const isAlone = moment.askable <= 1;
  if (plan.kind === 'raw') {
    return isAlone && moment.sent === 0 ? remainingMs : Math.min(plan.attemptTimeoutMs, remainingMs);
  }
  const shares = Math.min(moment.askable, maxShares, plan.maxAttempts + 1 - moment.sent);
  return shares <= 1 ? remainingMs : Math.max(1, Math.min(plan.attemptTimeoutMs, remainingMs / shares));
}

/** True while there is time enough for another attempt. */
export function hasTimeLeft(plan: RelayPlan, now: number): boolean {
  return plan.deadlineAt - now >= leastAttemptMs;
}
