import type { AnswerRule } from './answer-rule.ts';
import type { WritePolicy } from './endpoint.ts';
import type { ChainName, Family, Interface, ProviderName, Tier } from './names.ts';

/** The configuration after defaults, durations in milliseconds, sizes in bytes. Frozen. Defaults live in the config schema only. */
export interface Settings {
  readonly server: ServerSettings;
  readonly admin: AdminSettings;
  readonly limits: LimitSettings;
  readonly startWaitMs: number;
  readonly serveWhileStarting: boolean;
  readonly state: StateSettings;
  readonly log: LogSettings;
  readonly chains: readonly ChainSettings[];
}

/** The public door. */
export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
  readonly cors: { readonly origins: readonly string[] } | 'off';
  readonly steering: 'keys-and-loopback' | 'open' | 'off';
  readonly faultStatus: 'http' | 'always-200';
  readonly readiness: 'any' | 'all' | readonly ChainName[];
  /** Whether answers carry the `x-switchyard-*` headers. */
  readonly headers: 'on' | 'off';
}

/** The operators' door. */
export interface AdminSettings {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
}

/** What bounds requests, answers, time and concurrency. */
export interface LimitSettings {
  readonly maxBodyBytes: number;
  readonly maxBatchCalls: number;
  readonly maxNesting: number;
  readonly maxResponseBytes: number;
  readonly maxBufferedBytes: number;
  readonly callTimeoutMs: number;
  readonly lightTimeoutMs: number;
  readonly normalTimeoutMs: number;
  readonly heavyTimeoutMs: number;
  readonly writeTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly getLogsMaxRange: number;
  /** Calls in flight in all, and per upstream. */
  readonly concurrency: number;
  readonly upstreamConcurrency: number;
}

/** The numbers of the health machine (DESIGN 4). Every one can be configured, also per chain. */
export interface HealthPolicy {
  readonly identityIntervalMs: number;
  readonly consecutiveFailures: number;
  readonly consecutiveSpanMs: number;
  readonly refusedConnections: number;
  readonly errorRateWindowMs: number;
  readonly errorRateMinimum: number;
  readonly errorRateGood: number;
  readonly failedPolls: number;
  readonly failedPollsSpanMs: number;
  readonly staleBlockTimes: number;
  readonly staleMinimumMs: number;
  readonly outlierPolls: number;
  readonly avoidMethodMs: number;
  readonly avoidMethodMaxMs: number;
  readonly probeFirstMs: number;
  readonly probeMaxMs: number;
  readonly probeTripMaxMs: number;
  readonly probeCleanMs: number;
  readonly probeJitter: number;
  readonly replayMaxBytes: number;
  readonly replayFailures: number;
  readonly tripDecayMs: number;
  readonly probationShares: readonly [number, number];
  readonly probationAnswers: number;
  readonly probationStepMs: number;
  readonly probationPolls: number;
  readonly holdOffFirstMs: number;
  readonly holdOffMaxMs: number;
  readonly retryAfterMaxMs: number;
  readonly retryAfterJitter: number;
  readonly quotaHoldOffMs: number;
  readonly rateLimitedShare: number;
  readonly rateLimitedWindow: number;
  readonly rateLimitedMinimum: number;
  readonly admittedGrowthPerSecond: number;
  readonly lagLimit?: number;
}

/** Where standing and heads survive a restart. */
export interface StateSettings {
  readonly kind: 'memory' | 'lmdb';
  readonly path: string;
}

/** The structured log. */
export interface LogSettings {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  readonly access: 'off' | 'on';
}

/** One chain: what it is, its policies, and its endpoints. */
export interface ChainSettings {
  readonly name: ChainName;
  /** Name of a spec in `chains/`; absent where `family` and `chainId` serve. */
  readonly spec?: string;
  readonly family?: Family;
  readonly chainId?: string;
  /** Present where URLs came alone, without a file: spec, family and id are to be found out by asking them. */
  readonly detect?: true;
  readonly epochBlocks?: number;
  readonly blockTimeMs?: number;
  readonly methods: {
    readonly allow: readonly string[];
    readonly deny: readonly string[];
    readonly unknown: 'forward' | 'reject';
  };
  readonly broadcast?: number;
  readonly writesPublicFallback: boolean;
  readonly answerRules: readonly AnswerRule[];
  readonly limits: LimitSettings;
  readonly health: HealthPolicy;
  readonly background: BackgroundSettings;
  readonly startWaitMs: number;
  readonly serveWhileStarting: boolean;
  /** In the order of the file, primaries first. */
  readonly endpoints: readonly EndpointSettings[];
}

/** Calls the gateway makes for itself. */
export interface BackgroundSettings {
  readonly maxCallsPerDay?: number;
  readonly idleAfterMs: number;
  readonly idlePollMs: number;
}

/** One URL of one provider. The only place, beside `transport/`, where a URL is kept. */
export interface EndpointSettings {
  readonly provider: ProviderName;
  readonly name: string;
  readonly tier: Tier;
  readonly interface: Interface;
  /** `http:` or `https:`; without user info, which became a header. */
  readonly url: string;
  /** A WebSocket URL beside it, or the URL itself where there is no HTTP one. */
  readonly ws?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly group: string;
  readonly weight: number;
  readonly listed: boolean;
  readonly kind: 'single' | 'pool';
  readonly writes: WritePolicy;
  readonly methods?: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
  readonly addons: readonly string[];
  readonly history?: number;
  readonly concurrency?: number;
  readonly identity: 'check' | 'trust';
}
