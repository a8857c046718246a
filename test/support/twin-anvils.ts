import type { Anvil } from '../../src/demo/spawn-anvil.ts';
import { startAnvil } from './anvil.ts';

/** Real anvils that are one chain: started alike and mined in step, they have the same blocks down to the hash. */
export interface TwinAnvils {
  readonly ports: readonly number[];
  /** The newest block, from the moment its mining begins. */
  height(): number;
  hashAt(height: number): string;
  /** Mines one block on every anvil that lives. */
  mine(): Promise<void>;
  /** Ends one with SIGKILL. */
  kill(index: number): Promise<void>;
  /** Starts one that was killed on its port again, with all the blocks there are by then. */
  restart(index: number): Promise<void>;
  stop(): Promise<void>;
}

/** The same genesis for all, and a fixed time between blocks: nothing else makes blocks differ. */
const genesisTime = 1_700_000_000;
const secondsPerBlock = 12;

/** Starts `count` anvils with `blocks` blocks each. */
export async function startTwinAnvils(count: number, blocks: number): Promise<TwinAnvils> {
  const hashes: string[] = [];
  let newest = 0;
  const anvils: (Anvil | undefined)[] = await Promise.all(Array.from({ length: count }, () => startOne(0)));
  const ports = anvils.map((anvil) => anvil?.port ?? 0);
  /** Changes come one after another, so that a restart meets no half-mined block. */
  let lastChange: Promise<void> = Promise.resolve();

  function change(work: () => Promise<void>): Promise<void> {
    const done = lastChange.then(work);
    lastChange = done.catch(() => undefined);
    return done;
  }

  async function mineOn(anvil: Anvil, from: number, to: number): Promise<void> {
    if (to > from) await anvil.rpc('anvil_mine', [`0x${(to - from).toString(16)}`]);
    for (let height = from; height <= to; height += 1) hashes[height] ??= await hashOn(anvil, height);
  }

  async function mine(count: number): Promise<void> {
    const from = newest;
    const to = newest + count;
    newest = to;
    await Promise.all(anvils.map((anvil) => anvil !== undefined && mineOn(anvil, from, to)));
  }

  await mine(blocks);
  return {
    ports,
    height: () => newest,
    hashAt: (height) => hashes[height] ?? '',
    mine: () => change(() => mine(1)),
    kill: (index) =>
      change(async () => {
        await anvils[index]?.kill();
        anvils[index] = undefined;
      }),
    restart: (index) =>
      change(async () => {
        const anvil = await startOne(ports[index] ?? 0);
        await mineOn(anvil, 0, newest);
        anvils[index] = anvil;
      }),
    stop: () =>
      change(async () => {
        await Promise.all(anvils.map((anvil) => anvil?.stop()));
      }),
  };
}

async function startOne(port: number): Promise<Anvil> {
  const anvil = await startAnvil({ port, blockTime: 'none', timestamp: genesisTime });
  await anvil.rpc('anvil_setBlockTimestampInterval', [secondsPerBlock]);
  return anvil;
}

async function hashOn(anvil: Anvil, height: number): Promise<string> {
  const block = await anvil.rpc('eth_getBlockByNumber', [`0x${height.toString(16)}`, false]);
  return typeof block === 'object' && block !== null && 'hash' in block ? String(block.hash) : '';
}
