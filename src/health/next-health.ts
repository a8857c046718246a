import { fractionOf } from '../model/fraction.ts';
import { excuseFailure, foldAnswers, foldAttempt, isSameRead } from './fold-calls.ts';
import { foldHead, foldPollAnswered, foldPollFailed, judgeHead } from './fold-polls.ts';
import { askProbe, beginProbe, endProbe, passProbe } from './fold-probes.ts';
import type { HealthRules, UpstreamEvent } from './health-event.ts';
import { type HoldOffState, noteBudgetHeld, noteProviderHeld, passHoldOff } from './hold-off.ts';
import { passAvoidance } from './method-avoidance.ts';
import { settle, shift, trip } from './shift.ts';
import { allSupported, passUnsupported } from './unsupported-methods.ts';
import { heldOff, type UpstreamHealth } from './upstream-health.ts';

/**
 * Advances all that is known of one upstream by one event. Does nothing itself, and never throws.
 *
 * Time passes first, so nothing depends on how often somebody looks: hold-offs and avoidances end on their own, steps of probation are
 * completed, trips are forgiven. A result whose generation is not the present one changes nothing. The same object comes back
 * when nothing changed.
 */
export function nextHealth(state: UpstreamHealth, event: UpstreamEvent, rules: HealthRules): UpstreamHealth {
  const present = settle(state, passTime(state, event.at, rules), event.at);
  return settle(present, fold(present, event, rules), event.at);
}

function fold(state: UpstreamHealth, event: UpstreamEvent, rules: HealthRules): UpstreamHealth {
  switch (event.kind) {
    case 'answers-counted':
      return foldAnswers(state, event, rules);
    case 'attempt-failed':
      return foldAttempt(state, event, rules);
    case 'failure-excused':
      return excuseFailure(state, event);
    case 'poll-answered':
      return foldPollAnswered(state, event, rules);
    case 'poll-failed':
      return foldPollFailed(state, event, rules);
    case 'head-judged':
      return foldHead(state, event, rules);
    case 'reconnected':
      return reconnect(state, event.at, rules);
    case 'probe-asked':
      return askProbe(state, event.at);
    case 'probe-started':
      return beginProbe(state, event);
    case 'probe-ended':
      return endProbe(state, event, rules);
    case 'replay-failed-elsewhere':
      return isSameRead(state.replay, event) ? { ...state, replay: undefined } : state;
    case 'provider-held':
      return heldSo(state, noteProviderHeld(state.holdOff, event.until, event.at));
    case 'budget-held':
      return heldSo(state, noteBudgetHeld(state.holdOff, event.hold, event.at));
    case 'epoch-started':
      return startEpoch(state, event.at, rules);
    case 'cordoned':
      return state.cordoned ? state : { ...state, cordoned: true };
    case 'uncordoned':
      return state.cordoned ? { ...state, cordoned: false } : state;
    case 'convicted':
      return shift(state, event, rules);
    case 'healed':
      return heal(state, event.at, rules);
    case 'time-passed':
      return judgeHead(state, event.at, rules);
  }
}

function passTime(state: UpstreamHealth, at: number, rules: HealthRules): UpstreamHealth {
  const passed = shift(passProbe(state, at), { kind: 'time-passed', at }, rules);
  const holdOff = passHoldOff(passed.holdOff, at, rules.policy);
  const avoidance = passAvoidance(passed.avoidance, at);
  const unsupported = passUnsupported(passed.unsupported, at);
  const isSame = holdOff === passed.holdOff && avoidance === passed.avoidance && unsupported === passed.unsupported;
  return isSame ? passed : { ...passed, holdOff, avoidance, unsupported };
}

/** At most one check in 2 s, however often connections come and go. */
function reconnect(state: UpstreamHealth, at: number, { policy }: HealthRules): UpstreamHealth {
  const soon = Math.max(at, state.identityCheck.checkedAt + policy.probeFirstMs);
  if (soon >= state.identityCheck.dueAt) return state;
  return { ...state, identityCheck: { ...state.identityCheck, dueAt: soon } };
}

function heldSo(state: UpstreamHealth, holdOff: HoldOffState): UpstreamHealth {
  return holdOff === state.holdOff ? state : { ...state, holdOff };
}

/**
 * A new epoch forgives one trip, asks again for methods said to be missing, and makes a probe of every blocked upstream due,
 * spread over 2 s by its key. It unblocks nobody and resets no window.
 */
function startEpoch(state: UpstreamHealth, at: number, rules: HealthRules): UpstreamHealth {
  const shifted = shift(state, { kind: 'epoch-started', at }, rules);
  const forgiven = shifted.unsupported.names.size === 0 ? shifted : { ...shifted, unsupported: allSupported };
  if (state.course.standing.kind !== 'blocked' || heldOff(state, at) !== undefined) return forgiven;
  const spreadMs = rules.policy.probeFirstMs * fractionOf(`${state.endpoint.key} epoch`);
  return askProbe(forgiven, at + spreadMs);
}

/** Healing speaks of served data. An endpoint known to be of another chain goes where it would have gone. */
function heal(state: UpstreamHealth, at: number, rules: HealthRules): UpstreamHealth {
  const healed = shift(state, { kind: 'healed', at }, rules);
  if (healed === state || state.identity !== 'wrong') return healed;
  return trip(healed, { at, reason: 'wrong-identity', detail: 'of another chain when last checked' }, rules);
}
