import type { AccountName, AccountSettings } from './account.ts';
import type { AnswerRule } from './answer-rule.ts';
import type { ClientKey, ClientRates } from './client.ts';
import type { WritePolicy } from './endpoint.ts';
import type { ChainName, Family, Interface, ProviderName, Tier } from './names.ts';
import type { Quorum } from './quorum.ts';

/** The configuration after defaults, durations in milliseconds, sizes in bytes. Frozen. Defaults live in the config schema only. */
export interface Settings {
  readonly server: ServerSettings;
  readonly admin: AdminSettings;
  readonly limits: LimitSettings;
  readonly cache: CacheSettings | 'off';
  readonly startWaitMs: number;
  readonly serveWhileStarting: boolean;
  readonly state: StateSettings;
  readonly log: LogSettings;
  readonly explain: ExplainSettings;
  readonly auth: AuthSettings;
  /** Every account that has a limit, those of single providers among them. */
  readonly accounts: readonly AccountSettings[];
  /** Whether a changed file is read again by itself. */
  readonly watch: boolean;
  readonly chains: readonly ChainSettings[];
}

/** Who may call. */
export interface AuthSettings {
  /** Whether calls without a key are served. */
  readonly anonymous: 'allow' | 'deny';
  /** What each address may use that shows no key; absent means as much as there is. */
  readonly anonymousRates?: ClientRates;
  readonly keys: readonly ClientKey[];
}

/** The public door. */
export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
  readonly cors: { readonly origins: readonly string[] } | 'off';
  /** Addresses and networks whose `X-Forwarded-For` says who calls. */
  readonly trustedProxies: readonly string[];
  readonly steering: 'keys-and-loopback' | 'open' | 'off';
  readonly faultStatus: 'http' | 'always-200';
  readonly readiness: 'any' | 'all' | readonly ChainName[];
  /** Whether answers carry the `x-switchyard-*` headers. */
  readonly headers: 'on' | 'off';
  /** Absent: the door speaks plain HTTP. */
  readonly tls?: TlsSettings;
}

/** What a door shows who it is by: paths of PEM files. */
export interface TlsSettings {
  /** The certificate, and after it those of the authorities between it and the root. */
  readonly cert: string;
  readonly key: string;
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
  /** Of one answer, before it goes out; larger ones are streamed, where that can be. */
  readonly maxHeldBytes: number;
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

/** What is remembered of calls, for whoever asks why one went as it did. */
export interface ExplainSettings {
  /** Calls; 0 for none. */
  readonly remember: number;
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
  /** `session`: the heights that everybody's answers show never fall, not only those of whoever names a session. */
  readonly consistency: 'tip' | 'session';
  /** Methods whose answers several providers must agree on, by name; absent where there are none. */
  readonly quorum?: Readonly<Record<string, Quorum>>;
  readonly writesPublicFallback: boolean;
  readonly answerRules: readonly AnswerRule[];
  readonly limits: LimitSettings;
  readonly health: HealthPolicy;
  readonly cache: CacheSettings | 'off';
  readonly background: BackgroundSettings;
  readonly startWaitMs: number;
  readonly serveWhileStarting: boolean;
  /** In the order of the file, primaries first. */
  readonly endpoints: readonly EndpointSettings[];
}

/** What is kept of answers, and how long. */
export interface CacheSettings {
  readonly maxBytes: number;
  /** Of reads about the newest block: at most a second; 0 keeps none of them. */
  readonly tipMs: number;
  readonly finalizedMs: number;
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
  /** Who is billed for it, where that has limits: a name in `Settings.accounts`. */
  readonly account?: AccountName;
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
