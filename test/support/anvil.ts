import { findAnvil, usualSearch } from '../../src/demo/find-anvil.ts';
import { type Guardian, startGuardian } from '../../src/demo/guardian.ts';
import { type Anvil, spawnAnvil } from '../../src/demo/spawn-anvil.ts';

/** How a test wants its anvil. */
export interface TestAnvilOptions {
  /** 0, the usual, takes a free port; a port used before brings an anvil back where it was. */
  readonly port?: number;
  readonly chainId?: number;
  /** Seconds between blocks. Absent: a block for every transaction. `none`: blocks are mined on demand. */
  readonly blockTime?: number | 'none';
  /** Time of the genesis block in seconds since 1970: anvils that share it are twins. */
  readonly timestamp?: number;
  /** Further flags, such as `['--slots-in-an-epoch', '2']`. */
  readonly flags?: readonly string[];
}

let guardian: Promise<Guardian> | undefined;

/**
 * Starts a real anvil on 127.0.0.1 and resolves once it listens. Stop or kill it in the end; where a test run is killed
 * before it could, the anvil ends too.
 */
export async function startAnvil(options: TestAnvilOptions = {}): Promise<Anvil> {
  guardian ??= startGuardian();
  const { port = 0 } = options;
  return spawnAnvil({ binary: findAnvil(usualSearch()), flags: flagsOf(options), port, guardian: await guardian });
}

function flagsOf({ chainId = 31_337, blockTime, timestamp, flags = [] }: TestAnvilOptions): readonly string[] {
  return [
    ...['--chain-id', String(chainId)],
    ...miningFlags(blockTime),
    ...(timestamp === undefined ? [] : ['--timestamp', String(timestamp)]),
    // Without it anvil writes the state of every old block to the home folder, some hundred KB each.
    ...(flags.includes('--prune-history') ? [] : ['--prune-history', '1000']),
    ...flags,
  ];
}

function miningFlags(blockTime: number | 'none' | undefined): readonly string[] {
  if (blockTime === undefined) return [];
  return blockTime === 'none' ? ['--no-mining'] : ['--block-time', String(blockTime)];
}
