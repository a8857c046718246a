import type { FaultAnswer } from '../model/faults.ts';
import type { ProviderName } from '../model/names.ts';
import { type Quorum, readQuorum } from '../model/quorum.ts';
import type { LimitSettings } from '../model/settings.ts';

/** What a client asked for by steering headers, read once per request. */
export interface Steering {
  readonly prefer: ProviderName | undefined;
  readonly exclude: ReadonlySet<ProviderName>;
  /** The client's own deadline in milliseconds. */
  readonly timeoutMs: number | undefined;
  /** The client's own name for the calls that belong together. */
  readonly session?: string;
  /** What is promised of heights, where the client says so. `session` and `strict` come with the name of a session. */
  readonly consistency?: 'tip' | 'session' | 'strict';
  readonly quorum?: Quorum;
  /** The answer is to come from an upstream, and not from what was asked before. */
  readonly cache?: 'bypass';
}

const nobody: ReadonlySet<ProviderName> = new Set();

/** No steering: the same object for the many requests without. */
export const unsteered: Steering = { prefer: undefined, exclude: nobody, timeoutMs: undefined };

/** The time of a whole call in milliseconds: the client's own, where it has less patience than the configuration. */
export function callTimeMs({ timeoutMs }: Steering, { callTimeoutMs }: LimitSettings): number {
  return Math.min(timeoutMs ?? callTimeoutMs, callTimeoutMs);
}

/** Reads the steering headers (without their prefix). Names of providers are compared as the config spells them, whatever the case. */
export function readSteering(
  headers: ReadonlyMap<string, string>,
  providers: readonly ProviderName[],
): Steering | FaultAnswer {
  if (headers.size === 0) return unsteered;
  const timeout = headers.get('timeout-ms');
  const timeoutMs = timeout === undefined ? undefined : Number(timeout);
  if (timeoutMs !== undefined && !(Number.isInteger(timeoutMs) && timeoutMs > 0)) {
    return unreadableTimeout;
  }
  const promises = readPromises(headers);
  if ('fault' in promises) return promises;
  const cache = headers.get('cache')?.trim();
  if (cache !== undefined && cache !== 'bypass') return unreadableCache;
  const prefer = headers.get('provider');
  const excluded = headers.get('exclude')?.split(',') ?? [];
  return {
    prefer: prefer === undefined ? undefined : named(prefer, providers),
    exclude: excluded.length === 0 ? nobody : new Set(excluded.map((name) => named(name, providers))),
    timeoutMs,
    ...promises,
    ...(cache !== undefined && { cache }),
  };
}

/**
 * What of the steering every answer hangs on, as text without control characters; empty for the many calls without. The client's haste
 * and its word about the cache are not of it, nor is what it says of sessions: that matters to the newest block alone.
 */
export function steeringKey(steering: Steering): string {
  if (steering === unsteered) return '';
  const text = steeringText(steering);
  return text === plainText ? '' : text;
}

/** Plain data stands for itself, whatever fields there come to be; only the set has to be spread. */
function steeringText(steering: Steering): string {
  const { timeoutMs: _, cache: __, session: ___, consistency: ____, exclude, ...rest } = steering;
  return JSON.stringify([rest, [...exclude].sort()]);
}

const plainText = steeringText(unsteered);

type Promises = Pick<Steering, 'session' | 'consistency' | 'quorum'>;

const sessionForm = /^[\x21-\x7e]{1,128}$/;

/** Refused rather than ignored where it cannot be read: whoever asks for a promise must not get an answer without it. */
function readPromises(headers: ReadonlyMap<string, string>): Promises | FaultAnswer {
  const session = headers.get('session');
  if (session !== undefined && !sessionForm.test(session)) return unreadableSession;
  const word = headers.get('consistency');
  const consistency = word === undefined ? undefined : consistencies.find((known) => known === word.trim());
  if (word !== undefined && consistency === undefined) return unreadableConsistency;
  if (session === undefined && consistency !== undefined && consistency !== 'tip') return namelessSession;
  const text = headers.get('quorum');
  const quorum = text === undefined ? undefined : readQuorum(text.trim());
  if (text !== undefined && quorum === undefined) return unreadableQuorum;
  return {
    ...(session !== undefined && { session }),
    ...(consistency !== undefined && { consistency }),
    ...(quorum !== undefined && { quorum }),
  };
}

const consistencies = ['tip', 'session', 'strict'] as const;

function invalid(message: string): FaultAnswer {
  return { fault: 'INVALID_REQUEST', message };
}

const unreadableTimeout = invalid('x-switchyard-timeout-ms must be a whole number of milliseconds above 0.');

const unreadableSession = invalid('x-switchyard-session must be 1 to 128 printable ASCII characters without spaces.');

const unreadableConsistency = invalid('x-switchyard-consistency must be tip, session or strict.');

const namelessSession = invalid(
  'x-switchyard-consistency promises something of a session. Name the session in x-switchyard-session.',
);

const unreadableQuorum = invalid(
  'x-switchyard-quorum must be written n/m: n of m providers have to agree, 1 to 16, n no more than m.',
);

const unreadableCache = invalid('x-switchyard-cache must be bypass, or be left out.');

function named(name: string, providers: readonly ProviderName[]): ProviderName {
  const wanted = name.trim().toLowerCase();
  return providers.find((provider) => provider.toLowerCase() === wanted) ?? wanted;
}
