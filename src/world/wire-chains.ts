import type { ChainDocuments } from '../model/chain-document.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { ChainSettings, Settings } from '../model/settings.ts';
import type { Clock } from '../ports/clock.ts';
import { createHttpTransport, type HttpTransport } from '../transport/http-transport.ts';
import { detectChain } from './detect-chain.ts';
import { createTrackerNames, endpointsOf, type TrackerNames, type Wire } from './endpoints.ts';

/** The network of a process, and settings whose chains all have names. */
export interface WiredChains {
  readonly settings: Settings;
  readonly transport: HttpTransport;
  readonly trackers: TrackerNames;
  /** Who is told which URLs can be reached; nobody until somebody is named. */
  readonly reach: Reach;
}

/** Hears of URLs that can be reached, or cannot any more. */
export interface Reach {
  tell(upstreams: readonly UpstreamKey[], what: 'connected' | 'disconnected'): void;
}

/**
 * Wires every endpoint to the network, and names the chains that came as bare URLs.
 * @throws StartError where a chain cannot be told.
 */
export async function wireChains(
  { settings, documents }: { readonly settings: Settings; readonly documents: ChainDocuments },
  clock: Clock,
): Promise<WiredChains> {
  const reach: Reach = { tell: () => undefined };
  const trackers = createTrackerNames();
  const wiresOf = (chains: readonly ChainSettings[]): readonly Wire[] =>
    chains.flatMap((chain) => endpointsOf(chain, trackers).wires);
  const transport = createHttpTransport({
    endpoints: wiresOf(settings.chains),
    connectTimeoutMs: settings.limits.connectTimeoutMs,
    maxBufferedBytes: settings.limits.maxBufferedBytes,
    clock,
    onConnectivity: (upstreams, what) => reach.tell(upstreams, what),
  });
  if (settings.chains.every(({ detect }) => detect !== true)) return { settings, transport, trackers, reach };
  const chains = await Promise.all(
    settings.chains.map((chain) => (chain.detect === true ? detectChain(chain, { documents, transport }) : chain)),
  );
  await transport.replace(wiresOf(chains));
  return { settings: { ...settings, chains }, transport, trackers, reach };
}
