import { falsify, farAhead, type Lie, mistakeIds, wrongChain, wrongData } from './falsify.ts';
import type { Fault } from './fault.ts';
import { jsonAnswer, type WireAnswer } from './wire-answer.ts';
import type { WireCall, WireRequest } from './wire-request.ts';

/** What a provider's door does with a request it has read. */
export type Treatment =
  | { readonly kind: 'answer'; readonly answer: WireAnswer; readonly delayMs: number }
  /** Promises the whole answer, sends half of it and resets the connection. */
  | { readonly kind: 'cut'; readonly answer: WireAnswer }
  /** Keeps the connection and says nothing. */
  | { readonly kind: 'silence' }
  /** Resets the connection without a word. */
  | { readonly kind: 'reset' };

/** Answers without a delay. */
export function answerWith(answer: WireAnswer): Treatment {
  return { kind: 'answer', answer, delayMs: 0 };
}

/** What a fault does before anything was carried out; undefined where the call goes its way. Never throws. */
export function refuseExchange(fault: Fault, request: WireRequest): Treatment | undefined {
  switch (fault.kind) {
    case 'black-hole':
      return { kind: 'silence' };
    case 'down':
    case 'killed':
      return { kind: 'reset' };
    case '429':
      return answerWith(tooManyRequests(fault.retryAfterSeconds));
    case 'errors':
      return answerWith(internalErrors(request));
    case 'html':
      return answerWith(webPage);
    default:
      return undefined;
  }
}

/** What a fault does with the answer to a call that was carried out. Never throws. */
export function treatAnswer(fault: Fault, request: WireRequest, answer: WireAnswer): Treatment {
  const lie = lieOf(fault);
  if (lie !== undefined) return answerWith({ ...answer, body: falsify(answer.body, request, lie) });
  switch (fault.kind) {
    case 'slow':
      return { kind: 'answer', answer, delayMs: fault.delayMs };
    case 'wrong-id':
      return answerWith({ ...answer, body: mistakeIds(answer.body) });
    case 'truncated':
      return answerWith({ ...answer, body: firstHalf(answer.body) });
    case 'cut':
      return { kind: 'cut', answer };
    default:
      return answerWith(answer);
  }
}

/** The first half of bytes, at least one of them missing. */
export function firstHalf(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length >> 1);
}

/** An error answer of JSON-RPC 2.0 to one call. */
export function errorEntry({ id }: WireCall, code: number, message: string): unknown {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

function lieOf(fault: Fault): Lie | undefined {
  switch (fault.kind) {
    case 'far-ahead':
      return farAhead;
    case 'wrong-chain':
      return wrongChain(fault.chainId);
    case 'wrong-data':
      return wrongData;
    default:
      return undefined;
  }
}

function tooManyRequests(retryAfterSeconds: number): WireAnswer {
  const error = { code: -32005, message: 'too many requests' };
  const answer = jsonAnswer({ jsonrpc: '2.0', id: null, error });
  return { ...answer, status: 429, headers: { ...answer.headers, 'retry-after': String(retryAfterSeconds) } };
}

function internalErrors(request: WireRequest): WireAnswer {
  const entry = (call: WireCall): unknown => errorEntry(call, -32603, 'internal error');
  switch (request.kind) {
    case 'single':
      return jsonAnswer(entry(request.call));
    case 'batch':
      return jsonAnswer(request.calls.map(entry));
    case 'other':
      return jsonAnswer(entry({ id: null, method: '', params: [], value: undefined }));
  }
}

const webPage: WireAnswer = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from('<!doctype html><html><body><h1>One moment, please</h1></body></html>\n'),
};
