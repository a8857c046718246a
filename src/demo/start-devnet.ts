import type { Tier } from '../model/names.ts';
import { openControlDoor } from './control-door.ts';
import { type Doors, describeDevnet } from './describe.ts';
import { type DevnetConfig, devnetChainId, devnetConfig } from './devnet-config.ts';
import { type Faults, faultsOf } from './faults.ts';
import { findAnvil, usualSearch } from './find-anvil.ts';
import { startGuardian } from './guardian.ts';
import { type KeyInput, listenToKeys } from './keyboard.ts';
import { Mirror } from './mirror.ts';
import { Provider } from './provider.ts';
import { type Anvil, spawnAnvil } from './spawn-anvil.ts';

/** How a devnet is started; everything has a usual value. */
export interface DevnetOptions {
  /** Milliseconds between blocks; 1000 unless given. */
  readonly blockTimeMs?: number;
  /** Port of the control door; a free one unless given. */
  readonly controlPort?: number;
  /** Who is in it; two primaries and a backup unless given. */
  readonly lineUp?: readonly LinedUp[];
  /** A terminal whose keys throw switches. Absent: no keys are heard. */
  readonly terminal?: Terminal;
}

/** One provider of a devnet, by its name. */
export interface LinedUp {
  readonly name: string;
  readonly tier: Tier;
}

/** A terminal: where keys come from, and where what they did is shown. */
export interface Terminal {
  readonly input: KeyInput;
  print(text: string): void;
  /** Ends the process as Ctrl-C would. */
  interrupt(): void;
}

/** A running devnet. */
export interface Devnet {
  /** The configuration of a gateway in front of it, in the shape of a YAML file. */
  readonly config: DevnetConfig;
  readonly controlUrl: string;
  readonly faults: Faults;
  /** What to try, for a gateway that listens at these doors. */
  describe(doors: Doors): string;
  /** Ends every process and closes every door. Calling it again does nothing. */
  close(): Promise<void>;
}

const usualLineUp: readonly LinedUp[] = [
  { name: 'alpha', tier: 'primary' },
  { name: 'bravo', tier: 'primary' },
  { name: 'charlie', tier: 'backup' },
];

/** Blocks the chain has from the start: enough to have finalized ones and a past to read. */
const pastBlocks = 32;

/** The same on every anvil: from equal beginnings equal steps make equal blocks. */
function anvilFlags(genesisTime: number): readonly string[] {
  return [
    ...['--chain-id', String(devnetChainId), '--timestamp', String(genesisTime)],
    ...['--no-mining', '--order', 'fifo', '--no-request-size-limit'],
    // Blocks are final after four more, so that finality can be watched.
    ...['--slots-in-an-epoch', '2'],
    // Else anvil writes the state of every old block to the home folder, some hundred KB each.
    ...['--prune-history', '128'],
  ];
}

/**
 * Starts anvils that are one chain, a provider in front of each, and a control door to break them by. All of it is on
 * 127.0.0.1 and ends with this process, however that ends.
 *
 * Rejects in one line where anvil is not installed or does not start.
 */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const { blockTimeMs = 1_000, controlPort = 0, lineUp = usualLineUp, terminal } = options;
  const { mirror, faults, close } = await startChain(lineUp);
  const control = await orClose(openControlDoor(faults, controlPort), close);
  mirror.start(blockTimeMs);
  const stopKeys = terminal === undefined ? undefined : listenToKeys(terminal.input, { faults, ...terminal });
  const keys = stopKeys === undefined ? 'not-heard' : 'heard';
  let closed: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    stopKeys?.();
    await control.close();
    await close();
  };
  return {
    config: devnetConfig(faults.view().providers, blockTimeMs),
    controlUrl: control.url,
    faults,
    describe: (doors) => describeDevnet({ view: faults.view(), controlUrl: control.url, keys }, doors),
    close: () => {
      closed ??= closeAll();
      return closed;
    },
  };
}

interface Chain {
  readonly mirror: Mirror;
  readonly faults: Faults;
  close(): Promise<void>;
}

/** The providers of a chain that has a past and mines no further by itself. */
async function startChain(lineUp: readonly LinedUp[]): Promise<Chain> {
  const binary = findAnvil(usualSearch());
  const guardian = await startGuardian();
  const genesisTime = Math.floor(Date.now() / 1_000) - pastBlocks;
  const mirror = new Mirror({ genesisTime });
  const flags = anvilFlags(genesisTime);
  const startAnvil = (): Promise<Anvil> => spawnAnvil({ binary, flags, port: 0, guardian });
  const providers = new Map(lineUp.map((line) => [line.name, new Provider({ ...line, mirror, startAnvil })]));
  const faults = faultsOf(providers, () => mirror.height);
  const close = async (): Promise<void> => {
    mirror.stop();
    await Promise.all([...providers.values()].map((provider) => provider.close()));
    guardian.close();
  };
  const begin = async (): Promise<void> => {
    await Promise.all(faults.providers.map((name) => faults.set(name, { kind: 'up' })));
    for (let block = 1; block <= pastBlocks; block++) await mirror.mine(genesisTime + block);
  };
  await orClose(begin(), close);
  return { mirror, faults, close };
}

/** What was begun, or its failure after everything before it was closed again. */
async function orClose<Begun>(begun: Promise<Begun>, close: () => Promise<void>): Promise<Begun> {
  try {
    return await begun;
  } catch (error) {
    await close();
    throw error;
  }
}
