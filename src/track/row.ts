import { isRecord } from '../model/json-path.ts';
import { readQuantity } from '../model/quantity.ts';
import { type HeadsState, unknownHeads } from './chain-heads.ts';
import { unknownFinalized } from './finalized.ts';
import type { StoredBlock } from './reconcile.ts';
import { blockAt, type Ring, type RingBlock } from './ring.ts';

/** What a chain remembers across a restart. No times: the monotonic clock begins anew, the wall clock decides nothing. */
export interface TrackRow {
  readonly tip?: number;
  readonly finalized?: number;
  readonly finalizedHash?: string;
  /** The ring's newest blocks, lowest first. */
  readonly blocks: readonly RingBlock[];
}

const version = 1;
const maxBlocks = 128;

/** The row as JSON for the state store: blocks as `[height, hash, parent]`. */
export function writeRow(row: TrackRow): unknown {
  const { tip, finalized, finalizedHash } = row;
  const blocks = row.blocks.slice(-maxBlocks).map(({ height, hash, parent }) => [height, hash, parent ?? null]);
  return {
    version,
    ...(tip === undefined ? {} : { tip }),
    ...(finalized === undefined ? {} : { finalized }),
    ...(finalizedHash === undefined ? {} : { finalizedHash }),
    blocks,
  };
}

/**
 * Reads a row that was written before; undefined for anything that cannot be trusted as a whole (another version, a
 * height that is none, no height at all). Blocks that do not rise are dropped. Never throws.
 */
export function readRow(value: unknown): TrackRow | undefined {
  if (!isRecord(value) || value.version !== version) return undefined;
  const tip = readQuantity(value.tip, 'number');
  const finalized = readQuantity(value.finalized, 'number');
  if (tip === undefined && finalized === undefined) return undefined;
  const { finalizedHash } = value;
  return {
    ...(tip === undefined ? {} : { tip }),
    ...(finalized === undefined ? {} : { finalized }),
    ...(finalized !== undefined && typeof finalizedHash === 'string' ? { finalizedHash } : {}),
    blocks: Array.isArray(value.blocks) ? rising(value.blocks.slice(-maxBlocks)) : [],
  };
}

/** The remembered blocks a restarted chain is compared by: the ring's tail, and the finalized block where it is below. */
export function storedBlocks(row: TrackRow): readonly StoredBlock[] {
  const { finalized: height, finalizedHash: hash, blocks } = row;
  if (height === undefined || hash === undefined || blocks.some((block) => block.height === height)) return blocks;
  return [...blocks, { height, hash }].sort((a, b) => a.height - b.height);
}

/** The row of what is known now. A final block that was reckoned has its hash from the ring. */
export function rowOf({ tip: { tip }, finalized: { finalized, hash } }: HeadsState, ring: Ring): TrackRow {
  const finalizedHash = hash ?? (finalized === undefined ? undefined : blockAt(ring, finalized)?.hash);
  return {
    ...(tip === undefined ? {} : { tip }),
    ...(finalized === undefined ? {} : { finalized }),
    ...(finalizedHash === undefined ? {} : { finalizedHash }),
    blocks: ring.blocks,
  };
}

/** Heads as they were remembered: they stand until somebody fresh says otherwise. */
export function rememberedHeads({ tip, finalized, finalizedHash: hash }: TrackRow): HeadsState {
  return {
    ...unknownHeads,
    tip: tip === undefined ? {} : { tip },
    finalized: {
      ...unknownFinalized,
      ...(finalized === undefined ? {} : { finalized }),
      ...(hash === undefined ? {} : { hash }),
    },
  };
}

/** A ring of remembered blocks, as sure as they were. */
export function ringOf(row: TrackRow): Ring {
  return { blocks: row.blocks, claims: [] };
}

function rising(values: readonly unknown[]): readonly RingBlock[] {
  const blocks: RingBlock[] = [];
  for (const value of values) {
    const block = blockOf(value);
    if (block !== undefined && block.height > (blocks.at(-1)?.height ?? -1)) blocks.push(block);
  }
  return blocks;
}

function blockOf(value: unknown): RingBlock | undefined {
  if (!Array.isArray(value)) return undefined;
  const members: readonly unknown[] = value;
  const [first, hash, parent] = members;
  const height = readQuantity(first, 'number');
  if (height === undefined || typeof hash !== 'string' || hash === '') return undefined;
  return { height, hash, sure: 'yes', ...(typeof parent === 'string' ? { parent } : {}) };
}
