/** A chain's name as the config spells it: `^[a-z0-9][a-z0-9-]{0,63}$`. */
export type ChainName = string;

/** A provider's name: one entry of the config. */
export type ProviderName = string;

/** An endpoint's name inside its provider: the interface, plus `-ws`, `-2`, `-3` … */
export type EndpointName = string;

/** `<chain>/<provider>/<endpoint>`: what standing is kept under. A rotated key in a URL changes nothing in it. */
export type UpstreamKey = string;

/** One unique URL (with its headers) under an opaque name. Several upstreams may share it; it never shows the URL. */
export type TrackerId = string;

/** Chains that share rules. */
export type Family = 'evm' | 'solana' | 'cosmos' | 'utxo' | 'generic';

/** A wire dialect. */
export type Interface = 'json-rpc' | 'rest' | 'tendermint' | 'grpc';

/** `backup` is asked only when no primary is eligible. */
export type Tier = 'primary' | 'backup';

/** What a call to an upstream was sent for: the label of the counter users are billed by. */
export type Purpose =
  | 'client'
  | 'retry'
  | 'hedge'
  | 'broadcast'
  | 'poll'
  | 'probe'
  | 'audit'
  | 'backfill'
  | 'logs-piece';
