import type {
  AnswersCounted,
  AttemptFailed,
  HealthRules,
  PollAnswered,
  PollFailed,
  UpstreamEvent,
} from '../../src/health/health-event.ts';
import { nextHealth } from '../../src/health/next-health.ts';
import type { ProbeResult } from '../../src/health/probe.ts';
import { newUpstreamHealth, type UpstreamHealth } from '../../src/health/upstream-health.ts';
import type { ChainSpec } from '../../src/model/chain-spec.ts';
import type { Endpoint } from '../../src/model/endpoint.ts';
import type { MethodPolicy } from '../../src/model/method-policy.ts';
import type { HealthPolicy } from '../../src/model/settings.ts';
import type { Meaning, Verdict } from '../../src/model/verdict.ts';
import { buildEndpoint } from './build-pairing.ts';

/** The contract's numbers (DESIGN 4), without jitter unless a test is about it. */
export function buildHealthPolicy(traits: Partial<HealthPolicy> = {}): HealthPolicy {
  return {
    identityIntervalMs: 60_000,
    consecutiveFailures: 5,
    consecutiveSpanMs: 1000,
    refusedConnections: 3,
    errorRateWindowMs: 30_000,
    errorRateMinimum: 20,
    errorRateGood: 0.8,
    failedPolls: 3,
    failedPollsSpanMs: 5000,
    staleBlockTimes: 10,
    staleMinimumMs: 30_000,
    outlierPolls: 2,
    avoidMethodMs: 60_000,
    avoidMethodMaxMs: 600_000,
    probeFirstMs: 2000,
    probeMaxMs: 60_000,
    probeTripMaxMs: 300_000,
    probeCleanMs: 2000,
    probeJitter: 0,
    replayMaxBytes: 8192,
    replayFailures: 3,
    tripDecayMs: 900_000,
    probationShares: [0.05, 0.25],
    probationAnswers: 10,
    probationStepMs: 10_000,
    probationPolls: 3,
    holdOffFirstMs: 1000,
    holdOffMaxMs: 300_000,
    retryAfterMaxMs: 3_600_000,
    retryAfterJitter: 0.2,
    quotaHoldOffMs: 600_000,
    rateLimitedShare: 0.5,
    rateLimitedWindow: 20,
    rateLimitedMinimum: 5,
    admittedGrowthPerSecond: 0.05,
    ...traits,
  };
}

/** The rules of a chain with blocks of one second: a head may stand still for 30 s. */
export function buildHealthRules(traits: Partial<HealthPolicy> = {}): HealthRules {
  return { policy: buildHealthPolicy(traits), staleAfterMs: 30_000 };
}

/** A verdict that blames the upstream, unless said otherwise. */
export function buildVerdict(meaning: Meaning, traits: Partial<Verdict> = {}): Verdict {
  return { meaning, blame: 'upstream', retry: 'other', holdOff: false, cache: false, ...traits };
}

/** A 429; `retryAfterMs` when it names a time. */
export function limitedVerdict(retryAfterMs?: number): Verdict {
  const named = retryAfterMs === undefined ? {} : { retryAfterMs };
  return buildVerdict('rate-limited', { blame: 'none', holdOff: true, ...named });
}

/** A deterministic answer of the upstream: it did its work. */
export const revertedVerdict: Verdict = buildVerdict('reverted', { blame: 'none', retry: 'no', cache: true });

const plainMethod: MethodPolicy = {
  name: 'other',
  kind: 'read',
  class: 'light',
  block: { kind: 'none' },
  cost: 1,
  cache: 'never',
  retry: true,
  hedge: true,
  deterministic: true,
  denied: false,
  nullMayBeLag: false,
};

/** A chain of one-second blocks that tells its id by `chain` and its head by `head`. */
export function buildSpec(traits: Partial<ChainSpec> = {}): ChainSpec {
  return {
    name: 'testnet',
    display: 'Testnet',
    aliases: [],
    family: 'generic',
    state: 'verified',
    interfaces: ['json-rpc'],
    identity: [{ all: [{ method: 'chain', params: '[]', path: [], expect: '7', compare: 'quantity' }] }],
    blockTimeMs: 1000,
    blockTimeKnown: true,
    epochBlocks: 100,
    lagLimit: 5,
    safeDepth: 10,
    head: { method: 'head', params: '[]', height: ['height'], quantity: 'number' },
    finality: { kind: 'instant' },
    broadcast: 1,
    envelope: '2.0',
    methods: new Map(),
    unknownMethod: plainMethod,
    deniedPrefixes: [],
    addons: [],
    answerRules: [],
    rateLimitedCode: -32065,
    ...traits,
  };
}

/** Folds events one after another. */
export function foldAll(state: UpstreamHealth, events: readonly UpstreamEvent[], rules: HealthRules): UpstreamHealth {
  return events.reduce((folded, event) => nextHealth(folded, event, rules), state);
}

/** An upstream that is serving at `at`: its first probe passed. */
export function servingHealth(at: number, rules: HealthRules, endpoint: Endpoint = buildEndpoint(0)): UpstreamHealth {
  return probed(newUpstreamHealth(endpoint, at), { at }, rules);
}

/** An upstream blocked at `at` by polls that broke twice. */
export function blockedHealth(at: number, rules: HealthRules, endpoint: Endpoint = buildEndpoint(0)): UpstreamHealth {
  const polls = [pollFailed({ at, sentAt: at, broken: true }), pollFailed({ at, sentAt: at, broken: true })];
  return foldAll(servingHealth(at, rules, endpoint), polls, rules);
}

/** One probe from start to end. Clean unless said otherwise. */
export function probed(state: UpstreamHealth, probe: ProbeTraits, rules: HealthRules): UpstreamHealth {
  const { at, endAt = at, scope = 'probe', ...result } = probe;
  const id = at + 0.5;
  return foldAll(
    state,
    [
      { kind: 'probe-started', at, id, scope },
      { kind: 'probe-ended', at: endAt, id, result: buildProbeResult(result) },
    ],
    rules,
  );
}

/** What a test says of a probe. */
export type ProbeTraits = Partial<ProbeResult> & {
  readonly at: number;
  readonly endAt?: number;
  readonly scope?: 'probe' | 'identity';
};

/** The result of a clean probe, unless said otherwise. */
export function buildProbeResult(traits: Partial<ProbeResult> = {}): ProbeResult {
  return { outcome: 'clean', identity: 'confirmed', replay: 'not-asked', detail: 'all answered', ...traits };
}

/** A failed attempt: a server error of `call` on connection 1, in the present generation of `state`. */
export function attemptFailed(
  state: UpstreamHealth,
  traits: Partial<AttemptFailed> & { readonly at: number },
): AttemptFailed {
  return {
    kind: 'attempt-failed',
    sentAt: traits.at,
    upstream: state.endpoint.key,
    generation: state.generation,
    connection: 1,
    method: 'call',
    class: 'normal',
    purpose: 'client',
    verdict: buildVerdict('server-error'),
    detail: 'HTTP 500',
    ...traits,
  };
}

/** Good answers in the present generation of `state`, sent at the moment they are counted. */
export function answersCounted(
  state: UpstreamHealth,
  traits: Partial<AnswersCounted> & { readonly at: number },
): AnswersCounted {
  return {
    kind: 'answers-counted',
    upstream: state.endpoint.key,
    generation: state.generation,
    good: 1,
    newestSentAt: traits.at,
    ...traits,
  };
}

/** A poll that was answered, sent at the same moment unless said otherwise. */
export function pollAnswered(traits: Partial<PollAnswered> & { readonly at: number }): PollAnswered {
  return { kind: 'poll-answered', upstream: buildEndpoint(0).key, sentAt: traits.at, ...traits };
}

/** A poll that timed out, sent at the same moment unless said otherwise. */
export function pollFailed(traits: Partial<PollFailed> & { readonly at: number }): PollFailed {
  return {
    kind: 'poll-failed',
    upstream: buildEndpoint(0).key,
    sentAt: traits.at,
    verdict: buildVerdict('timeout'),
    detail: 'timed out',
    connection: 1,
    broken: false,
    ...traits,
  };
}
