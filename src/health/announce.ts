import type { HoldOff } from '../model/standing.ts';
import type { Emit } from '../ports/emit.ts';
import type { UpstreamHealth } from './upstream-health.ts';

/** Emits what a step of one upstream changed that others want to know: identity, standing, hold-offs. */
export function announce(before: UpstreamHealth, after: UpstreamHealth, emit: Emit): void {
  if (before === after) return;
  announceIdentity(before, after, emit);
  announceStanding(before, after, emit);
  announceHoldOff(before, after, emit);
}

function announceIdentity(before: UpstreamHealth, after: UpstreamHealth, emit: Emit): void {
  const { identity } = after;
  if (identity === before.identity || identity === 'unknown') return;
  const detail = identity === 'wrong' ? (after.lastFailure?.detail ?? '') : 'the check passed';
  emit({ kind: 'identity-changed', upstream: after.endpoint.key, identity, detail });
}

/** One event for each change of kind. A step inside of probation is in the history only. */
function announceStanding(before: UpstreamHealth, after: UpstreamHealth, emit: Emit): void {
  if (before.history === after.history) return;
  const known = new Set(before.history);
  for (const transition of after.history) {
    if (known.has(transition) || transition.from === transition.to) continue;
    emit({ kind: 'standing-changed', upstream: after.endpoint.key, ...transition });
  }
}

function announceHoldOff(before: UpstreamHealth, after: UpstreamHealth, emit: Emit): void {
  const { own, providerUntil } = after.holdOff;
  if (own !== undefined && own !== before.holdOff.own) emitHoldOff(after, own, emit);
  if (providerUntil !== undefined && providerUntil !== before.holdOff.providerUntil)
    emitHoldOff(after, { until: providerUntil, reason: 'provider' }, emit);
}

function emitHoldOff(state: UpstreamHealth, holdOff: HoldOff, emit: Emit): void {
  const detail =
    holdOff.reason === 'provider' ? 'two URLs of its provider are held off' : `asked to slow down: ${holdOff.reason}`;
  emit({ kind: 'hold-off-started', upstream: state.endpoint.key, holdOff, detail });
}
