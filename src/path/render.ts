import {
  errorPieces,
  faultError,
  type Pieces,
  resultBeginning,
  resultEnd,
  resultPieces,
} from '../codec/reply-pieces.ts';
import type { Answer, AnswerRest } from '../model/answer.ts';
import type { Call, Envelope } from '../model/call.ts';
import { type FaultAnswer, faults } from '../model/faults.ts';
import type { ServerSettings } from '../model/settings.ts';
import type { CacheUse, CallOutcome } from '../model/traffic.ts';
import type { GatewayReply } from '../ports/handle.ts';
import type { Lane } from './lane.ts';
import type { Answered } from './trip.ts';

/** One call's reply: its bytes (none for a notification), what came of it, and what the headers say. */
export interface CallReply {
  readonly pieces: Pieces;
  /** What comes after the pieces, where the answer is too large to be held. */
  readonly rest?: AnswerRest;
  readonly outcome: CallOutcome;
  readonly status: number;
  readonly facts: ReplyFacts | undefined;
  readonly retryAfterSeconds: number | undefined;
}

/** What the answer's headers tell of the call's journey. */
export interface ReplyFacts {
  /** `provider/endpoint`. */
  readonly upstream: string | undefined;
  readonly attempts: number;
  readonly height: number | undefined;
  readonly degraded: string | undefined;
  readonly cache: CacheUse;
}

const nothing: Pieces = [];
const nullId = Buffer.from('null');

/** Renders an answer under the client's own id; a notification gets none. */
export function renderAnswer(call: Call, { answer, facts }: Answered): CallReply {
  const outcome = answer.kind === 'result' ? 'ok' : 'error';
  const rest = answer.kind === 'result' && call.id !== undefined ? answer.rest : undefined;
  const pieces = piecesOf(call, answer);
  // No spread here: the engine gives each spread object that grows a shape of its own.
  if (rest === undefined) return { pieces, outcome, status: 200, facts, retryAfterSeconds: undefined };
  return { pieces, outcome, status: 200, facts, retryAfterSeconds: undefined, rest: closeWith(rest, resultEnd) };
}

function piecesOf({ id, envelope }: Call, answer: Answer): Pieces {
  if (id === undefined) return nothing;
  if (answer.kind === 'error') return errorPieces(id, answer.error, envelope);
  return answer.rest === undefined
    ? resultPieces(id, answer.result, envelope)
    : resultBeginning(id, answer.rest.beginning, envelope);
}

/** What comes after the beginning, and after its end the end of what surrounds it. */
function closeWith(rest: AnswerRest, end: Buffer): AnswerRest {
  let isClosed = false;
  return {
    beginning: [],
    cancel: () => rest.cancel(),
    async read() {
      const piece = await rest.read();
      if (piece.kind !== 'ended' || isClosed) return piece;
      isClosed = true;
      return { kind: 'bytes', bytes: end };
    },
  };
}

/** What is left of a call whose client has gone: no bytes, counted under its own name. */
export const abandoned: CallReply = {
  pieces: nothing,
  outcome: 'client-gone',
  status: 200,
  facts: undefined,
  retryAfterSeconds: undefined,
};

/** Who is answered with a fault: a call, or a body that held none. */
export interface Addressee {
  readonly id: Buffer | undefined;
  /** A notification gets no answer, not even this. */
  readonly silent: 'silent' | 'answered';
  /** What the caller speaks; absent means JSON-RPC 2.0. */
  readonly envelope?: Envelope | undefined;
  readonly lane: Lane | undefined;
}

/** Renders an answer of the gateway itself. */
export function renderFault(answer: FaultAnswer, { id, silent, envelope, lane }: Addressee): CallReply {
  const isRateLimit = answer.fault === 'RATE_LIMITED';
  const code = isRateLimit && lane !== undefined ? lane.spec.rateLimitedCode : faults[answer.fault].code;
  return {
    pieces: silent === 'silent' ? nothing : errorPieces(id ?? nullId, faultError(answer, code), envelope),
    outcome: answer.fault,
    status: answer.http ?? faults[answer.fault].http,
    facts: undefined,
    retryAfterSeconds: answer.retryAfterSeconds,
  };
}

const plainHeaders: Readonly<Record<string, string>> = { 'content-type': 'application/json' };

/** The HTTP answer to a single call. A notification is answered with no content, whatever became of it. */
export function replyToCall(reply: CallReply, settings: ServerSettings): GatewayReply {
  const headers = headersOf(reply, settings);
  if (reply.pieces.length === 0) return { status: 204, headers, body: undefined };
  const status = settings.faultStatus === 'always-200' ? 200 : reply.status;
  const whole = { status, headers, body: reply.pieces };
  return reply.rest === undefined ? whole : { ...whole, rest: reply.rest };
}

/** The HTTP answer to a batch: 200, whatever its calls came to; no content where all were notifications. */
export function replyToBatch(pieces: Pieces): GatewayReply {
  if (pieces.length === 0) return { status: 204, headers: plainHeaders, body: undefined };
  return { status: 200, headers: plainHeaders, body: pieces };
}

function headersOf(reply: CallReply, settings: ServerSettings): Readonly<Record<string, string>> {
  const { facts, retryAfterSeconds } = reply;
  if (settings.headers === 'off' && retryAfterSeconds === undefined) return plainHeaders;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (retryAfterSeconds !== undefined) headers['retry-after'] = String(retryAfterSeconds);
  if (reply.outcome === 'SHUTTING_DOWN') headers.connection = 'close';
  if (facts === undefined || settings.headers === 'off') return headers;
  if (facts.upstream !== undefined) headers['x-switchyard-upstream'] = facts.upstream;
  headers['x-switchyard-attempts'] = String(facts.attempts);
  headers['x-switchyard-cache'] = facts.cache;
  if (facts.height !== undefined) headers['x-switchyard-height'] = String(facts.height);
  if (facts.degraded !== undefined) headers['x-switchyard-degraded'] = facts.degraded;
  return headers;
}
