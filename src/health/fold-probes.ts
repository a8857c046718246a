import type { TransportFailure } from '../model/answer.ts';
import { foldLimited } from './fold-calls.ts';
import { countFailedPoll } from './fold-polls.ts';
import type { HealthRules, ProbeScope } from './health-event.ts';
import { shortenedBy } from './jitter.ts';
import { giveUpMethod } from './method-avoidance.ts';
import type { ProbeResult } from './probe.ts';
import { noteFailure, shift, trip } from './shift.ts';
import type { IdentitySchedule, RunningProbe, UpstreamHealth } from './upstream-health.ts';

/** Every slot has a lease: a probe that has not ended by then is lost, and the next may begin. */
const probeLeaseMs = 120_000;

/** Who says itself that it is behind is asked again this soon, or it would wait for tip reads longer than it lags. */
const behindCheckMs = 10_000;

/** Lets time pass: a probe that outlived its lease is given up. The same object comes back otherwise. */
export function passProbe(state: UpstreamHealth, at: number): UpstreamHealth {
  const { running } = state.probe;
  if (running === undefined || at - running.since <= probeLeaseMs) return state;
  return stayDue({ ...state, probe: { ...state.probe, running: undefined, endedAt: at } }, at);
}

/** Notes that a probe is wanted at `at`, outside of the schedule. */
export function askProbe(state: UpstreamHealth, at: number): UpstreamHealth {
  const extraAt = Math.min(state.probe.extraAt ?? at, at);
  return { ...state, probe: { ...state.probe, extraAt } };
}

/** A probe's start: when, which, and how much it asks. */
export interface ProbeStart {
  readonly at: number;
  readonly id: number;
  readonly scope: ProbeScope;
}

/** Notes that a probe begins. It is the schedule's own when the schedule says so; any other is extra. */
export function beginProbe(state: UpstreamHealth, { at, id, scope }: ProbeStart): UpstreamHealth {
  const { standing } = state.course;
  const turn = standing.kind === 'blocked' && standing.nextProbeAt <= at ? 'scheduled' : 'extra';
  const running: RunningProbe = { id, since: at, scope, generation: state.generation, turn };
  const extraAt = scope === 'probe' ? undefined : state.probe.extraAt;
  return { ...state, probe: { ...state.probe, running, extraAt } };
}

/** Folds the end of a probe. A result of an older generation frees the endpoint for the next probe and changes nothing else. */
export function endProbe(state: UpstreamHealth, ended: ProbeEnd, rules: HealthRules): UpstreamHealth {
  const { running } = state.probe;
  if (running?.id !== ended.id) return state;
  const over: UpstreamHealth = { ...state, probe: { ...state.probe, running: undefined, endedAt: ended.at } };
  if (running.generation !== state.generation) return stayDue(over, ended.at);
  const heard: UpstreamHealth = { ...over, saysBehind: ended.result.saysBehind ?? over.saysBehind };
  const next = foldIdentity(askedToWait(heard, ended, rules), { ...ended, running }, rules);
  if (running.scope === 'identity') return next;
  return stayDue(
    foldOutcome(foldReplay(next, ended, rules), { ...ended, running }, rules),
    ended.at + rules.policy.probeFirstMs,
  );
}

/** A probe's end: when, which, and with what. */
export interface ProbeEnd {
  readonly at: number;
  readonly id: number;
  readonly result: ProbeResult;
}

interface EndedProbe extends ProbeEnd {
  readonly running: RunningProbe;
}

/** An unproven upstream always has a probe to come: nothing else can move it. */
function stayDue(state: UpstreamHealth, dueAt: number): UpstreamHealth {
  if (state.course.standing.kind !== 'unproven' || state.probe.extraAt !== undefined) return state;
  return { ...state, probe: { ...state.probe, extraAt: dueAt } };
}

function askedToWait(state: UpstreamHealth, { result }: ProbeEnd, rules: HealthRules): UpstreamHealth {
  return result.failed?.verdict.holdOff === true ? foldLimited(state, result.failed, rules) : state;
}

function foldIdentity(state: UpstreamHealth, ended: EndedProbe, rules: HealthRules): UpstreamHealth {
  const { at, result, running } = ended;
  const identityCheck = checkedAt(state, ended, rules);
  if (result.identity === 'unclear') return { ...state, identityCheck };
  if (result.identity === 'confirmed') return { ...state, identity: 'confirmed', identityCheck };
  const wasBlocked = state.course.standing.kind === 'blocked';
  const cause = { at, reason: 'wrong-identity', detail: result.detail } as const;
  const wrong = trip(
    noteFailure(
      { ...state, identity: 'wrong', identityCheck },
      { at, meaning: 'wrong-chain', method: 'identity', detail: result.detail },
    ),
    cause,
    rules,
  );
  if (!wasBlocked || running.scope === 'identity') return wrong;
  return shift(wrong, { kind: 'probe-failed', at, detail: result.detail, turn: running.turn }, rules);
}

/** The next check: after the interval, or soon where identity is not known at all, or it says that it is behind. */
function checkedAt(state: UpstreamHealth, { at, result }: EndedProbe, { policy }: HealthRules): IdentitySchedule {
  const intervalMs = state.saysBehind ? Math.min(behindCheckMs, policy.identityIntervalMs) : policy.identityIntervalMs;
  const interval = shortenedBy(intervalMs, policy.probeJitter, state.endpoint.key);
  const isOpen = result.identity === 'unclear' && state.identity === 'unknown';
  return { dueAt: at + (isOpen ? policy.probeFirstMs : interval), checkedAt: at, isBroken: false };
}

/** After 3 failed replays in a row with the rest good the endpoint goes on without that method. */
function foldReplay(state: UpstreamHealth, { at, result }: ProbeEnd, { policy }: HealthRules): UpstreamHealth {
  const { replay } = state;
  if (replay === undefined || result.replay === 'not-asked') return state;
  if (result.replay === 'passed') return { ...state, replay: { ...replay, failures: 0 } };
  const failures = replay.failures + 1;
  if (failures < policy.replayFailures) return { ...state, replay: { ...replay, failures } };
  return { ...state, replay: undefined, avoidance: giveUpMethod(state.avoidance, replay.method, { at, policy }) };
}

function foldOutcome(state: UpstreamHealth, ended: EndedProbe, rules: HealthRules): UpstreamHealth {
  const { at, result, running } = ended;
  if (result.identity === 'wrong') return state;
  switch (result.outcome) {
    case 'clean':
      return shift(state, { kind: 'probe-passed', at }, rules);
    case 'held-off':
    case 'told-nothing':
      return running.turn === 'scheduled' ? shift(state, { kind: 'probe-told-nothing', at }, rules) : state;
    case 'failed':
      return foldFailed(state, ended, rules);
  }
}

function foldFailed(state: UpstreamHealth, { at, result, running }: EndedProbe, rules: HealthRules): UpstreamHealth {
  const { kind } = state.course.standing;
  const { detail, failed } = result;
  const meaning = failed?.verdict.meaning ?? 'bad-response';
  if (kind === 'unproven' || kind === 'blocked') {
    const noted = noteFailure(state, { at, meaning, method: 'probe', detail });
    return shift(noted, { kind: 'probe-failed', at, detail, turn: running.turn }, rules);
  }
  if (failed === undefined) return state;
  const { verdict, connection } = failed;
  return countFailedPoll(state, { at, verdict, detail, connection, broken: isBroken(failed.failure) }, rules);
}

function isBroken(failure: TransportFailure | undefined): boolean {
  return failure === 'refused' || failure === 'reset' || failure === 'tls';
}
