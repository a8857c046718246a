import type { ChainAnswers } from '../cache/chain-answers.ts';
import type { Flights } from '../cache/flights.ts';
import type { Admission } from '../classify/admission.ts';
import type { Judge } from '../classify/judge.ts';
import type { RequestLimits } from '../codec/read-request.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { FaultAnswer } from '../model/faults.ts';
import type { ChainName, ProviderName } from '../model/names.ts';
import type { Pairing } from '../model/pairing.ts';
import type { ChainSettings } from '../model/settings.ts';
import type { Account } from '../ports/account.ts';
import type { ChainMeter, UpstreamMeter } from '../ports/meter.ts';
import type { RecentBlocks } from '../ports/recent-blocks.ts';
import type { SessionHeights } from '../ports/session-heights.ts';
import type { RetryBudget } from '../relay/retry-budget.ts';
import type { WaitingRoom } from '../relay/waiting-room.ts';
import type { Load } from '../select/load.ts';
import type { ShownHead } from './head-doubt.ts';
import type { RecentWrites } from './recent-writes.ts';
import type { Served } from './trip.ts';
import type { Visits } from './visits.ts';

/** One chain as the request path sees it: what it reads, and the state that is the path's own. */
export interface Lane {
  readonly name: ChainName;
  readonly spec: ChainSpec;
  /** Names of the chain's providers, as the config spells them. */
  readonly providers: readonly ProviderName[];
  readonly settings: ChainSettings;
  readonly requestLimits: RequestLimits;
  readonly judge: Judge;
  readonly admit: Admission;
  /** The present snapshot; a call reads it once. Of a lane that was taken over, its last: `load` and the meters go by its places. */
  pairing(): Pairing;
  /** True once an upstream was proven: from then on a call waits for nothing. */
  isProven(): boolean;
  /** Why no call can be served yet, or undefined where one can. */
  unready(): FaultAnswer | undefined;
  /** Resolves as soon as an upstream was proven, or when `startWait` is over. */
  whenProven(): Promise<void>;
  /** A client's call came in: polling wakes up from its idle pace. */
  noteCall(): void;
  /** A result showed this height as the newest of an upstream. */
  noteHead(endpoint: Endpoint, height: number): void;
  readonly shownHead: ShownHead;
  /** What sessions were shown, and where their writes went: kept over reloads, as long as it is the same chain. */
  readonly sessions: SessionHeights;
  readonly recentWrites: RecentWrites;
  /** The chain's recent blocks, as the control plane knows them now. */
  readonly recent: RecentBlocks;
  /** Absent where the configuration turns it off: then nothing is kept, and no read waits for another. */
  readonly cache: LaneCache | undefined;
  /** The requests under way. */
  readonly visits: Visits;
  /** The lane that took over after a reload; this one where none did. For a call that waited before it was sent anywhere. */
  successor(): Lane;
  /** From now on another lane takes the calls. */
  yieldTo(successor: Lane): void;
  readonly load: Load;
  readonly budget: RetryBudget;
  /** Where calls wait for upstreams that are full. */
  readonly waitingRoom: WaitingRoom;
  readonly meter: ChainMeter;
  /** By `endpoint.index`. */
  readonly upstreamMeters: readonly UpstreamMeter[];
  /** Who is billed for each endpoint, by `endpoint.index`; undefined where nobody counts. */
  readonly accounts: readonly (Account | undefined)[];
  /** Takes an endpoint's secrets out of what its upstream said. The same buffer where there were none. */
  redact(bytes: Buffer): Buffer;
}

/** What a chain's reads share with each other. */
export interface LaneCache {
  readonly answers: ChainAnswers;
  readonly flights: Flights<Served>;
}
