import type { Transition } from '../model/chain-view.ts';
import type { BlockReason, FailureNote, Standing } from '../model/standing.ts';
import { emptyWindow } from './answer-window.ts';
import { emptyStreak } from './failure-streak.ts';
import { forgetPolls } from './head-watch.ts';
import type { HealthRules } from './health-event.ts';
import { noFailedPolls } from './poll-streak.ts';
import { nothingRefused } from './refused-payloads.ts';
import { nextStanding, type StandingEvent } from './standing.ts';
import type { UpstreamHealth } from './upstream-health.ts';

/** Changes of standing kept for the status page. */
export const maxHistory = 20;

/** Advances the standing inside of an upstream's health. */
export function shift(state: UpstreamHealth, event: StandingEvent, rules: HealthRules): UpstreamHealth {
  const course = nextStanding(state.course, event, { key: state.endpoint.key, policy: rules.policy });
  if (course === state.course || isEarly(state, course.standing)) return state;
  return { ...state, course };
}

/** Nobody gets on through probation before its chain is confirmed: one that was healed may never have been asked. */
function isEarly({ course, identity }: UpstreamHealth, to: Standing): boolean {
  return identity !== 'confirmed' && course.standing.kind === 'probation' && to.kind === 'serving';
}

/** A cause to block. */
export interface Trip {
  readonly at: number;
  readonly reason: BlockReason;
  readonly detail: string;
}

/** Blocks, as far as the standing allows. */
export function trip(state: UpstreamHealth, cause: Trip, rules: HealthRules): UpstreamHealth {
  return shift(state, { kind: 'tripped', ...cause }, rules);
}

/** Notes the last failure, for operators and for the order among the blocked. */
export function noteFailure(state: UpstreamHealth, note: FailureNote): UpstreamHealth {
  return { ...state, lastFailure: note, lastFailedAt: Math.max(state.lastFailedAt, note.at) };
}

/**
 * Draws the consequences of a step from `before` to `after`: a change of standing or identity begins a new generation.
 *
 * Under a new standing the detectors start empty: what led here has had its effect, and what was sent before no longer counts.
 */
export function settle(before: UpstreamHealth, after: UpstreamHealth, at: number): UpstreamHealth {
  const from = before.course.standing;
  const to = after.course.standing;
  const isMoved = placeOf(from) !== placeOf(to);
  if (!isMoved && before.identity === after.identity) return after;
  const renewed = { ...after, generation: after.generation + 1, generationAt: at };
  if (!isMoved) return renewed;
  return {
    ...renewed,
    streak: emptyStreak,
    window: emptyWindow,
    refused: nothingRefused,
    polls: noFailedPolls,
    head: forgetPolls(after.head),
    replay: to.kind === 'serving' ? undefined : after.replay,
    history: [...after.history, transition(from, to, at)].slice(-maxHistory),
  };
}

/** Where a standing is, as far as generations care: probation has two places. */
function placeOf(standing: Standing): string {
  return standing.kind === 'probation' ? `probation ${standing.step}` : standing.kind;
}

function transition(from: Standing, to: Standing, at: number): Transition {
  const move = { at, from: from.kind, to: to.kind, detail: causeOf(from, to) };
  return to.kind === 'blocked' ? { ...move, reason: to.reason } : move;
}

function causeOf(from: Standing, to: Standing): string {
  switch (to.kind) {
    case 'unproven':
      return 'not yet observed';
    case 'blocked':
      return to.detail;
    case 'quarantined':
      return `convicted: ${to.evidence}`;
    case 'serving':
      return from.kind === 'unproven' ? 'its first probe passed' : 'both steps of probation were clean';
    case 'probation':
      if (from.kind === 'quarantined') return 'healed: it proved itself again';
      if (from.kind !== 'probation') return 'two probes passed';
      return to.step === 1 ? 'the first step was clean' : 'a failure: back to the first step';
  }
}
