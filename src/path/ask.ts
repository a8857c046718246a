import { maxEvidenceText } from '../classify/evidence.ts';
import type { Judge } from '../classify/judge.ts';
import { readAnswer } from '../codec/read-answer.ts';
import { readJsonValue } from '../codec/read-json-value.ts';
import { writeCall } from '../codec/write-call.ts';
import type { SendResult } from '../model/answer.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { MethodPolicy } from '../model/method-policy.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Account } from '../ports/account.ts';
import type { Ask, Question, Reply } from '../ports/ask.ts';
import type { Clock } from '../ports/clock.ts';
import type { Meter } from '../ports/meter.ts';
import type { Transport } from '../ports/transport.ts';
import { failureWords } from './judgement.ts';

/** What questions of our own need: the same rooms and edges as a client's call. */
export interface AskDeps {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly meter: Meter;
  readonly spec: ChainSpec;
  readonly judge: Judge;
  /** Who is billed for an upstream; undefined where nobody counts, absent where nobody counts at all. */
  accountOf?(upstream: UpstreamKey): Account | undefined;
}

/** Answers to questions of our own are small: a head, a chain id. */
const maxReplyBytes = 4 * 1024 * 1024;

/** Creates what the control plane asks with: polls, probes, backfill. Never rejects. */
export function createAsk(deps: AskDeps): Ask {
  let lastId = 0;
  return (question) =>
    new Promise((resolve) => {
      lastId += 1;
      const id = lastId;
      const sentAt = deps.clock.now();
      deps.meter.upstream(question.upstream).sent(question.purpose);
      deps.accountOf?.(question.upstream)?.charge(question.purpose, policyOf(deps, question).cost);
      deps.transport.send(
        {
          upstream: question.upstream,
          body: writeCall({ method: question.method, params: Buffer.from(question.params) }, id),
          timeoutMs: question.timeoutMs,
          maxBytes: maxReplyBytes,
          connection: question.connection,
          resend: 'reads',
        },
        (result) => resolve(readReply(deps, question, { result, id, sentAt })),
      );
    });
}

function policyOf({ spec }: AskDeps, { method }: Question): MethodPolicy {
  return spec.methods.get(method) ?? spec.unknownMethod;
}

type FailedReply = Extract<Reply, { readonly kind: 'failed' }>;

interface Received {
  readonly result: SendResult;
  readonly id: number;
  readonly sentAt: number;
}

function readReply(deps: AskDeps, question: Question, { result, id, sentAt }: Received): Reply {
  const at = deps.clock.now();
  const { connection } = result;
  const asked = { policy: policyOf(deps, question), method: question.method };
  const failed = (verdict: Verdict, detail: string): FailedReply => {
    return { kind: 'failed', verdict, detail, connection, sentAt, at };
  };
  if (result.kind === 'failed') {
    const verdict = deps.judge.judge({ kind: 'transport', failure: result.failure, ...asked });
    return { ...failed(verdict, failureWords[result.failure]), failure: result.failure };
  }
  const { status, retryAfterMs } = result;
  const reading = readAnswer(result.body, id);
  if (reading.kind === 'malformed') {
    const bodyText = result.body.toString('utf8', 0, maxEvidenceText);
    const verdict = deps.judge.judge({ kind: 'malformed', status, bodyText, retryAfterMs, ...asked });
    return failed(verdict, `HTTP ${status}: ${reading.detail}`);
  }
  const { answer } = reading;
  if (answer.kind === 'result') return { kind: 'result', value: readJsonValue(answer.result), sentAt, at };
  const dataText = answer.data?.toString('utf8', 0, maxEvidenceText) ?? '';
  const { code, message } = answer;
  const verdict = deps.judge.judge({ kind: 'error', status, code, message, dataText, retryAfterMs, ...asked });
  return failed(verdict, `error ${code}`);
}
