import type { Fault } from './fault.ts';
import type { Provider, ProviderView } from './provider.ts';

/** What an operator of the devnet can do and see. */
export interface Faults {
  /** Names of the providers, in the order of the configuration. */
  readonly providers: readonly string[];
  /** Breaks or mends a provider. Rejects where there is none of that name, or its anvil does not start. */
  set(provider: string, fault: Fault): Promise<void>;
  view(): DevnetView;
}

/** The devnet at one moment. */
export interface DevnetView {
  /** Newest block of the common chain. */
  readonly height: number;
  readonly providers: readonly ProviderView[];
}

/** The switches of these providers. */
export function faultsOf(providers: ReadonlyMap<string, Provider>, heightOf: () => number): Faults {
  return {
    providers: [...providers.keys()],
    set: async (name, fault) => {
      const provider = providers.get(name);
      if (provider === undefined) throw new Error(`there is no such provider (${[...providers.keys()].join(', ')})`);
      await provider.set(fault);
    },
    view: () => ({ height: heightOf(), providers: [...providers.values()].map((provider) => provider.view()) }),
  };
}
