import type { ChainHistory, Mining, Reorg, Span } from './chain-history.ts';
import type { Chance } from './chance.ts';

/** A kind of chain to simulate; without a spec it is a devnet that nobody documented. */
export interface SimChainKind {
  readonly spec: string | undefined;
  readonly chainId: string;
  readonly blockTimeMs: number;
}

/** Kinds to choose from, of several paces. */
export const simChainKinds: readonly [SimChainKind, ...SimChainKind[]] = [
  { spec: 'ethereum', chainId: '1', blockTimeMs: 12_000 },
  { spec: 'gnosis', chainId: '100', blockTimeMs: 5000 },
  { spec: 'polygon', chainId: '137', blockTimeMs: 2000 },
  { spec: 'base', chainId: '8453', blockTimeMs: 2000 },
  { spec: 'bsc', chainId: '56', blockTimeMs: 450 },
  { spec: undefined, chainId: '31337', blockTimeMs: 1000 },
];

/** Draws how a chain goes through time: halts, reorgs, and for a devnet blocks on demand and a reset. */
export function drawHistory(chance: Chance, chain: SimChainKind, span: Span): ChainHistory {
  const isDevnet = chain.spec === undefined;
  return {
    chainId: chain.chainId,
    mining:
      isDevnet && chance.happens(0.5)
        ? { kind: 'on-demand', minedAt: minedMoments(chance, span) }
        : drawPace(chance, chain, span),
    startHeight: 5_000_000,
    finalityDepth: chance.oneOf([8, 32, 64]),
    reorgs: drawReorgs(chance, span),
    resetAt: isDevnet && chance.happens(0.4) ? chance.between(20_000, span.to * 0.8) : undefined,
    wallOffsetMs: 1_700_000_000_000 - 1000,
  };
}

function drawPace(chance: Chance, { blockTimeMs }: SimChainKind, span: Span): Mining {
  if (!chance.happens(0.15)) return { kind: 'paced', blockTimeMs, halts: [] };
  const from = chance.between(span.from + 5000, span.to * 0.7);
  return { kind: 'paced', blockTimeMs, halts: [{ from, to: from + chance.spread(5000, 60_000) }] };
}

function minedMoments(chance: Chance, span: Span): readonly number[] {
  const moments = Array.from({ length: chance.whole(0, 60) }, () => chance.between(span.from, span.to * 1.5));
  return moments.sort((a, b) => a - b);
}

function drawReorgs(chance: Chance, span: Span): readonly Reorg[] {
  if (!chance.happens(0.3)) return [];
  const count = chance.whole(1, 3);
  const reorgs = Array.from({ length: count }, () => ({
    at: chance.between(span.from, span.to),
    depth: chance.whole(1, 4),
  }));
  return reorgs.sort((a, b) => a.at - b.at);
}
