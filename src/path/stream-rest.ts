import type { AnswerRest, SendResult } from '../model/answer.ts';
import { attemptResultOf } from '../model/traffic.ts';
import type { Clock } from '../ports/clock.ts';
import { endingOf } from '../select/ending.ts';
import type { OpenSend } from '../select/open-send.ts';
import { excuseHaste } from './excuse-haste.ts';
import { judgeFailure, judgeReading } from './judgement.ts';
import { reportAttempt, type TriedCall } from './report-attempt.ts';
import { type RestEnd, watchRest } from './watch-rest.ts';

/** A send that was answered. */
export type AnsweredSend = Extract<SendResult, { readonly kind: 'answered' }>;

/** An attempt that goes on for as long as its answer is read. */
export interface OpenAttempt extends TriedCall {
  readonly open: OpenSend;
  readonly sentAt: number;
}

/**
 * The rest of a good answer, which ends its attempt when it ends: counted then, and reported where it broke off.
 *
 * What the upstream took is the time until its answer was known to be good. From there on it is the client who says how fast it goes.
 */
export function streamRest(
  clock: Clock,
  attempt: OpenAttempt,
  { rest, answered }: { readonly rest: AnswerRest; readonly answered: AnsweredSend },
): AnswerRest {
  const { journey, run, open, sentAt } = attempt;
  const { lane, classified } = journey;
  const meter = lane.upstreamMeters[run.upstream.endpoint.index];
  const begunAt = clock.now();
  lane.load.answering(open, begunAt);
  return watchRest(rest, (end) => {
    const at = clock.now();
    const broken = brokenOutcome(attempt, end, answered);
    const unbroken = end.kind === 'cancelled' ? 'cancelled' : 'ok';
    lane.load.end(open, broken === undefined ? 'neutral' : endingOf(broken), at);
    const result = broken === undefined ? unbroken : attemptResultOf(broken.verdict);
    meter?.answered(classified.policy.class, result, (begunAt - sentAt) / 1000);
    if (broken !== undefined) reportAttempt(attempt, { outcome: broken, sentAt, at });
  });
}

/** What it means that an answer broke off after its beginning was good; undefined where it did not. */
function brokenOutcome(attempt: OpenAttempt, end: RestEnd, answered: AnsweredSend) {
  if (end.kind !== 'broken') return undefined;
  const { journey, run } = attempt;
  const where = { ...journey, upstream: run.upstream };
  const { failure } = end;
  if (failure === 'malformed') {
    return judgeReading(where, answered, { kind: 'malformed', detail: 'the answer is no JSON further on' });
  }
  const { connection } = answered;
  return excuseHaste(judgeFailure(where, { failure, sent: 'maybe', connection }), attempt);
}
