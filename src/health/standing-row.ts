import type { Endpoint } from '../model/endpoint.ts';
import { isRecord } from '../model/json-path.ts';
import { type BlockReason, blockReasons, type HoldOff, type Standing } from '../model/standing.ts';
import type { HealthRules } from './health-event.ts';
import { restoredHistory } from './history-row.ts';
import { neverHeldOff } from './hold-off.ts';
import { probeDelayMs } from './probe-schedule.ts';
import type { Course } from './standing.ts';
import { newUpstreamHealth, type UpstreamHealth } from './upstream-health.ts';

/** Form of the rows; another number is another form, and is ignored. */
const rowVersion = 1;

/** Texts and ages from a file are cut to what a live process would hold. */
const maxText = 200;
const maxAgeMs = 10 * 365 * 86_400_000;
const maxTrips = 64;

/**
 * What outlives a restart, as plain JSON: standing, trips, a wrong identity, the hold-off, the cordon.
 *
 * Ages instead of moments, since the next process has another clock; the time it was down counts for nothing. Failing reads are
 * left out: what clients asked does not belong on a disk.
 */
export function standingRow(state: UpstreamHealth, at: number): Readonly<Record<string, unknown>> {
  const { course, identity, holdOff, cordoned } = state;
  const { own } = holdOff;
  return {
    version: rowVersion,
    standing: standingFacts(course.standing, at),
    trips: course.trips,
    tripsAgeMs: at - course.tripsAt,
    identity,
    cordoned,
    ...(own === undefined || own.until <= at
      ? {}
      : { holdOff: { forMs: own.until - at, reason: own.reason, level: holdOff.level } }),
  };
}

function standingFacts(standing: Standing, at: number): Record<string, unknown> {
  const facts = { kind: standing.kind, ageMs: at - standing.since };
  switch (standing.kind) {
    case 'unproven':
    case 'serving':
      return facts;
    case 'blocked':
      return { ...facts, reason: standing.reason, detail: standing.detail, failedProbes: standing.failedProbes };
    case 'probation':
      return { ...facts, step: standing.step };
    case 'quarantined':
      return { ...facts, evidence: standing.evidence };
  }
}

/**
 * The health an upstream starts with, given its row of an earlier process.
 *
 * Blocked stays blocked, whatever tier it is in now; `serving` comes back as unproven; a confirmed identity is confirmed anew, a wrong
 * one stays wrong. Everything is probed at once. A row that cannot be read is no row.
 */
export function restoredHealth(endpoint: Endpoint, restored: RestoredRow, rules: HealthRules): UpstreamHealth {
  const { row, at, toWall } = restored;
  const fresh = newUpstreamHealth(endpoint, at);
  if (!isRecord(row) || row.version !== rowVersion) return fresh;
  const course = restoredCourse(endpoint, restored, rules);
  if (course === undefined) return fresh;
  return {
    ...fresh,
    course,
    identity: row.identity === 'wrong' ? 'wrong' : 'unknown',
    holdOff: restoredHoldOff(row.holdOff, at, rules),
    cordoned: row.cordoned === true,
    probe: { ...fresh.probe, extraAt: isProbed(course.standing) ? at : undefined },
    history: restoredHistory(row, toWall),
  };
}

/** A row as it was found, the present time, and what makes wall time of a moment of our clock. */
export interface RestoredRow {
  readonly row: unknown;
  readonly at: number;
  readonly toWall: number;
}

/** The others get a check of identity, which is due at once as well. */
function isProbed(standing: Standing): boolean {
  return standing.kind === 'unproven' || standing.kind === 'blocked';
}

function restoredCourse(endpoint: Endpoint, { row, at }: RestoredRow, rules: HealthRules): Course | undefined {
  if (!isRecord(row) || !isRecord(row.standing)) return undefined;
  const trips = Math.min(maxTrips, Math.floor(amount(row.trips)));
  const standing = restoredStanding(row.standing, at, (failedProbes) =>
    probeDelayMs({ key: endpoint.key, trips, failedProbes }, rules.policy),
  );
  return standing === undefined ? undefined : { standing, trips, tripsAt: at - amount(row.tripsAgeMs) };
}

function restoredStanding(
  facts: Record<string, unknown>,
  at: number,
  delayMs: (failedProbes: number) => number,
): Standing | undefined {
  const since = at - amount(facts.ageMs);
  switch (facts.kind) {
    case 'unproven':
    case 'serving':
      return { kind: 'unproven', since: at };
    case 'blocked': {
      const failedProbes = Math.min(64, Math.floor(amount(facts.failedProbes)));
      const nextProbeAt = at + delayMs(failedProbes);
      const detail = text(facts.detail);
      return {
        kind: 'blocked',
        since,
        reason: blockReason(facts.reason),
        detail,
        nextProbeAt,
        failedProbes,
        cleanProbes: 0,
      };
    }
    case 'probation':
      return { kind: 'probation', since, step: facts.step === 1 ? 1 : 0, stepSince: at, clean: 0, cleanPolls: 0 };
    case 'quarantined':
      return { kind: 'quarantined', since, evidence: text(facts.evidence) };
    default:
      return undefined;
  }
}

function restoredHoldOff(facts: unknown, at: number, { policy }: HealthRules): UpstreamHealth['holdOff'] {
  if (!isRecord(facts)) return neverHeldOff;
  const longest = Math.max(policy.quotaHoldOffMs, policy.retryAfterMaxMs * (1 + policy.retryAfterJitter));
  const forMs = Math.min(longest, amount(facts.forMs));
  if (forMs === 0) return neverHeldOff;
  const own: HoldOff = { until: at + forMs, reason: holdOffReason(facts.reason) };
  return { ...neverHeldOff, own, startedAt: at, level: Math.min(maxTrips, Math.floor(amount(facts.level))) };
}

function blockReason(value: unknown): BlockReason {
  return blockReasons.find((reason) => reason === value) ?? 'failed-first-probe';
}

function holdOffReason(value: unknown): HoldOff['reason'] {
  return value === 'quota' || value === 'retry-after' ? value : 'rate-limited';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, maxText) : '';
}

/** A finite number from 0 to ten years of milliseconds. */
function amount(value: unknown): number {
  return typeof value === 'number' && value >= 0 ? Math.min(value, maxAgeMs) : 0;
}
