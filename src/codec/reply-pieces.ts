import type { Envelope } from '../model/call.ts';
import type { FaultAnswer } from '../model/faults.ts';

/** A reply's bytes, in the order in which they go out; their sum is the reply. */
export type Pieces = readonly Buffer[];

/** From this size on a result or an error is sent as it lies, not copied. Below it one copy is cheaper than one more write to a socket. */
export const joinBelowBytes = 32 * 1024;

/** A run of small pieces is cut here, so that a large batch asks for no huge block of memory. */
const maxRunBytes = 256 * 1024;

const closeReply = Buffer.from('}');

/** The bytes after a result that was streamed. */
export const resultEnd: Buffer = closeReply;

/** The fixed bytes before the id, and between the id and the value. */
interface Frame {
  readonly head: Buffer;
  readonly middle: Buffer;
}

const resultFrames: Readonly<Record<Envelope, Frame>> = {
  '2.0': frame('{"jsonrpc":"2.0","id":', ',"result":'),
  legacy: frame('{"id":', ',"error":null,"result":'),
};
const errorFrames: Readonly<Record<Envelope, Frame>> = {
  '2.0': frame('{"jsonrpc":"2.0","id":', ',"error":'),
  legacy: frame('{"id":', ',"result":null,"error":'),
};

const nullId = Buffer.from('null');
const openBatch = Buffer.from('[');
const comma = Buffer.from(',');
const closeBatch = Buffer.from(']');

function frame(head: string, middle: string): Frame {
  return { head: Buffer.from(head), middle: Buffer.from(middle) };
}

/** Renders a result under the client's own id. One piece below 32 KiB; above, the result's bytes are not copied. */
export function resultPieces(id: Buffer, result: Buffer, envelope: Envelope = '2.0'): Pieces {
  const { head, middle } = resultFrames[envelope];
  return joinSmall([head, id, middle, result, closeReply]);
}

/**
 * Renders the beginning of a result that is too large to be held; what is to come of it, and then `resultEnd`, make it whole.
 */
export function resultBeginning(id: Buffer, beginning: Pieces, envelope: Envelope = '2.0'): Pieces {
  const { head, middle } = resultFrames[envelope];
  return joinSmall([head, id, middle, ...beginning]);
}

/** Renders an error object under the client's own id. In pieces as a result is. */
export function errorPieces(id: Buffer, error: Buffer, envelope: Envelope = '2.0'): Pieces {
  const { head, middle } = errorFrames[envelope];
  return joinSmall([head, id, middle, error, closeReply]);
}

/** Renders an answer of the gateway itself; an undefined id is answered as null. `code` is the fault's own, or the chain's for it. */
export function faultPieces(id: Buffer | undefined, answer: FaultAnswer, code: number): Pieces {
  return errorPieces(id ?? nullId, faultError(answer, code));
}

/**
 * The error object of a fault. `data.fault` is what clients decide by. `data.retryAfterSeconds` says again what the header
 * `Retry-After` says: in a batch and over WebSocket there is no header.
 */
export function faultError(answer: FaultAnswer, code: number): Buffer {
  const { fault, message, retryAfterSeconds, data } = answer;
  const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  return Buffer.from(JSON.stringify({ code, message, data: { fault, ...wait, ...data } }));
}

/**
 * Renders a batch's replies in their order. Notifications have none and are left out by the caller; where no reply is left there are
 * no pieces at all, since JSON-RPC answers such a batch with nothing, not with `[]`.
 */
export function batchPieces(replies: readonly Pieces[]): Pieces {
  if (replies.length === 0) return [];
  const pieces = replies.flatMap((reply, i) => (i === 0 ? reply : [comma, ...reply]));
  return joinSmall([openBatch, ...pieces, closeBatch]);
}

/** Copies runs of small pieces together; large ones stay as they are. */
function joinSmall(pieces: Pieces): Pieces {
  const joined: Buffer[] = [];
  let run: Buffer[] = [];
  let runBytes = 0;
  for (const piece of pieces) {
    const isLarge = piece.length >= joinBelowBytes;
    if (run.length > 0 && (isLarge || runBytes + piece.length > maxRunBytes)) {
      joined.push(join(run, runBytes));
      run = [];
      runBytes = 0;
    }
    if (isLarge) joined.push(piece);
    else {
      run.push(piece);
      runBytes += piece.length;
    }
  }
  if (run.length > 0) joined.push(join(run, runBytes));
  return joined;
}

function join(run: Pieces, bytes: number): Buffer {
  const joined = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const piece of run) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
