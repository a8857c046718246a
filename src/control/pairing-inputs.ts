import type { ChainHealth } from '../health/chain-health.ts';
import type { PairingInputs } from '../health/pairing.ts';
import type { Upstream } from '../model/pairing.ts';
import type { ChainSettings } from '../model/settings.ts';
import type { ChainHeads } from '../track/tracking.ts';

/** Gathers what the next snapshot is made of. */
export function pairingInputs(
  { name, health: policy }: Pick<ChainSettings, 'name' | 'health'>,
  { health, heads }: { readonly health: ChainHealth; readonly heads: ChainHeads },
  at: number,
): PairingInputs {
  const { state, tip, finalized, degraded } = heads;
  const upstreams = health.views().map((state) => {
    const seen = heads.upstreams[state.endpoint.index];
    return {
      health: state,
      head: seen?.head,
      finalized: seen?.finalized,
      lagging: seen?.lagging ?? false,
      outlier: seen?.outlier ?? false,
    };
  });
  return { chain: name, at, policy, state, epoch: health.epoch(), tip, finalized, degraded, upstreams };
}

/** Observed, and of this chain: a call need not wait for it. */
export function isProven({ identity, standing }: Upstream): boolean {
  return identity === 'confirmed' && standing !== 'unproven';
}
