import type { ChainName, Family, Interface } from '../model/names.ts';
import type { Settings } from '../model/settings.ts';
import type { ReloadResult } from '../ports/doors.ts';
import type { PrintFacts } from './printable.ts';
import type { ConfigReading } from './read-config.ts';

/** One line of `switchyard chains`. */
export interface ListedChain {
  readonly name: string;
  readonly display: string;
  readonly aliases: readonly string[];
  readonly family: Family;
  /** What it is spoken to in, the first being the one its heads are read over. */
  readonly interfaces: readonly Interface[];
  readonly chainId?: string;
  readonly state: 'verified' | 'experimental';
}

/** What a gateway is started with, beside its settings. */
export interface StartOptions {
  readonly version: string;
  /** Reads the configuration again, from where it came from. Never rejects. */
  reread(): Promise<ConfigReading>;
  /** The file it comes from, for `watch`; absent where it comes from none. */
  readonly file?: string;
}

/** A gateway that serves. */
export interface RunningGateway {
  readonly publicUrl: string;
  readonly adminUrl: string;
  /** Reads the configuration again and takes it; an invalid one changes nothing. Never rejects. */
  reload(): Promise<ReloadResult>;
  /** Says not ready at once, and resolves once load balancers had `server.drainDelay` to act on it. Calls are served meanwhile. */
  drain(): Promise<void>;
  /** Lets calls in flight end, within what is left of `server.drainTimeout`, then closes everything, the state last. */
  close(): Promise<void>;
}

/** What one round of probes found. More members are for the reader of the JSON. */
export interface ProbeReport {
  /** True where every endpoint passed. */
  readonly ok: boolean;
}

/** What the command line asks of the gateway; it is loaded only for the commands that need it. */
export interface GatewayCalls {
  /** The chains there are specs for. */
  listChains(): Promise<readonly ListedChain[]>;
  /** What the specs of the settings' chains say; a chain still to be detected is absent. */
  chainFacts(settings: Settings): Promise<ReadonlyMap<ChainName, PrintFacts>>;
  startGateway(settings: Settings, options: StartOptions): Promise<RunningGateway>;
  probeOnce(settings: Settings): Promise<ProbeReport>;
}

/** A devnet that runs, with providers that can be broken. */
export interface RunningDevnet {
  /** The configuration of a gateway in front of it, as a file would hold it. */
  readonly config: unknown;
  /** What to try, for a gateway that listens at these doors. */
  describe(doors: Pick<RunningGateway, 'publicUrl' | 'adminUrl'>): string;
  /** Ends everything that was started for it. */
  close(): Promise<void>;
}

/** What the command line asks of the demo; it is loaded only for that. */
export interface DevnetCalls {
  /** Rejects, saying why in one line, where it cannot be started here. */
  startDevnet(): Promise<RunningDevnet>;
}
