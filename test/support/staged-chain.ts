import { blockAt, type ChainHistory, type Mining, type Reorg, type Span } from '../simulation/world/chain-history.ts';

/** How a staged chain begins; everything has a usual value. */
export interface StagedChainOptions {
  /** `on-demand`: a block comes only when a test mines it. Absent: one every `blockTimeMs`. */
  readonly mining?: 'on-demand';
  readonly blockTimeMs?: number;
  readonly height?: number;
  readonly finalityDepth?: number;
}

/** A chain whose fate a test decides as it goes: what is to come may change, what has been stays. */
export class StagedChain implements ChainHistory {
  readonly chainId = '31337';
  readonly mining: Mining;
  readonly startHeight: number;
  readonly finalityDepth: number;
  readonly reorgs: Reorg[] = [];
  resetAt: number | undefined;
  readonly wallOffsetMs: number;
  readonly blockTimeMs: number;
  readonly #now: () => number;
  readonly #halts: Span[] = [];
  readonly #minedAt: number[] = [];

  constructor(options: StagedChainOptions, time: { readonly now: () => number; readonly wallOffsetMs: number }) {
    const { mining, blockTimeMs = 1000, height = 100_000, finalityDepth = 8 } = options;
    this.blockTimeMs = blockTimeMs;
    this.startHeight = height;
    this.finalityDepth = finalityDepth;
    this.wallOffsetMs = time.wallOffsetMs;
    this.#now = time.now;
    this.mining =
      mining === 'on-demand'
        ? { kind: 'on-demand', minedAt: this.#minedAt }
        : { kind: 'paced', blockTimeMs, halts: this.#halts };
  }

  /** The hash of a block as the chain has it now. */
  hashAt(height: number): string {
    return blockAt(this, height, this.#now()).hash;
  }

  /** Puts one block on top of a chain that is mined on demand. */
  mine(): void {
    this.#minedAt.push(this.#now());
  }

  /** Takes the newest blocks of a chain that is mined on demand away, as a node does that lost its last writes. */
  unmine(count: number): void {
    this.#minedAt.splice(-count, count);
  }

  /** No block from now on. */
  halt(): void {
    this.#halts.push({ from: this.#now(), to: Number.POSITIVE_INFINITY });
  }

  /** Blocks again, as if no time had passed. */
  resume(): void {
    const halt = this.#halts.pop();
    if (halt !== undefined) this.#halts.push({ from: halt.from, to: this.#now() });
  }

  /** Replaces the newest blocks, be they final. */
  reorg(depth: number): void {
    this.reorgs.push({ at: this.#now(), depth });
  }

  /** Begins again at block 0, with another genesis. */
  reset(): void {
    this.resetAt = this.#now();
  }
}
