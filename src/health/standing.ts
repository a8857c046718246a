import type { UpstreamKey } from '../model/names.ts';
import type { HealthPolicy } from '../model/settings.ts';
import type { BlockedStanding, BlockReason, Standing } from '../model/standing.ts';
import { probeDelayMs } from './probe-schedule.ts';

/** The standing of one upstream, with the trips that lengthen its way back. */
export interface Course {
  readonly standing: Standing;
  /** Blocks it earned by failing, less what time and epochs forgave. */
  readonly trips: number;
  /** When it last tripped, or time last forgave one. Monotonic milliseconds. */
  readonly tripsAt: number;
}

/** What can happen to a standing. `at` is of the monotonic clock in milliseconds. */
export type StandingEvent =
  | { readonly kind: 'probe-passed'; readonly at: number }
  /** `extra`: asked for by an epoch, an operator or a good answer; it does not lengthen the schedule. */
  | {
      readonly kind: 'probe-failed';
      readonly at: number;
      readonly detail: string;
      readonly turn: 'scheduled' | 'extra';
    }
  /** The scheduled probe could tell nothing: held off, or our own trouble. The schedule waits one interval and keeps its place. */
  | { readonly kind: 'probe-told-nothing'; readonly at: number }
  | { readonly kind: 'tripped'; readonly at: number; readonly reason: BlockReason; readonly detail: string }
  | { readonly kind: 'answered'; readonly at: number; readonly clean: number }
  | { readonly kind: 'poll-answered'; readonly at: number }
  /** One blamed failure, short of a trip. */
  | { readonly kind: 'failed'; readonly at: number; readonly detail: string }
  | { readonly kind: 'convicted'; readonly at: number; readonly evidence: string }
  | { readonly kind: 'healed'; readonly at: number }
  | { readonly kind: 'epoch-started'; readonly at: number }
  | { readonly kind: 'time-passed'; readonly at: number };

/** Whose standing it is, by which numbers. */
export interface StandingRules {
  readonly key: UpstreamKey;
  readonly policy: HealthPolicy;
}

/**
 * Advances the standing of one upstream by one event. Does nothing itself.
 *
 * `blocked` is left through two clean probes in a row and through nothing else; `quarantined` only through `healed`; `unproven`
 * only through a probe, a trip or a conviction. Primaries and backups are not told apart. The same object comes back when nothing changed.
 */
export function nextStanding(course: Course, event: StandingEvent, rules: StandingRules): Course {
  switch (event.kind) {
    case 'probe-passed':
      return afterCleanProbe(course, event.at, rules);
    case 'probe-failed':
      return afterFailedProbe(course, event, rules);
    case 'probe-told-nothing':
      return postponed(course, event.at, rules);
    case 'tripped':
      return tripped(course, event, rules);
    case 'answered':
      return noteClean(course, { at: event.at, answers: event.clean, polls: 0 }, rules);
    case 'poll-answered':
      return noteClean(course, { at: event.at, answers: 0, polls: 1 }, rules);
    case 'failed':
      return stepBack(course, event, rules);
    case 'convicted':
      return moved(course, { kind: 'quarantined', since: event.at, evidence: event.evidence });
    case 'healed':
      return course.standing.kind === 'quarantined' ? moved(course, firstStep(event.at)) : course;
    case 'epoch-started':
      return course.trips === 0 ? course : { ...course, trips: course.trips - 1 };
    case 'time-passed':
      return forgive(advance(course, event.at, rules), event.at, rules.policy);
  }
}

function moved(course: Course, standing: Standing): Course {
  return { ...course, standing };
}

function firstStep(now: number): Standing {
  return { kind: 'probation', since: now, step: 0, stepSince: now, clean: 0, cleanPolls: 0 };
}

function afterCleanProbe(course: Course, now: number, rules: StandingRules): Course {
  const { standing } = course;
  if (standing.kind === 'unproven') return moved(course, { kind: 'serving', since: now });
  if (standing.kind !== 'blocked') return course;
  if (standing.cleanProbes === 1) return moved(course, firstStep(now));
  return moved(course, { ...standing, cleanProbes: 1, nextProbeAt: now + rules.policy.probeCleanMs });
}

type FailedProbe = Extract<StandingEvent, { kind: 'probe-failed' }>;

function afterFailedProbe(course: Course, event: FailedProbe, rules: StandingRules): Course {
  const { standing } = course;
  if (standing.kind === 'unproven') return blocked(course, { ...event, reason: 'failed-first-probe' }, rules);
  if (standing.kind !== 'blocked') return course;
  const tried: BlockedStanding = { ...standing, detail: event.detail, cleanProbes: 0 };
  if (event.turn === 'extra') return moved(course, tried);
  const failedProbes = standing.failedProbes + 1;
  const delay = probeDelayMs({ key: rules.key, trips: course.trips, failedProbes }, rules.policy);
  return moved(course, { ...tried, failedProbes, nextProbeAt: event.at + delay });
}

function postponed(course: Course, now: number, rules: StandingRules): Course {
  const { standing } = course;
  if (standing.kind !== 'blocked') return course;
  const place = { key: rules.key, trips: course.trips, failedProbes: standing.failedProbes };
  return moved(course, {
    ...standing,
    nextProbeAt: Math.max(standing.nextProbeAt, now + probeDelayMs(place, rules.policy)),
  });
}

interface Cause {
  readonly at: number;
  readonly reason: BlockReason;
  readonly detail: string;
}

function blocked(course: Course, cause: Cause, rules: StandingRules): Course {
  const delay = probeDelayMs({ key: rules.key, trips: course.trips, failedProbes: 0 }, rules.policy);
  const { reason, detail } = cause;
  return moved(course, {
    kind: 'blocked',
    since: cause.at,
    reason,
    detail,
    nextProbeAt: cause.at + delay,
    failedProbes: 0,
    cleanProbes: 0,
  });
}

/** Only a wrong identity trips what was never proven, and only it can become the reason of a block that stands. */
function tripped(course: Course, cause: Cause, rules: StandingRules): Course {
  const { standing } = course;
  const isWrongChain = cause.reason === 'wrong-identity';
  if (standing.kind === 'quarantined') return course;
  if (standing.kind === 'unproven' && !isWrongChain) return course;
  if (standing.kind !== 'blocked')
    return blocked({ ...course, trips: course.trips + 1, tripsAt: cause.at }, cause, rules);
  if (!isWrongChain) return course;
  return moved(course, { ...standing, reason: cause.reason, detail: cause.detail, cleanProbes: 0 });
}

interface Clean {
  readonly at: number;
  readonly answers: number;
  readonly polls: number;
}

/** Polls count as long as no answer comes between them: that is what "without traffic" means. */
function noteClean(course: Course, clean: Clean, rules: StandingRules): Course {
  const { standing } = course;
  if (standing.kind !== 'probation') return course;
  const noted: Standing = {
    ...standing,
    clean: standing.clean + clean.answers,
    cleanPolls: clean.answers > 0 ? 0 : standing.cleanPolls + clean.polls,
  };
  return advance(moved(course, noted), clean.at, rules);
}

function advance(course: Course, now: number, { policy }: StandingRules): Course {
  const { standing } = course;
  if (standing.kind !== 'probation' || now - standing.stepSince < policy.probationStepMs) return course;
  if (standing.clean < policy.probationAnswers && standing.cleanPolls < policy.probationPolls) return course;
  if (standing.step === 1) return moved(course, { kind: 'serving', since: now });
  return moved(course, { ...standing, step: 1, stepSince: now, clean: 0, cleanPolls: 0 });
}

type Failed = Extract<StandingEvent, { kind: 'failed' }>;

function stepBack(course: Course, event: Failed, rules: StandingRules): Course {
  const { standing } = course;
  if (standing.kind !== 'probation') return course;
  if (standing.step === 0) return tripped(course, { ...event, reason: 'failed-probation' }, rules);
  return moved(course, { ...standing, step: 0, stepSince: event.at, clean: 0, cleanPolls: 0 });
}

/** One trip is forgiven for every full span without one. */
function forgive(course: Course, now: number, policy: HealthPolicy): Course {
  const spans = Math.floor((now - course.tripsAt) / policy.tripDecayMs);
  if (course.trips === 0 || spans < 1) return course;
  return { ...course, trips: Math.max(0, course.trips - spans), tripsAt: course.tripsAt + spans * policy.tripDecayMs };
}
