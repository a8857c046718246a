import { shapeOf } from '../classify/shape-of.ts';
import { readAnswer, readAnswerInSlices, readCompleteList, sliceBytes } from '../codec/read-answer.ts';
import { writeCall } from '../codec/write-call.ts';
import type { AttemptOutcome, SendResult } from '../model/answer.ts';
import type { ClassifiedCall } from '../model/call.ts';
import type { Upstream } from '../model/pairing.ts';
import { attemptResultOf } from '../model/traffic.ts';
import { okVerdict } from '../model/verdict.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';
import type { Transport } from '../ports/transport.ts';
import type { AttemptOrder } from '../relay/start-relay.ts';
import { endingOf } from '../select/ending.ts';
import { attemptTimeoutMs } from './call-plan.ts';
import { judgeFailure, judgeReading } from './judgement.ts';
import type { Lane } from './lane.ts';

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

/** Params longer than this are not kept for the replay of a read. */
const maxReplayBytes = 8192;

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
  const { journey, run, id } = attempt;
  const { lane, classified, series } = journey;
  const { policy, call } = classified;
  const { endpoint } = run.upstream;
  const meter = lane.upstreamMeters[endpoint.index];
  const sentAt = deps.clock.now();
  const open = lane.load.begin(run.upstream, series, sentAt);
  meter?.sent(run.order.purpose);
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
  const cancel = deps.transport.send(
    {
      upstream: endpoint.key,
      tracker: endpoint.tracker,
      body: writeCall(call, id),
      timeoutMs: run.order.timeoutMs,
      maxBytes: lane.settings.limits.maxResponseBytes,
      connection: 'pooled',
      resend: policy.kind === 'read' ? 'reads' : 'if-unsent',
      answer: policy.class === 'heavy' ? 'large' : 'small',
    },
    (result) => readResult(deps, attempt, { result, end }),
  );
  return () => {
    if (isOver) return;
    const now = deps.clock.now();
    isAwaited = false;
    // Another answered because this one hangs: it runs into its own deadline, so that whoever hangs is found out.
    if (journey.isWanted() && lane.load.isSilent(endpoint.index, series, { sentAt, now })) return;
    isOver = true;
    cancel();
    lane.load.end(open, 'cancelled', now);
    meter?.answered(policy.class, 'cancelled', (now - sentAt) / 1000);
  };
}

interface Arrival {
  readonly result: SendResult;
  end(outcome: AttemptOutcome): void;
}

/** Reads what came back. Small answers at once; large ones slice by slice, so that other calls get their turn. */
function readResult(deps: AttemptDeps, { journey, run, id }: Attempt, { result, end }: Arrival): void {
  const where = { ...journey, upstream: run.upstream };
  if (result.kind === 'failed') return end(excuseHaste(judgeFailure(where, result), { journey, run }));
  const list = result.whole === 'proven' ? readCompleteList(result.body, id) : undefined;
  if (list !== undefined) return end(judgeReading(where, result, list));
  if (result.body.length <= sliceBytes) return end(judgeReading(where, result, readAnswer(result.body, id)));
  readAnswerInSlices(result.body, id, deps.yieldTurn).then(
    (reading) => end(judgeReading(where, result, reading)),
    () => end(judgeFailure(where, { failure: 'local', sent: 'maybe', connection: result.connection })),
  );
}

/** A client that gave an upstream less time than its class has may lose patience, but not on the upstream's account. */
function excuseHaste(outcome: AttemptOutcome, { journey, run }: Omit<Attempt, 'id'>): AttemptOutcome {
  const { policy } = journey.classified;
  const isHaste = journey.deadline === 'clients' && outcome.failure === 'timeout';
  if (!isHaste || run.order.timeoutMs >= attemptTimeoutMs(policy, journey.lane.settings.limits)) return outcome;
  return { ...outcome, verdict: { ...outcome.verdict, blame: 'none' } };
}

interface Report {
  readonly outcome: AttemptOutcome;
  readonly sentAt: number;
  readonly at: number;
}

/** Tells the folding side of an attempt that was not good. Whether it counts is decided there. */
function reportAttempt({ journey, run }: Attempt, { outcome, sentAt, at }: Report): void {
  const { call, policy } = journey.classified;
  const { verdict, detail, connection, failure, answer } = outcome;
  const { key, chain } = run.upstream.endpoint;
  const isReplayable = policy.kind === 'read' && (policy.class === 'light' || policy.class === 'normal');
  const fits = (call.params?.length ?? 0) <= maxReplayBytes;
  if (verdict.meaning === 'generic' && answer?.kind === 'error') {
    journey.tell({
      kind: 'answer-unclassified',
      chain,
      upstream: key,
      code: answer.code,
      shape: shapeOf(answer.message),
    });
  }
  journey.tell({
    kind: 'attempt-failed',
    at,
    sentAt,
    upstream: key,
    generation: run.upstream.generation,
    connection,
    method: call.method,
    class: policy.class,
    purpose: run.order.purpose,
    verdict,
    ...(failure !== undefined && { failure }),
    detail,
    ...(isReplayable &&
      fits &&
      verdict.blame === 'upstream' && {
        replay: { method: call.method, params: call.params?.toString('utf8') ?? '[]' },
      }),
  });
}
