import type { AccountName } from './account.ts';
import type { ChainName, EndpointName, Interface, ProviderName, Tier, TrackerId, UpstreamKey } from './names.ts';

/** What a provider may be sent: `public` any write; `private` keeps signed transactions to itself; `never` none. */
export type WritePolicy = 'public' | 'private' | 'never';

/** One URL of one provider for one chain and interface, without the URL: that stays in `transport/`. */
export interface Endpoint {
  readonly key: UpstreamKey;
  /** Dense position among the chain's endpoints, for arrays kept on the request path. */
  readonly index: number;
  readonly chain: ChainName;
  readonly provider: ProviderName;
  readonly name: EndpointName;
  readonly interface: Interface;
  readonly tier: Tier;
  /** Who operates it, for independence: `own`, or a registrable domain. */
  readonly group: string;
  /** Who is billed for it; absent where nobody set that a limit. */
  readonly account?: AccountName;
  readonly tracker: TrackerId;
  readonly weight: number;
  /** True where the tier's order in the file decides before latency. */
  readonly listed: boolean;
  readonly kind: 'single' | 'pool';
  readonly writes: WritePolicy;
  /** Methods this provider may be asked; absent means all. */
  readonly allow?: ReadonlySet<string>;
  readonly deny?: ReadonlySet<string>;
  readonly addons: ReadonlySet<string>;
  /** Blocks of state it keeps below the tip; absent means not declared. */
  readonly history?: number;
  readonly maxInFlight: number;
  /** `trust`: the operator vouches for the chain; identity is confirmed without a check. */
  readonly identity: 'check' | 'trust';
}
