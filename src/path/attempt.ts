import { readAnswer, readAnswerInSlices, readCompleteList, sliceBytes } from '../codec/read-answer.ts';
import { writeCall } from '../codec/write-call.ts';
import type { AnswerRest, AttemptOutcome, SendResult } from '../model/answer.ts';
import type { ClassifiedCall } from '../model/call.ts';
import type { Upstream } from '../model/pairing.ts';
import { attemptResultOf } from '../model/traffic.ts';
import { okVerdict } from '../model/verdict.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';
import type { Send, Transport } from '../ports/transport.ts';
import type { AttemptOrder } from '../relay/start-relay.ts';
import { endingOf } from '../select/ending.ts';
import { excuseHaste } from './excuse-haste.ts';
import { judgeFailure, judgeReading } from './judgement.ts';
import type { Lane } from './lane.ts';
import { reportAttempt } from './report-attempt.ts';
import { type AnsweredSend, streamRest } from './stream-rest.ts';
import { readStreamed } from './streamed-answer.ts';

/** What attempts need of the world. */
export interface AttemptDeps {
  readonly clock: Clock;
  readonly transport: Transport;
  /** Lets pending I/O have its turn, between slices of a large answer. */
  yieldTurn(): Promise<void>;
}

/** One call with all that its attempts share. */
export interface Journey {
  readonly lane: Lane;
  readonly classified: ClassifiedCall;
  /** Latency series of the method, from `Load.seriesOf`. */
  readonly series: number;
  /** Whose haste it is when an attempt gets less than its class's time. */
  readonly deadline: 'ours' | 'clients';
  /** The newest height whoever asks was shown before, where that was promised: what shows less is no good answer. */
  readonly atLeast?: number | undefined;
  /** What becomes of an answer over `limits.maxHeldBytes`. Absent: refused. */
  readonly large?: 'streamed' | 'refused' | undefined;
  /** Where its attempts tell of what was not good. */
  readonly tell: Emit;
  /** False once the client has gone: then nothing is sent for it any more, and nothing waited for. */
  isWanted(): boolean;
}

/** One attempt: to whom, for how long, what for, and who waits. `done` is called once, and never after a cancel. */
export interface AttemptRun {
  readonly upstream: Upstream;
  readonly order: AttemptOrder;
  done(outcome: AttemptOutcome): void;
}

/** Sends one call to one upstream and says what came of it, judged, counted and reported. */
export type SendAttempt = (journey: Journey, run: AttemptRun) => Cancel;

/** Creates the sender of attempts of one process. Upstreams see ids of ours, whatever the clients' are. */
export function createSendAttempt(deps: AttemptDeps): SendAttempt {
  let lastId = 0;
  return (journey, run) => {
    lastId = lastId === Number.MAX_SAFE_INTEGER ? 1 : lastId + 1;
    return sendAttempt(deps, { journey, run, id: lastId });
  };
}

interface Attempt {
  readonly journey: Journey;
  readonly run: AttemptRun;
  readonly id: number;
}

function sendAttempt(deps: AttemptDeps, attempt: Attempt): Cancel {
  const { journey, run } = attempt;
  const { lane, classified, series } = journey;
  const { policy } = classified;
  const { endpoint } = run.upstream;
  const meter = lane.upstreamMeters[endpoint.index];
  const sentAt = deps.clock.now();
  const open = lane.load.begin(run.upstream, series, sentAt);
  meter?.sent(run.order.purpose);
  lane.accounts[endpoint.index]?.charge(run.order.purpose, policy.cost);
  let isOver = false;
  const conclude = (outcome: AttemptOutcome, now: number): void => {
    isOver = true;
    lane.load.end(open, endingOf(outcome), now);
    meter?.answered(policy.class, attemptResultOf(outcome.verdict), (now - sentAt) / 1000);
    if (outcome.verdict !== okVerdict) reportAttempt(attempt, { outcome, sentAt, at: now });
  };
  let isAwaited = true;
  const end = (outcome: AttemptOutcome): void => {
    if (isOver) return;
    conclude(outcome, deps.clock.now());
    if (isAwaited) run.done(outcome);
  };
  const begin = (rest: AnswerRest, answered: AnsweredSend): void => {
    if (isOver) return rest.cancel();
    const outcome = { verdict: okVerdict, sent: 'maybe', connection: answered.connection, detail: '' } as const;
    if (!isAwaited) {
      rest.cancel();
      return end(outcome);
    }
    isOver = true;
    const streamed = streamRest(deps.clock, { journey, run, open, sentAt }, { rest, answered });
    run.done({ ...outcome, answer: { kind: 'result', result: noBytes, rest: streamed } });
  };
  const cancel = deps.transport.send(sendOf(attempt), (result) => readResult(deps, attempt, { result, end, begin }));
  return () => {
    if (isOver) return;
    const now = deps.clock.now();
    isAwaited = false;
    // What one upstream has accepted is as safe as that one is: a signed transaction goes on to whoever was sent it.
    if (policy.write?.kind === 'raw') return;
    // Another answered because this one hangs: it runs into its own deadline, so that whoever hangs is found out.
    if (journey.isWanted() && lane.load.isSilent(endpoint.index, series, { sentAt, now })) return;
    isOver = true;
    cancel();
    lane.load.end(open, 'cancelled', now);
    meter?.answered(policy.class, 'cancelled', (now - sentAt) / 1000);
  };
}

/** The call as it goes to the transport. */
function sendOf({ journey, run, id }: Attempt): Send {
  const { policy, call } = journey.classified;
  const { maxHeldBytes, maxResponseBytes } = journey.lane.settings.limits;
  const streamAbove = Math.min(maxHeldBytes, maxResponseBytes);
  return {
    upstream: run.upstream.endpoint.key,
    tracker: run.upstream.endpoint.tracker,
    body: writeCall(call, id),
    timeoutMs: run.order.timeoutMs,
    maxBytes: journey.large === 'streamed' ? maxResponseBytes : streamAbove,
    streamAbove,
    connection: 'pooled',
    resend: policy.kind === 'read' ? 'reads' : 'if-unsent',
    answer: policy.class === 'heavy' ? 'large' : 'small',
  };
}

const noBytes = Buffer.alloc(0);

interface Arrival {
  readonly result: SendResult;
  end(outcome: AttemptOutcome): void;
  /** In place of `end`, where the answer is too large to be held. */
  begin(rest: AnswerRest, answered: AnsweredSend): void;
}

/** Reads what came back. Small answers at once; large ones slice by slice, so that other calls get their turn. */
function readResult(deps: AttemptDeps, attempt: Attempt, arrival: Arrival): void {
  const { journey, run, id } = attempt;
  const { result, end } = arrival;
  const where = { ...journey, upstream: run.upstream };
  if (result.kind === 'failed') return end(excuseHaste(judgeFailure(where, result), attempt));
  if (result.rest !== undefined) return readLarge(deps, attempt, { ...arrival, answered: result, rest: result.rest });
  const list = result.whole === 'proven' ? readCompleteList(result.body, id) : undefined;
  if (list !== undefined) return end(judgeReading(where, result, list));
  if (result.body.length <= sliceBytes) return end(judgeReading(where, result, readAnswer(result.body, id)));
  readAnswerInSlices(result.body, id, deps.yieldTurn).then(
    (reading) => end(judgeReading(where, result, reading)),
    () => end(judgeFailure(where, { failure: 'local', sent: 'maybe', connection: result.connection })),
  );
}

interface LargeArrival extends Arrival {
  readonly answered: AnsweredSend;
  readonly rest: AnswerRest;
}

/** Reads the beginning of what is too large to be held: only a result of our own call is streamed. */
function readLarge(deps: AttemptDeps, { journey, run, id }: Attempt, arrival: LargeArrival): void {
  const { answered, rest, end, begin } = arrival;
  const where = { ...journey, upstream: run.upstream };
  const giveUp = (outcome: AttemptOutcome): void => {
    rest.cancel();
    end(outcome);
  };
  const failed = (failure: 'too-large' | 'local'): AttemptOutcome =>
    judgeFailure(where, { failure, sent: 'maybe', connection: answered.connection });
  readStreamed(rest, id, deps.yieldTurn).then(
    (reading) => {
      if (reading.kind === 'result') begin(reading.rest, answered);
      else giveUp(reading.kind === 'too-large' ? failed('too-large') : judgeReading(where, answered, reading));
    },
    () => giveUp(failed('local')),
  );
}
