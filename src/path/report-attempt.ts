import { shapeOf } from '../classify/shape-of.ts';
import type { AttemptOutcome } from '../model/answer.ts';
import type { AttemptRun, Journey } from './attempt.ts';

/** Params longer than this are not kept for the replay of a read. */
const maxReplayBytes = 8192;

/** What came of an attempt, and when it was sent and over: monotonic milliseconds. */
export interface AttemptReport {
  readonly outcome: AttemptOutcome;
  readonly sentAt: number;
  readonly at: number;
}

/** A call and the attempt at it. */
export interface TriedCall {
  readonly journey: Journey;
  readonly run: AttemptRun;
}

/** Tells the folding side of an attempt that was not good. Whether it counts is decided there. */
export function reportAttempt({ journey, run }: TriedCall, { outcome, sentAt, at }: AttemptReport): void {
  const { call, policy } = journey.classified;
  const { verdict, detail, connection, failure, answer } = outcome;
  const { key, chain } = run.upstream.endpoint;
  const isQuick = policy.class === 'light' || policy.class === 'normal';
  // Signed bytes are sent when their client asks for it, and are not kept.
  const isReplayable = policy.kind === 'read' && isQuick && policy.carriesSigned !== true;
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
