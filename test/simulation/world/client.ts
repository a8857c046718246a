import type { GatewayReply, GatewayRequest } from '../../../src/ports/handle.ts';
import type { CallRecord, CallReply } from '../watch.ts';
import { callText } from './sim-call.ts';

/** One visit of a client: calls that go in together, and how. */
export interface Visit {
  readonly chain: string;
  readonly records: readonly CallRecord[];
  readonly style: CallRecord['style'];
  readonly steering: ReadonlyMap<string, string>;
}

/** The request of a visit, as the door hands it over. */
export function requestOf({ chain, records, style, steering }: Visit): GatewayRequest {
  const texts = records.map(({ call }) => callText(call, style === 'notification' ? 'notification' : 'call'));
  const body = Buffer.from(style === 'batch' ? `[${texts.join(',')}]` : (texts[0] ?? ''));
  return { chain, body, client: { address: '127.0.0.1', loopback: true }, steering };
}

/**
 * What each call of a visit got: by its id, whatever the order. A call without an answer is left out, one with two is there
 * twice; an answer without an id, given before anything was read, is everybody's, under the number -1.
 */
export function repliesIn(reply: GatewayReply, at: number): readonly (readonly [number, CallReply])[] {
  const text = Buffer.concat(reply.body ?? []).toString();
  if (text === '') return [];
  const parsed: unknown = JSON.parse(text);
  const answers: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  const shown = Number(reply.headers['x-switchyard-height'] ?? Number.NaN);
  const height = Number.isNaN(shown) ? undefined : shown;
  return answers.map((answer) => [idOf(answer), readReply(answer, { at, height })]);
}

interface Envelope {
  readonly id?: unknown;
  readonly result?: unknown;
  readonly error?: {
    readonly code?: unknown;
    readonly message?: unknown;
    readonly data?: { readonly fault?: unknown };
  };
}

function idOf(answer: unknown): number {
  const { id } = envelope(answer);
  return id === null ? -1 : Number(id);
}

function readReply(
  answer: unknown,
  { at, height }: { readonly at: number; readonly height: number | undefined },
): CallReply {
  const { result, error } = envelope(answer);
  if (error === undefined) return { kind: 'result', at, result, height };
  const fault = error.data?.fault;
  if (typeof fault === 'string') return { kind: 'fault', at, fault, words: JSON.stringify(error.data) };
  return { kind: 'error', at, code: Number(error.code), message: String(error.message) };
}

function envelope(answer: unknown): Envelope {
  return typeof answer === 'object' && answer !== null ? answer : {};
}
