import { createHash } from 'node:crypto';

/** One block of a fake chain, as numbers and hashes. */
export interface FakeBlock {
  readonly height: number;
  readonly hash: string;
  readonly parent: string;
  /** Seconds since 1970. */
  readonly time: number;
}

/**
 * A small EVM chain that several fake upstreams can share: what one of them says of a block, all say.
 * Hashes follow from the height and the branch alone, so two chains made alike are alike.
 */
export interface FakeChain {
  readonly chainId: number;
  /** The newest block. */
  height(): number;
  /** The newest final block: `finalityDepth` below the newest. */
  finalized(): number;
  /** The block at a height, or undefined above `top`: the newest, unless somebody claims more. */
  block(height: number, top?: number): FakeBlock | undefined;
  /** The height of the block with this hash on the present branch. */
  heightOf(hash: string): number | undefined;
  /** Adds blocks (default 1) on top. */
  mine(count?: number): void;
  /** Replaces the newest `depth` blocks by others, at the same heights. */
  reorg(depth: number): void;
  /** Moves the newest block to a height: back for a rollback, far ahead for a lie. */
  setHeight(height: number): void;
}

export interface FakeChainOptions {
  readonly chainId?: number;
  readonly height?: number;
  readonly finalityDepth?: number;
  readonly blockTimeSeconds?: number;
  /** Time of block 0, seconds since 1970. */
  readonly genesisTime?: number;
  /** Two chains of one id with different genesis differ in every hash. */
  readonly genesis?: string;
}

/** Where a branch left the one before it. */
interface Fork {
  readonly from: number;
  readonly name: string;
}

/** Makes a chain: id 1, height 1000, a block every 12 s, final 32 blocks down, unless the options say otherwise. */
export function createFakeChain(options: FakeChainOptions = {}): FakeChain {
  const { chainId = 1, finalityDepth = 32, blockTimeSeconds = 12, genesisTime = 1_700_000_000 } = options;
  const forks: Fork[] = [{ from: 0, name: options.genesis ?? `genesis-${chainId}` }];
  let newest = options.height ?? 1000;
  let reorgs = 0;

  function branchAt(height: number): string {
    return forks.findLast((fork) => fork.from <= height)?.name ?? '';
  }

  function hashAt(height: number): string {
    if (height < 0) return `0x${'0'.repeat(64)}`;
    const tail = height.toString(16).padStart(8, '0');
    const head = createHash('sha256')
      .update(`${branchAt(height)}/${height}`)
      .digest('hex')
      .slice(0, 56);
    return `0x${head}${tail}`;
  }

  function block(height: number, top = newest): FakeBlock | undefined {
    if (height < 0 || height > top) return undefined;
    const time = genesisTime + height * blockTimeSeconds;
    return { height, hash: hashAt(height), parent: hashAt(height - 1), time };
  }

  function heightOf(hash: string): number | undefined {
    const height = Number.parseInt(hash.slice(-8), 16);
    return block(height)?.hash === hash ? height : undefined;
  }

  return {
    chainId,
    height: () => newest,
    finalized: () => Math.max(0, newest - finalityDepth),
    block,
    heightOf,
    mine: (count = 1) => {
      newest += count;
    },
    reorg: (depth) => {
      const from = Math.max(1, newest - depth + 1);
      while (forks.length > 1 && (forks.at(-1)?.from ?? 0) >= from) forks.pop();
      reorgs += 1;
      forks.push({ from, name: `${branchAt(from)}/fork-${reorgs}` });
    },
    setHeight: (height) => {
      newest = height;
    },
  };
}
