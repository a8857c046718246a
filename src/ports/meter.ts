import type { MethodClass } from '../model/method-policy.ts';
import type { ChainName, Purpose, UpstreamKey } from '../model/names.ts';
import type { AttemptResult, CacheUse, CallOutcome } from '../model/traffic.ts';

/** Counts what is too frequent for events. Handles are bound once, calls allocate nothing. */
export interface Meter {
  upstream(key: UpstreamKey): UpstreamMeter;
  chain(chain: ChainName): ChainMeter;
}

/** The counters of one upstream. */
export interface UpstreamMeter {
  sent(purpose: Purpose): void;
  answered(methodClass: MethodClass, result: AttemptResult, seconds: number): void;
}

/** The counters of one chain's calls. */
export interface ChainMeter {
  /** `method` is a name of the spec, or `other`. */
  settled(method: string, outcome: CallOutcome, seconds: number): void;
  /** The same of a call that came with a key, by the key's name. */
  settledFor(client: string, outcome: CallOutcome): void;
  /** A read that the cache was asked for, or would have been. */
  cached(method: string, use: CacheUse): void;
  /** Our own share of a call's time, in seconds. */
  overhead(seconds: number): void;
}
