import type { BackgroundSettings, CacheSettings, HealthPolicy, LimitSettings } from '../model/settings.ts';
import { cacheDefaults } from './cache-schema.ts';
import type { ChainConfig, ConfigFile } from './settings-schema.ts';

const mebibyte = 1_048_576;

/** Below this, the answers of a few large calls could not be held. */
const leastBufferedBytes = 64 * mebibyte;

/** Limits in the gateway's units. What is not set is a quarter of the memory. */
export function limitSettings(limits: ConfigFile['limits'], memoryBytes: number): LimitSettings {
  const { connectTimeout, callTimeout, lightTimeout, normalTimeout, heavyTimeout, writeTimeout, ...plain } = limits;
  return {
    ...plain,
    maxBufferedBytes: limits.maxBufferedBytes ?? Math.max(leastBufferedBytes, quarterOf(memoryBytes)),
    connectTimeoutMs: connectTimeout,
    callTimeoutMs: callTimeout,
    lightTimeoutMs: lightTimeout,
    normalTimeoutMs: normalTimeout,
    heavyTimeoutMs: heavyTimeout,
    writeTimeoutMs: writeTimeout,
  };
}

/** In whole mebibytes, to read well. */
function quarterOf(bytes: number): number {
  return Math.floor(bytes / 4 / mebibyte) * mebibyte;
}

/** The numbers of the health machine in the gateway's units. */
export function healthPolicy(health: ConfigFile['health']): HealthPolicy {
  const [first = 0, second = 0] = health.probationShares;
  const timed = {
    identityIntervalMs: health.identityInterval,
    consecutiveSpanMs: health.consecutiveSpan,
    errorRateWindowMs: health.errorRateWindow,
    failedPollsSpanMs: health.failedPollsSpan,
    staleMinimumMs: health.staleMinimum,
    avoidMethodMs: health.avoidMethod,
    avoidMethodMaxMs: health.avoidMethodMax,
    probeFirstMs: health.probeFirst,
    probeMaxMs: health.probeMax,
    probeTripMaxMs: health.probeTripMax,
    probeCleanMs: health.probeClean,
    tripDecayMs: health.tripDecay,
    probationStepMs: health.probationStep,
    holdOffFirstMs: health.holdOffFirst,
    holdOffMaxMs: health.holdOffMax,
    retryAfterMaxMs: health.retryAfterMax,
    quotaHoldOffMs: health.quotaHoldOff,
  };
  const lag = health.lagLimit === undefined ? {} : { lagLimit: health.lagLimit };
  return { ...timed, ...healthCounts(health), ...lag, probationShares: [first, second] };
}

/** Background calls in the gateway's units. */
export function backgroundSettings(background: ConfigFile['background']): BackgroundSettings {
  const { maxCallsPerDay, idleAfter, idlePoll } = background;
  const cap = maxCallsPerDay === undefined ? {} : { maxCallsPerDay };
  return { ...cap, idleAfterMs: idleAfter, idlePollMs: idlePoll };
}

/** What is kept of answers, in the gateway's units. */
export function cacheSettings(cache: ConfigFile['cache']): CacheSettings | 'off' {
  if (cache === 'off') return 'off';
  const { maxBytes, tip, finalized } = cache;
  return { maxBytes, tipMs: tip, finalizedMs: finalized };
}

/** The same for one chain, which may turn on what is off for all others, and the other way round. */
export function chainCacheSettings(cache: ConfigFile['cache'], own: ChainConfig['cache']): CacheSettings | 'off' {
  if (own === 'off') return 'off';
  if (cache !== 'off') return cacheSettings({ ...cache, ...own });
  return Object.keys(own).length === 0 ? 'off' : cacheSettings({ ...cacheDefaults(), ...own });
}

function healthCounts(health: ConfigFile['health']) {
  return {
    consecutiveFailures: health.consecutiveFailures,
    refusedConnections: health.refusedConnections,
    errorRateMinimum: health.errorRateMinimum,
    errorRateGood: health.errorRateGood,
    failedPolls: health.failedPolls,
    staleBlockTimes: health.staleBlockTimes,
    outlierPolls: health.outlierPolls,
    probeJitter: health.probeJitter,
    replayMaxBytes: health.replayMaxBytes,
    replayFailures: health.replayFailures,
    probationAnswers: health.probationAnswers,
    probationPolls: health.probationPolls,
    retryAfterJitter: health.retryAfterJitter,
    rateLimitedShare: health.rateLimitedShare,
    rateLimitedWindow: health.rateLimitedWindow,
    rateLimitedMinimum: health.rateLimitedMinimum,
    admittedGrowthPerSecond: health.admittedGrowthPerSecond,
  };
}
