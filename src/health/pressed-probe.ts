import { freeAt } from './hold-off.ts';
import { standingOf, type UpstreamHealth } from './upstream-health.ts';

/** While a call waits, one endpoint is asked no more often than this, and nobody else while it may still answer; milliseconds. */
const pressEveryMs = 1000;

/** Whom a waiting call has probed next, and when (monotonic milliseconds). */
export interface PressedProbe {
  readonly state: UpstreamHealth;
  readonly at: number;
}

/**
 * The next upstream to be probed for a call that waits for a first proof; undefined where somebody is proven, or nobody
 * is left to be. Never throws.
 *
 * The floor (rule 4) reaches those whose identity is not confirmed yet, after a restart above all: the question who they are
 * is then the call of last resort, sent whatever hold-off or schedule stands, paced like one, and soonest free first.
 */
export function pressedProbe(states: readonly UpstreamHealth[], at: number): PressedProbe | undefined {
  if (states.some(isProven)) return undefined;
  const open = states.filter(mayBeProven);
  const askedAt = Math.max(...open.map(({ probe }) => probe.running?.since ?? Number.NEGATIVE_INFINITY));
  const soonest = Math.max(at, askedAt + pressEveryMs);
  let next: PressedProbe | undefined;
  for (const state of open) {
    if (state.probe.running !== undefined) continue;
    const readyAt = state.probe.endedAt === 0 ? 0 : state.probe.endedAt + pressEveryMs;
    const one = { state, at: Math.max(soonest, readyAt) };
    if (next === undefined || isBefore(one, next)) next = one;
  }
  return next;
}

/** Observed, and of this chain: calls need not wait for it. */
function isProven(state: UpstreamHealth): boolean {
  return state.identity === 'confirmed' && standingOf(state).kind !== 'unproven';
}

/** Neither the operator nor his purse, neither a conviction nor a wrong identity keeps it from ever being asked. */
function mayBeProven({ cordoned, identity, holdOff, course }: UpstreamHealth): boolean {
  const isShut = cordoned || holdOff.budget?.floor === 'closed';
  return !isShut && identity !== 'wrong' && course.standing.kind !== 'quarantined';
}

/** Who may be asked sooner; of two, who is free sooner, and failed longer ago. */
function isBefore(one: PressedProbe, other: PressedProbe): boolean {
  const sooner = one.at - other.at || freeAt(one.state.holdOff) - freeAt(other.state.holdOff);
  return (sooner || one.state.lastFailedAt - other.state.lastFailedAt) < 0;
}
