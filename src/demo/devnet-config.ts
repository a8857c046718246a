import type { ProviderView } from './provider.ts';

/** The id anvil gives its chains. */
export const devnetChainId = 31_337;

/** The name the devnet is served under. */
export const devnetChain = 'dev';

/** A configuration as a YAML file would hold it, as plain data. */
export type DevnetConfig = Readonly<Record<string, unknown>>;

/** The configuration of a gateway in front of the devnet's providers. */
export function devnetConfig(providers: readonly ProviderView[], blockTimeMs: number): DevnetConfig {
  const tier = (wanted: ProviderView['tier']): unknown =>
    // Each is its own operator: the devnet plays independent providers, though all are on one machine.
    providers.filter(({ tier }) => tier === wanted).map(({ name, url }) => ({ name, group: name, url }));
  return {
    state: 'memory',
    log: { level: 'warn' },
    // No load balancer has to notice that a demo ends.
    server: { drainDelay: '0s' },
    chains: {
      [devnetChain]: {
        family: 'evm',
        chainId: devnetChainId,
        blockTime: `${blockTimeMs}ms`,
        // Half a minute at one block a second: an epoch passes while one watches.
        epochBlocks: 30,
        primary: tier('primary'),
        backup: tier('backup'),
      },
    },
  };
}
