import type { Transition } from '../model/chain-view.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { FailureNote, HoldOff, Identity, Standing } from '../model/standing.ts';
import { type AnswerWindow, emptyWindow } from './answer-window.ts';
import { emptyStreak, type FailureStreak } from './failure-streak.ts';
import { blankHeadWatch, type HeadWatch } from './head-watch.ts';
import type { ProbeScope } from './health-event.ts';
import { freeAt, type HoldOffState, heldOffAt, neverHeldOff } from './hold-off.ts';
import { type MethodAvoidance, nothingAvoided } from './method-avoidance.ts';
import { noFailedPolls, type PollStreak } from './poll-streak.ts';
import { nothingRefused, type RefusedPayloads } from './refused-payloads.ts';
import type { Course } from './standing.ts';
import { allSupported, type UnsupportedMethods } from './unsupported-methods.ts';

/** All that is known of one upstream's health. Immutable; `nextHealth` is its only way on. Times are monotonic milliseconds. */
export interface UpstreamHealth {
  readonly endpoint: Endpoint;
  readonly course: Course;
  readonly identity: Identity;
  readonly identityCheck: IdentitySchedule;
  /** It says itself that it is behind: it counts as lagging, whatever its head shows. */
  readonly saysBehind: boolean;
  /** Rises when standing, identity or configuration changes. A result counts only under the generation it was sent in. */
  readonly generation: number;
  readonly generationAt: number;
  readonly streak: FailureStreak;
  readonly window: AnswerWindow;
  /** Calls that were turned away before that counted. */
  readonly refused: RefusedPayloads;
  readonly polls: PollStreak;
  readonly head: HeadWatch;
  readonly holdOff: HoldOffState;
  readonly avoidance: MethodAvoidance;
  readonly unsupported: UnsupportedMethods;
  readonly replay: Replay | undefined;
  readonly probe: ProbeCalendar;
  readonly cordoned: boolean;
  readonly lastFailure: FailureNote | undefined;
  /** When it last failed; 0 means never: the order among the blocked. */
  readonly lastFailedAt: number;
  /** The last 20 changes of standing, oldest first; their `at` is monotonic here. */
  readonly history: readonly Transition[];
}

/** When identity, and with it the upstream's own word on its health, is checked next. */
export interface IdentitySchedule {
  readonly dueAt: number;
  readonly checkedAt: number;
  /** A connection broke: the next good answer is a reconnect, and identity is due. */
  readonly isBroken: boolean;
}

/** A read that failed, kept to be asked again by probes. */
export interface Replay {
  readonly method: string;
  readonly params: string;
  /** Probes in which it failed while all else was good. */
  readonly failures: number;
}

/** The probe under way, and one that is due outside of the schedule. */
export interface ProbeCalendar {
  readonly running: RunningProbe | undefined;
  /** When an extra probe is due: the first of all, or one that an epoch, an operator or a good answer asked for. */
  readonly extraAt: number | undefined;
  readonly endedAt: number;
}

/** A probe under way. At most one per endpoint. */
export interface RunningProbe {
  /** Tells its result from that of any other. */
  readonly id: number;
  readonly since: number;
  readonly scope: ProbeScope;
  /** The generation at its start: a result of an older one changes nothing. */
  readonly generation: number;
  readonly turn: 'scheduled' | 'extra';
}

/** A new upstream: unproven, its identity unknown, its first probe due at once. */
export function newUpstreamHealth(endpoint: Endpoint, at: number): UpstreamHealth {
  return {
    endpoint,
    course: { standing: { kind: 'unproven', since: at }, trips: 0, tripsAt: at },
    identity: 'unknown',
    identityCheck: { dueAt: at, checkedAt: 0, isBroken: false },
    saysBehind: false,
    generation: 0,
    generationAt: at,
    streak: emptyStreak,
    window: emptyWindow,
    refused: nothingRefused,
    polls: noFailedPolls,
    head: blankHeadWatch,
    holdOff: neverHeldOff,
    avoidance: nothingAvoided,
    unsupported: allSupported,
    replay: undefined,
    probe: { running: undefined, extraAt: at, endedAt: 0 },
    cordoned: false,
    lastFailure: undefined,
    lastFailedAt: 0,
    history: [],
  };
}

/** The standing itself. */
export function standingOf(state: UpstreamHealth): Standing {
  return state.course.standing;
}

/** The hold-off in force at `at`, if any. */
export function heldOff(state: UpstreamHealth, at: number): HoldOff | undefined {
  return heldOffAt(state.holdOff, at);
}

/** What is due, and when: undefined while a probe is under way. Hold-offs are waited for. */
export interface DueProbe {
  readonly scope: ProbeScope;
  readonly at: number;
}

/**
 * The next probe of an upstream. Blocked and unproven upstreams are probed by their schedule; all others get the regular check
 * of identity, and a whole probe only when one was asked for.
 */
export function dueProbe(state: UpstreamHealth): DueProbe | undefined {
  if (state.probe.running !== undefined) return undefined;
  const due = undisturbedProbe(state);
  return { ...due, at: Math.max(due.at, freeAt(state.holdOff)) };
}

function undisturbedProbe(state: UpstreamHealth): DueProbe {
  const { standing } = state.course;
  const extraAt = state.probe.extraAt ?? Number.POSITIVE_INFINITY;
  if (standing.kind === 'blocked') return { scope: 'probe', at: Math.min(extraAt, standing.nextProbeAt) };
  if (standing.kind === 'unproven' || extraAt <= state.identityCheck.dueAt) return { scope: 'probe', at: extraAt };
  return { scope: 'identity', at: state.identityCheck.dueAt };
}
