import { maxEvidenceText, maxResultBytes } from '../classify/evidence.ts';
import type { AnswerReading } from '../codec/read-answer.ts';
import type { Answer, AttemptOutcome, SendResult, TransportFailure } from '../model/answer.ts';
import type { ClassifiedCall } from '../model/call.ts';
import type { Upstream } from '../model/pairing.ts';
import { okVerdict, type Verdict } from '../model/verdict.ts';
import { behindVerdict, isMissingBlock } from './head-doubt.ts';
import type { Lane } from './lane.ts';
import { shownHead } from './shown-height.ts';

/** Whose answer to what: all that judging an answer needs beside the answer. */
export interface Place {
  readonly lane: Lane;
  readonly classified: ClassifiedCall;
  readonly upstream: Upstream;
  /** The newest height whoever asks was shown before, where that was promised. */
  readonly atLeast?: number | undefined;
}

type Answered = Extract<SendResult, { readonly kind: 'answered' }>;

/** Judges a send that came to nothing. */
export function judgeFailure(
  { lane, classified }: Pick<Place, 'lane' | 'classified'>,
  {
    failure,
    sent,
    connection,
  }: { readonly failure: TransportFailure; readonly sent: 'nothing' | 'maybe'; readonly connection: number },
): AttemptOutcome {
  const { policy, call } = classified;
  const verdict = lane.judge.judge({ kind: 'transport', failure, policy, method: call.method });
  return { verdict, sent, connection, failure, detail: failureWords[failure] };
}

/** Judges what an upstream answered, and keeps the answer where it was one of the protocol. */
export function judgeReading(place: Place, result: Answered, reading: AnswerReading): AttemptOutcome {
  const { connection } = result;
  if (reading.kind === 'malformed') {
    const verdict = judgeMalformed(place, result);
    return { verdict, sent: 'maybe', connection, detail: `HTTP ${result.status}: ${reading.detail}` };
  }
  const { answer } = reading;
  if (answer.kind === 'error') {
    const redacted = { ...answer, error: place.lane.redact(answer.error) };
    const verdict = judgeError(place, result, redacted);
    return { verdict, answer: redacted, sent: 'maybe', connection, detail: `error ${answer.code}` };
  }
  const verdict = judgeResult(place, answer.result);
  const shown = verdict === behindVerdict ? shownBy(place, answer.result) : undefined;
  return { verdict, answer, sent: 'maybe', connection, detail: '', ...(shown !== undefined && { shown }) };
}

function shownBy({ lane, classified }: Place, result: Buffer): number | undefined {
  return shownHead(classified, { result, form: lane.spec.head.quantity });
}

function judgeMalformed({ lane, classified }: Place, result: Answered): Verdict {
  return lane.judge.judge({
    kind: 'malformed',
    status: result.status,
    bodyText: result.body.toString('utf8', 0, maxEvidenceText),
    retryAfterMs: result.retryAfterMs,
    policy: classified.policy,
    method: classified.call.method,
  });
}

function judgeError(
  { lane, classified }: Place,
  result: Answered,
  answer: Extract<Answer, { kind: 'error' }>,
): Verdict {
  return lane.judge.judge({
    kind: 'error',
    status: result.status,
    code: answer.code,
    message: answer.message,
    dataText: answer.data?.toString('utf8', 0, maxEvidenceText) ?? '',
    retryAfterMs: result.retryAfterMs,
    policy: classified.policy,
    method: classified.call.method,
  });
}

/** A good result, unless the upstream is behind what the chain has, or the family hides refusals in results. */
function judgeResult(place: Place, result: Buffer): Verdict {
  const { lane, classified } = place;
  const { policy, call, block } = classified;
  if (policy.showsHead !== undefined || policy.showsBlock !== undefined) {
    const height = shownBy(place, result);
    if (height !== undefined && isHeadBehind(place, height)) return behindVerdict;
  }
  if (policy.nullMayBeLag && isMissingBlock(result, block, lane.pairing().tip)) return behindVerdict;
  if (result.length > maxResultBytes || !lane.judge.readsResults(policy)) return okVerdict;
  return lane.judge.judge({ kind: 'result', result, policy, method: call.method });
}

/** What a result shows of the upstream's head is noted, and compared with what was shown before. */
function isHeadBehind({ lane, upstream, atLeast }: Place, height: number): boolean {
  lane.noteHead(upstream.endpoint, height);
  if (atLeast !== undefined && height < atLeast) return true;
  return lane.shownHead.isBehind(height, lane.pairing().tip);
}

/** Failures in the words operators read; without hosts. */
export const failureWords: Readonly<Record<TransportFailure, string>> = {
  refused: 'connection refused',
  reset: 'connection reset before the answer was whole',
  unreachable: 'no route to the host',
  dns: 'the name could not be resolved',
  tls: 'the TLS handshake failed',
  'connect-timeout': 'no connection in time',
  timeout: 'no answer in time',
  truncated: 'the answer ended too early',
  'bad-http': 'the answer was no HTTP',
  'bad-encoding': 'the answer could not be decoded',
  'too-large': 'the answer is over the size limit',
  'over-budget': 'too many bytes are held already',
  local: 'trouble on our own side',
  aborted: 'given up by us',
};
