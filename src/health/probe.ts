import type { HeadReading, IdentityCheck, SpecQuestion } from '../model/chain-spec.ts';
import type { Head } from '../model/head.ts';
import { readHead as headIn } from '../model/head-reading.ts';
import type { Reply } from '../ports/ask.ts';
import { type IdentityFinding, judgeIdentity, type KnownReplies, questionKey } from './identity.ts';
import { saysNothing } from './poll-streak.ts';

/** What one probe asks. `head` absent: the regular check. `trust`: the operator vouches for identity. */
export interface ProbePlan {
  readonly identity: readonly IdentityCheck[] | 'trust';
  /** Asks for its own word on whether it is well. */
  readonly health?: SpecQuestion;
  readonly head?: HeadReading;
  /** The read that failed, asked again as it was. */
  readonly replay?: SpecQuestion;
}

/** What came of a probe. */
export interface ProbeResult {
  readonly outcome: 'clean' | 'failed' | 'held-off' | 'told-nothing';
  readonly identity: 'confirmed' | 'wrong' | 'unclear';
  readonly replay: 'not-asked' | 'passed' | 'failed';
  /** Whether it says itself that it is behind; absent where it was not asked, or its answer never came. */
  readonly saysBehind?: boolean;
  /** In words, without URLs. */
  readonly detail: string;
  /** The reply that was no answer, where one ended the probe. */
  readonly failed?: FailedReply;
}

type FailedReply = Extract<Reply, { readonly kind: 'failed' }>;

/** What a probe does next. */
export type ProbeNext =
  | { readonly kind: 'ask'; readonly question: SpecQuestion }
  /** The head was read: let it be judged against the tip, then step on with `head-judged`. */
  | { readonly kind: 'judge-head'; readonly head: Head }
  | { readonly kind: 'end'; readonly result: ProbeResult };

/** A probe under way. */
export interface ProbeState {
  readonly plan: ProbePlan;
  readonly known: KnownReplies;
  readonly stage: 'identity' | 'health' | 'head' | 'judgement' | 'replay' | 'over';
  readonly asked: SpecQuestion | undefined;
  readonly saysBehind?: boolean;
}

/** What happens to a probe. `fault`: what is wrong with its head, undefined when nothing is. */
export type ProbeEvent =
  | { readonly kind: 'replied'; readonly reply: Reply }
  | { readonly kind: 'head-judged'; readonly fault: string | undefined };

/** A probe after one step. */
export interface ProbeStep {
  readonly state: ProbeState;
  readonly next: ProbeNext;
}

/** Begins a probe. Does nothing itself. */
export function startProbe(plan: ProbePlan): ProbeStep {
  return checkIdentity({ plan, known: new Map(), stage: 'identity', asked: undefined });
}

/**
 * Advances a probe by one reply or judgement and says what to do next. Does nothing itself.
 *
 * Identity comes first, then its own word, then a fresh head, then the replay; the first that does not hold ends the probe, save
 * that what it says of itself is only noted: lag blocks nobody. Whatever is answered, it ends after at most one question per
 * identity fact and three more. Events after its end change nothing.
 */
export function stepProbe(state: ProbeState, event: ProbeEvent): ProbeStep {
  if (event.kind === 'head-judged') return afterJudgement(state, event.fault);
  switch (state.stage) {
    case 'identity':
      return afterIdentityReply(state, event.reply);
    case 'health':
      return afterHealth(state, event.reply);
    case 'head':
      return afterHead(state, event.reply);
    case 'replay':
      return afterReplay(state, event.reply);
    case 'judgement':
    case 'over':
      return ended(state, {
        outcome: 'told-nothing',
        identity: 'unclear',
        replay: 'not-asked',
        detail: 'already over',
      });
  }
}

function afterIdentityReply(state: ProbeState, reply: Reply): ProbeStep {
  if (state.asked === undefined) return checkIdentity(state);
  return checkIdentity({ ...state, known: new Map(state.known).set(questionKey(state.asked), reply) });
}

function checkIdentity(state: ProbeState): ProbeStep {
  const { identity } = state.plan;
  const finding: IdentityFinding = identity === 'trust' ? { kind: 'confirmed' } : judgeIdentity(identity, state.known);
  switch (finding.kind) {
    case 'ask':
      return ask(state, 'identity', finding.question);
    case 'confirmed':
      return askHealth(state);
    case 'wrong':
      return ended(state, { outcome: 'failed', identity: 'wrong', replay: 'not-asked', detail: finding.detail });
    case 'unclear':
      return ended(state, { ...noAnswer(finding.reply, finding.detail), identity: 'unclear' });
  }
}

function askHealth(state: ProbeState): ProbeStep {
  const { health } = state.plan;
  return health === undefined ? readHead(state) : ask(state, 'health', health);
}

/** Whatever it answers that does not say that it is behind, "no such method" too, leaves it as well as it was. */
function afterHealth(state: ProbeState, reply: Reply): ProbeStep {
  if (reply.kind === 'result') return readHead({ ...state, saysBehind: false });
  const { verdict, failure } = reply;
  if (verdict.holdOff || saysNothing(verdict)) return ended(state, { ...noAnswer(reply, ''), identity: 'confirmed' });
  if (failure !== undefined) return readHead(state);
  return readHead({ ...state, saysBehind: verdict.meaning === 'syncing' || verdict.meaning === 'lagging' });
}

function readHead(state: ProbeState): ProbeStep {
  const { head } = state.plan;
  if (head === undefined) return clean(state, 'not-asked');
  return ask(state, 'head', { method: head.method, params: head.params });
}

function afterHead(state: ProbeState, reply: Reply): ProbeStep {
  const { head: reading } = state.plan;
  if (reply.kind === 'failed' || reading === undefined)
    return ended(state, { ...noAnswer(reply, 'no head'), identity: 'confirmed' });
  const head = headIn(reply.value, reading, reply.at);
  if (head === undefined) return ended(state, { ...failed('its head cannot be read'), identity: 'confirmed' });
  return { state: { ...state, stage: 'judgement' }, next: { kind: 'judge-head', head } };
}

function afterJudgement(state: ProbeState, fault: string | undefined): ProbeStep {
  if (state.stage !== 'judgement')
    return ended(state, {
      outcome: 'told-nothing',
      identity: 'unclear',
      replay: 'not-asked',
      detail: 'no head to judge',
    });
  if (fault !== undefined) return ended(state, { ...failed(fault), identity: 'confirmed' });
  return state.plan.replay === undefined ? clean(state, 'not-asked') : ask(state, 'replay', state.plan.replay);
}

/** An answer that speaks against nobody, a revert or a missing block, shows that the endpoint does its work again. */
function afterReplay(state: ProbeState, reply: Reply): ProbeStep {
  if (reply.kind === 'result') return clean(state, 'passed');
  const { verdict } = reply;
  if (verdict.holdOff || saysNothing(verdict)) return ended(state, { ...noAnswer(reply, ''), identity: 'confirmed' });
  if (verdict.blame !== 'upstream') return clean(state, 'passed');
  const detail = `${state.asked?.method ?? 'the failing read'} still fails: ${reply.detail}`;
  return ended(state, { outcome: 'failed', identity: 'confirmed', replay: 'failed', detail, failed: reply });
}

function ask(state: ProbeState, stage: ProbeState['stage'], question: SpecQuestion): ProbeStep {
  return { state: { ...state, stage, asked: question }, next: { kind: 'ask', question } };
}

function clean(state: ProbeState, replay: 'not-asked' | 'passed'): ProbeStep {
  return ended(state, { outcome: 'clean', identity: 'confirmed', replay, detail: 'all answered' });
}

function ended(state: ProbeState, result: ProbeResult): ProbeStep {
  const { saysBehind } = state;
  const whole = saysBehind === undefined ? result : { ...result, saysBehind };
  return { state: { ...state, stage: 'over' }, next: { kind: 'end', result: whole } };
}

function failed(detail: string): Omit<ProbeResult, 'identity'> {
  return { outcome: 'failed', replay: 'not-asked', detail };
}

/** A question that came to nothing: held off and our own trouble tell nothing, all else is a failed probe. */
function noAnswer(reply: Reply, detail: string): Omit<ProbeResult, 'identity'> {
  if (reply.kind === 'result') return failed(detail);
  const { verdict } = reply;
  const outcome = verdict.holdOff ? 'held-off' : saysNothing(verdict) ? 'told-nothing' : 'failed';
  return { outcome, replay: 'not-asked', detail: reply.detail, failed: reply };
}
