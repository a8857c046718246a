import type { ClassifiedCall } from '../model/call.ts';
import type { CallMemory, CallRecord } from '../path/call-memory.ts';
import type { AttemptMark } from '../path/trail.ts';
import { type ExplainParts, explainUpstreams } from './explain-call.ts';

/** What past calls are explained by. */
export interface PastParts extends ExplainParts {
  readonly memory?: CallMemory | undefined;
}

/** Says how the calls of a request went, attempt by attempt, and whom each would ask next. Plain data. */
export function explainPast(parts: PastParts, requestId: string): object {
  const { memory } = parts;
  if (memory === undefined) return { error: 'calls are not remembered: explain.remember is 0' };
  const records = memory.recall(requestId);
  if (records.length === 0) return { error: 'no call of this request is remembered' };
  return { request: requestId, calls: records.map((record) => pastCall(parts, record)) };
}

function pastCall(parts: PastParts, record: CallRecord): object {
  const { chain, method, policy, block, facts, fault, trail } = record;
  const { clock } = parts;
  return {
    at: new Date(clock.wall() - (clock.now() - record.startedAt)).toISOString(),
    chain,
    method,
    class: policy.class,
    block,
    ...excerpt(parts, record),
    outcome: record.outcome,
    tookMs: rounded(record.tookMs),
    ...(facts !== undefined && { cache: facts.cache, upstream: facts.upstream, height: facts.height }),
    ...(facts?.degraded !== undefined && { degraded: facts.degraded }),
    ...(fault !== undefined && { fault: { message: fault.message, ...fault.data } }),
    attempts: trail.marks.map((mark) => attemptOf(mark, record.startedAt)),
    ...(trail.attempts > trail.marks.length && { attemptsInAll: trail.attempts }),
    ...next(parts, record),
  };
}

/** The beginning of the params, without what may be secret. */
function excerpt({ find }: PastParts, { chain, params }: CallRecord): object {
  const lane = find(chain)?.lane;
  if (params === undefined || lane === undefined) return {};
  return { params: lane.redact(Buffer.from(params)).toString('utf8') };
}

function attemptOf({ upstream, purpose, sentAt, endedAt, meaning, rule }: AttemptMark, startedAt: number): object {
  return {
    upstream,
    purpose,
    afterMs: rounded(sentAt - startedAt),
    ...(endedAt !== undefined && { tookMs: rounded(endedAt - sentAt) }),
    meaning: meaning ?? 'cancelled',
    ...(rule !== undefined && { rule }),
  };
}

/** Whom the call would ask next, beside those it has asked; nothing where its chain is gone. */
function next(parts: PastParts, { chain, method, policy, block, trail }: CallRecord): object {
  const lane = parts.find(chain)?.lane;
  if (lane === undefined) return {};
  const tried = new Set(trail.marks.map(({ upstream }) => upstream));
  const asked = lane.pairing().upstreams.flatMap(({ endpoint: { key, index } }) => (tried.has(key) ? [index] : []));
  const classified: ClassifiedCall = { call: { id: undefined, method, params: undefined }, policy, block };
  return { next: explainUpstreams(parts, { lane, classified, asked }) };
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
