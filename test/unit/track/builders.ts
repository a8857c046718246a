import type { ChainSpec, HeadReading } from '../../../src/model/chain-spec.ts';
import type { Endpoint } from '../../../src/model/endpoint.ts';
import type { Head } from '../../../src/model/head.ts';
import type { MethodPolicy } from '../../../src/model/method-policy.ts';
import type { BackgroundSettings } from '../../../src/model/settings.ts';
import type { Meaning, Verdict } from '../../../src/model/verdict.ts';
import { trackPolicy } from '../../../src/track/track-policy.ts';
import type { Witness } from '../../../src/track/witness.ts';

const unknownMethod: MethodPolicy = {
  name: 'other',
  kind: 'read',
  class: 'normal',
  block: { kind: 'none' },
  cost: 1,
  cache: 'never',
  retry: false,
  hedge: false,
  deterministic: false,
  denied: false,
  nullMayBeLag: false,
};

function blockReading(params: string): HeadReading {
  return {
    method: 'eth_getBlockByNumber',
    params,
    height: ['number'],
    hash: ['hash'],
    parent: ['parentHash'],
    time: ['timestamp'],
    quantity: 'hex',
  };
}

/** An EVM chain like Ethereum: 12 s blocks, finality by tag. */
export function evmSpec(overrides: Partial<ChainSpec> = {}): ChainSpec {
  return {
    name: 'ethereum',
    display: 'Ethereum',
    aliases: [],
    family: 'evm',
    chainId: '1',
    state: 'verified',
    interfaces: ['json-rpc'],
    identity: [],
    blockTimeMs: 12_000,
    blockTimeKnown: true,
    epochBlocks: 75,
    lagLimit: 2,
    safeDepth: 64,
    head: blockReading('["latest",false]'),
    finality: { kind: 'read', read: blockReading('["finalized",false]') },
    blockByHeight: blockReading('["$height",false]'),
    broadcast: 2,
    envelope: '2.0',
    methods: new Map(),
    unknownMethod,
    deniedPrefixes: [],
    addons: [],
    answerRules: [],
    rateLimitedCode: -32005,
    ...overrides,
  };
}

/** A Solana-like chain: the head is a slot with a blockhash, there are no parents, and no block is looked up. */
export function solanaSpec(): ChainSpec {
  const reading = (params: string): HeadReading => ({
    method: 'getLatestBlockhash',
    params,
    height: ['context', 'slot'],
    hash: ['value', 'blockhash'],
    quantity: 'number',
  });
  const { blockByHeight: _, chainId: __, ...evm } = evmSpec();
  return {
    ...evm,
    name: 'solana',
    family: 'solana',
    blockTimeMs: 400,
    lagLimit: 25,
    safeDepth: 32,
    head: reading('[{"commitment":"confirmed"}]'),
    finality: { kind: 'read', read: reading('[{"commitment":"finalized"}]') },
  };
}

/** Endpoint `index` of provider `p<index>`, an operator of its own unless said otherwise. */
export function endpoint(index: number, overrides: Partial<Endpoint> = {}): Endpoint {
  return {
    key: `ethereum/p${index}/json-rpc`,
    index,
    chain: 'ethereum',
    provider: `p${index}`,
    name: 'json-rpc',
    interface: 'json-rpc',
    tier: 'primary',
    group: `p${index}.example`,
    tracker: `url-${index}`,
    weight: 1,
    listed: false,
    kind: 'single',
    writes: 'public',
    addons: new Set(),
    maxInFlight: 100,
    identity: 'check',
    ...overrides,
  };
}

export function endpoints(count: number): readonly Endpoint[] {
  return Array.from({ length: count }, (_, index) => endpoint(index));
}

export const background: BackgroundSettings = { idleAfterMs: 600_000, idlePollMs: 15_000 };

/** The numbers of a chain with 12 s blocks: bound 100, stand-still 120 s. */
export const ethereumPolicy = trackPolicy({ blockTimeMs: 12_000, lagLimit: 2 });

/** The numbers of a chain with 1 s blocks: bound 512, stand-still 30 s. */
export const fastPolicy = trackPolicy({ blockTimeMs: 1000, lagLimit: 10 });

export function head(height: number, overrides: Partial<Head> = {}): Head {
  return { height, at: 0, ...overrides };
}

/** Witnesses `a`, `b`, `c` … with these heads, highest first as the judge expects them. */
export function witnesses(...heads: readonly (number | Head)[]): readonly Witness[] {
  return heads
    .map((one, index) => ({
      name: String.fromCharCode(97 + index),
      head: typeof one === 'number' ? head(one) : one,
    }))
    .sort((a, b) => b.head.height - a.head.height || (a.name < b.name ? -1 : 1));
}

export function verdict(meaning: Meaning, overrides: Partial<Verdict> = {}): Verdict {
  return { meaning, blame: 'upstream', retry: 'other', holdOff: false, cache: false, ...overrides };
}
