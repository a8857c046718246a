import { createHash } from 'node:crypto';
import { getBase58Decoder, getBase58Encoder } from '@solana/kit';

/** How sure a node is of a block: has it, has seen the votes of a majority for it, knows that it stays. */
export type Commitment = 'processed' | 'confirmed' | 'finalized';

/** A slot that has a block. */
export interface SlotBlock {
  readonly slot: number;
  /** Blocks below it: slots without a block are not counted, so it falls behind the slot. */
  readonly height: number;
  /** In base58. */
  readonly blockhash: string;
  readonly parentSlot: number;
  /** Seconds since 1970. */
  readonly time: number;
}

/** A chain of slots, some of them without a block. Everybody who shares it agrees. */
export interface SolanaSlots {
  /** Hash of the genesis, in base58. */
  readonly genesis: string;
  /** The newest slot, with a block or without. */
  newest(): number;
  /** Moves on by so many slots (default 1). */
  advance(slots?: number): void;
  /** Moves to a slot: back for a cluster that was started anew. */
  setNewest(slot: number): void;
  /** The block of a slot; undefined where the slot was skipped, or is still to come. */
  block(slot: number): SlotBlock | undefined;
  /** The newest block of a node whose newest slot is `top`, at a commitment. */
  newestBlock(top: number, commitment: Commitment): SlotBlock;
  /** The slot whose block has this hash. */
  slotOf(blockhash: string): number | undefined;
}

/** What a test may want otherwise. */
export interface SolanaSlotsOptions {
  readonly genesis?: string;
  readonly slot?: number;
  /** One slot in so many has no block; 0: every slot has one. */
  readonly skipEvery?: number;
  /** Slots from the newest block to the finalized one. */
  readonly finalityDepth?: number;
}

/** The genesis of Solana's devnet: what `chains/solana-devnet.json` looks for. */
export const devnetGenesis = 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG';

/** Time of slot 0, seconds since 1970, and a slot's length in them. */
const genesisTime = 1_600_000_000;
const slotSeconds = 0.4;

/** Bytes of a hash that say nothing; the last 8 are its slot. */
const noiseBytes = 24;

/** Makes a chain of slots: devnet's genesis, slot 300,000,000, every fifth slot skipped, final 32 slots down. */
export function createSolanaSlots(options: SolanaSlotsOptions = {}): SolanaSlots {
  const { genesis = devnetGenesis, skipEvery = 5, finalityDepth = 32 } = options;
  const depths: Readonly<Record<Commitment, number>> = { processed: 0, confirmed: 1, finalized: finalityDepth };
  let newest = options.slot ?? 300_000_000;

  const isSkipped = (slot: number): boolean => skipEvery > 0 && slot % skipEvery === skipEvery - 1;
  const heightOf = (slot: number): number => (skipEvery === 0 ? slot : slot - Math.floor((slot + 1) / skipEvery));

  function downTo(slot: number): number {
    return isSkipped(slot) ? downTo(slot - 1) : Math.max(0, slot);
  }

  function blockAt(slot: number): SlotBlock {
    return {
      slot,
      height: heightOf(slot),
      blockhash: hashOf(genesis, slot),
      parentSlot: downTo(slot - 1),
      time: Math.floor(genesisTime + slot * slotSeconds),
    };
  }

  return {
    genesis,
    newest: () => newest,
    advance: (slots = 1) => {
      newest += slots;
    },
    setNewest: (slot) => {
      newest = slot;
    },
    block: (slot) => (slot < 0 || slot > newest || isSkipped(slot) ? undefined : blockAt(slot)),
    newestBlock: (top, commitment) => blockAt(downTo(Math.max(0, top - depths[commitment]))),
    slotOf: (blockhash) => {
      const slot = Number(Buffer.from(getBase58Encoder().encode(blockhash)).readBigUInt64BE(noiseBytes));
      return hashOf(genesis, slot) === blockhash ? slot : undefined;
    },
  };
}

function hashOf(genesis: string, slot: number): string {
  const bytes = createHash('sha256').update(`${genesis}/${slot}`).digest();
  bytes.writeBigUInt64BE(BigInt(slot), noiseBytes);
  return getBase58Decoder().decode(bytes);
}
