import type { ChainHealth } from '../health/chain-health.ts';
import { heldOff, standingOf, type UpstreamHealth } from '../health/upstream-health.ts';
import type { TrackerId } from '../model/names.ts';
import type { Gate } from '../track/tracker-state.ts';

/**
 * Whether a URL may be polled now, and through which of the upstreams that share it.
 *
 * Nothing is polled before its identity is confirmed; what is blocked gets probes and nothing else; a hold-off is respected.
 */
export function gateOf(health: ChainHealth, tracker: TrackerId, now: number): Gate {
  let closed: Extract<Gate, { kind: 'closed' }> = { kind: 'closed', reason: 'no upstream has this URL' };
  for (const upstream of health.views()) {
    if (upstream.endpoint.tracker !== tracker) continue;
    const gate = gateOfUpstream(upstream, now);
    if (gate.kind === 'open') return gate;
    closed = gate;
  }
  return closed;
}

function gateOfUpstream(upstream: UpstreamHealth, now: number): Gate {
  if (upstream.identity !== 'confirmed') return { kind: 'closed', reason: `identity ${upstream.identity}` };
  const { kind } = standingOf(upstream);
  if (kind === 'unproven' || kind === 'blocked') return { kind: 'closed', reason: kind };
  const held = heldOff(upstream, now);
  if (held !== undefined) return { kind: 'closed', reason: 'held off', until: held.until };
  return { kind: 'open', upstream: upstream.endpoint.key };
}
