import type {
  GatewayCalls,
  ProbeReport,
  RunningDevnet,
  RunningGateway,
  StartOptions,
} from '../../src/config/gateway-calls.ts';
import type { PrintFacts } from '../../src/config/printable.ts';
import type { StopCause, World } from '../../src/config/world.ts';
import type { Settings } from '../../src/model/settings.ts';
import { knownChains, memoryBytes } from './read-text.ts';

/** What a fake process is made of; a test states only what matters. */
export interface FakeWorldOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Whether `switchyard.yaml` is here. */
  readonly usualFile?: 'there' | 'absent';
  /** Thrown by `startGateway`. */
  readonly startFailure?: unknown;
  /** Thrown by `startDevnet`. */
  readonly devnetFailure?: unknown;
  readonly takenPorts?: readonly number[];
  readonly stop?: StopCause;
  readonly report?: ProbeReport;
}

/** A process for the command line, and everything that came of it, in order. */
export interface FakeWorld {
  readonly world: World;
  readonly printed: string[];
  readonly said: string[];
  /** What was asked of the gateway and the devnet: `start`, `drain`, `close`, `probe`, `devnet`, `close devnet`. */
  readonly calls: string[];
  readonly started: { readonly settings: Settings; readonly options: StartOptions }[];
}

const facts: PrintFacts = {
  blockTimeMs: 12_000,
  finality: { kind: 'depth', depth: 64 },
  identity: [],
  broadcast: 2,
};

/** Builds a process whose gateway serves nothing and stops at once. */
export function createFakeWorld(options: FakeWorldOptions = {}): FakeWorld {
  const record = { printed: [], said: [], calls: [], started: [] } as Omit<FakeWorld, 'world'>;
  const gateway = fakeGateway(options, record);
  const world: World = {
    version: '1.2.3',
    env: options.env ?? {},
    memoryBytes,
    print: (text) => void record.printed.push(text),
    say: (line) => void record.said.push(line),
    isFile: (path) => path === 'switchyard.yaml' && options.usualFile === 'there',
    loadGateway: async () => gateway,
    loadDevnet: async () => ({ startDevnet: () => fakeDevnet(options, record.calls) }),
    canListen: async (_, port) => !(options.takenPorts ?? []).includes(port),
    untilStopped: async () => options.stop ?? { kind: 'signal', signal: 'SIGTERM' },
    onReload: () => () => undefined,
    atMost: async (_, work) => void (await work),
  };
  return { world, ...record };
}

async function fakeDevnet(options: FakeWorldOptions, calls: string[]): Promise<RunningDevnet> {
  calls.push('devnet');
  if (options.devnetFailure !== undefined) throw options.devnetFailure;
  return {
    config: { chains: { dev: { family: 'evm', chainId: 31_337, primary: ['http://127.0.0.1:1'] } } },
    describe: ({ publicUrl, adminUrl }) => `try ${publicUrl} and ${adminUrl}\n`,
    close: async () => void calls.push('close devnet'),
  };
}

function fakeGateway(options: FakeWorldOptions, { calls, started }: Omit<FakeWorld, 'world'>): GatewayCalls {
  const running: RunningGateway = {
    publicUrl: 'http://127.0.0.1:3400',
    adminUrl: 'http://127.0.0.1:3401',
    reload: async () => ({ done: false, why: 'a fake has no configuration', problems: [] }),
    drain: async () => void calls.push('drain'),
    close: async () => void calls.push('close'),
  };
  return {
    listChains: async () =>
      knownChains.map((chain) => ({
        ...chain,
        display: chain.name,
        family: 'evm',
        interfaces: ['json-rpc'],
        chainId: '1',
        state: 'verified',
      })),
    chainFacts: async ({ chains }) => new Map(chains.map(({ name }) => [name, facts])),
    async startGateway(settings, startOptions) {
      calls.push('start');
      started.push({ settings, options: startOptions });
      if (options.startFailure !== undefined) throw options.startFailure;
      return running;
    },
    async probeOnce() {
      calls.push('probe');
      return options.report ?? { ok: true };
    },
  };
}
