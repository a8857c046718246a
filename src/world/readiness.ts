import type { ChainView } from '../model/chain-view.ts';
import type { ServerSettings } from '../model/settings.ts';
import type { Clock } from '../ports/clock.ts';
import type { ChainReadiness, Readies, Readiness } from '../ports/doors.ts';
import type { Runtime } from './runtime.ts';

/** What the probes are answered with: the chains and the policy that are in force when they ask. */
export function createReadies(runtime: Pick<Runtime, 'chains' | 'settings' | 'find'> & { clock: Clock }): Readies {
  const startedAt = runtime.clock.now();
  return {
    readiness() {
      const views = runtime.chains.map(({ control }) => control.view());
      const { readiness: policy } = runtime.settings.server;
      return judgeReadiness(views, { policy, upMs: runtime.clock.now() - startedAt });
    },
    chain(name) {
      const chain = runtime.find(name);
      return chain === undefined ? undefined : chainReadiness(chain.control.view());
    },
  };
}

/** A chain's part of `/readyz`. */
export function chainReadiness(view: ChainView): ChainReadiness {
  const serving = view.upstreams.filter(({ standing }) => standing === 'serving' || standing === 'probation').length;
  return {
    state: view.state,
    ready: view.ready,
    serving,
    tip: view.tip ?? null,
    epoch: view.epoch ?? null,
    reason: view.reason,
  };
}

/** How long a chain's first round of probes may hold up readiness, in milliseconds. */
const firstRoundMs = 10_000;

/**
 * Whether load balancers should send calls here. `any`: every chain is proven or its first probe round is over, and at least
 * one chain is ready; `all`; or the named chains. True from the first second, since it is read off the present state.
 */
export function judgeReadiness(
  views: readonly ChainView[],
  { policy, upMs }: { readonly policy: ServerSettings['readiness']; readonly upMs: number },
): Readiness {
  const chains = Object.fromEntries(views.map((view) => [view.chain, chainReadiness(view)]));
  return { ready: isReady(views, policy, upMs), chains };
}

function isReady(views: readonly ChainView[], policy: ServerSettings['readiness'], upMs: number): boolean {
  if (policy === 'all') return views.every(({ ready }) => ready);
  if (policy !== 'any') return views.filter(({ chain }) => policy.includes(chain)).every(({ ready }) => ready);
  const isSettled = upMs >= firstRoundMs || views.every(({ ready, probed }) => ready || probed);
  return isSettled && views.some(({ ready }) => ready);
}
