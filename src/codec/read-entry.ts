import type { Call, Envelope } from '../model/call.ts';
import type { FaultAnswer } from '../model/faults.ts';
import type { Members } from './members.ts';
import { refuseRequest } from './refusal.ts';
import { isContainer, isNull, isNumber, isString, type Span, stringAt, viewOf } from './span.ts';

/** One member of a request body: a call, or the answer to what was none. `id` is the client's own, where it could be told. */
export type Entry =
  | { readonly kind: 'call'; readonly call: Call }
  | { readonly kind: 'refused'; readonly answer: FaultAnswer; readonly id: Buffer | undefined };

/** The members of a request that mean something; all others are dropped. */
export const requestNames = ['jsonrpc', 'id', 'method', 'params'] as const;

const idBit = 1 << requestNames.indexOf('id');
const nullId = Buffer.from('null');

/** The longest method name taken, in UTF-16 units: no chain has one of half that length. */
const maxMethodLength = 256;
/** The same as written: a quote on either side, six bytes for the longest escape. */
const maxMethodBytes = maxMethodLength * 6 + 2;
/** The same for `"2.0"`. */
const maxVersionBytes = 3 * 6 + 2;

/**
 * Reads one request object, its members found before. Total: what is no call becomes a refusal that names the member and its place.
 *
 * A member that stands twice is refused whatever it says, since we and the upstream might disagree on which of the two counts.
 */
export function readEntry(members: Members, envelope: Envelope): Entry {
  const { bytes } = members.walk;
  const [jsonrpc, id, method, params] = members.found;
  const ownId = id !== undefined && isId(bytes, id) && (members.repeated & idBit) === 0 ? viewOf(bytes, id) : undefined;
  const refuse = (complaint: string): Entry => ({ kind: 'refused', answer: refuseRequest(complaint), id: ownId });
  if (members.repeated !== 0) return refuse(`The request repeats its member "${firstRepeated(members)}"`);
  if (id !== undefined && ownId === undefined)
    return refuse(`"id" at byte ${id.start} must be a string, a number or null`);
  const spoken = envelopeOf(bytes, jsonrpc);
  if (spoken === undefined || (spoken === 'legacy' && envelope === '2.0')) return refuse(complainOfVersion(jsonrpc));
  const name = method === undefined ? undefined : methodAt(bytes, method);
  if (name === undefined) return refuse(complainOfMethod(method));
  if (params !== undefined && !isContainer(bytes, params) && !isNull(bytes, params))
    return refuse(`"params" at byte ${params.start} must be an array or an object`);
  return { kind: 'call', call: callOf({ id: ownId, method: name, params: viewIfAny(bytes, params) }, spoken) };
}

/** JSON-RPC 1.x knows no request without an answer: Bitcoin Core answers a missing id with null. */
function callOf(call: Call, spoken: Envelope): Call {
  return spoken === '2.0' ? call : { ...call, id: call.id ?? nullId, envelope: spoken };
}

function viewIfAny(bytes: Buffer, span: Span | undefined): Buffer | undefined {
  return span === undefined ? undefined : viewOf(bytes, span);
}

function isId(bytes: Buffer, span: Span): boolean {
  return isString(bytes, span) || isNumber(bytes, span) || isNull(bytes, span);
}

function firstRepeated(members: Members): string {
  return members.names.find((_, i) => (members.repeated & (1 << i)) !== 0) ?? '';
}

/** The dialect a request says it speaks; undefined where it is none that we know. */
function envelopeOf(bytes: Buffer, jsonrpc: Span | undefined): Envelope | undefined {
  if (jsonrpc === undefined) return 'legacy';
  if (!isString(bytes, jsonrpc) || jsonrpc.end - jsonrpc.start > maxVersionBytes) return undefined;
  const version = stringAt(bytes, jsonrpc);
  if (version === '2.0') return '2.0';
  return version === '1.0' || version === '1.1' ? 'legacy' : undefined;
}

function complainOfVersion(jsonrpc: Span | undefined): string {
  return jsonrpc === undefined
    ? 'The request lacks "jsonrpc":"2.0"'
    : `"jsonrpc" at byte ${jsonrpc.start} must be the string "2.0"`;
}

/** The name, escapes undone; undefined where it is no string, empty, too long or with control characters in it. */
function methodAt(bytes: Buffer, span: Span): string | undefined {
  if (!isString(bytes, span) || span.end - span.start > maxMethodBytes) return undefined;
  const name = stringAt(bytes, span);
  return name !== '' && name.length <= maxMethodLength && !hasControl(name) ? name : undefined;
}

function hasControl(name: string): boolean {
  for (let i = 0; i < name.length; i += 1) {
    const unit = name.charCodeAt(i);
    if (unit < 0x20 || (unit >= 0x7f && unit < 0xa0)) return true;
  }
  return false;
}

function complainOfMethod(method: Span | undefined): string {
  if (method === undefined) return 'The request has no "method"';
  return `"method" at byte ${method.start} must be a string of 1 to ${maxMethodLength} characters without control characters`;
}
