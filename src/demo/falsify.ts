import { isRecord } from '../model/json-path.ts';
import { callsOf, parseJson, type WireCall, type WireRequest } from './wire-request.ts';

/** What a lying provider says in place of a result. */
export type Lie = (call: WireCall, result: unknown) => unknown;

/** A height no chain has. */
const farHeight = 1_000_000_000;

const blockTags: ReadonlySet<unknown> = new Set(['latest', 'pending', 'safe', 'finalized']);

/** Claims a newest block far beyond the chain's; older blocks are as they are. */
export const farAhead: Lie = ({ method, params }, result) => {
  if (method === 'eth_blockNumber') return hex(farHeight);
  const readsHead = method === 'eth_getBlockByNumber' && blockTags.has(params[0]);
  return readsHead && isRecord(result) ? { ...result, number: hex(farHeight) } : result;
};

/** Claims to be of another chain. */
export function wrongChain(chainId: number): Lie {
  return ({ method }, result) => {
    if (method === 'eth_chainId') return hex(chainId);
    return method === 'net_version' ? String(chainId) : result;
  };
}

/** Members that say where the chain stands: with them wrong, it would be another fault. */
const trueMembers: ReadonlySet<string> = new Set(['number', 'blockNumber', 'timestamp']);

const trueMethods: ReadonlySet<string> = new Set(['eth_chainId', 'net_version', 'eth_blockNumber']);

/** Tells its height and its chain as they are, and the last digit of everything else wrong. */
export const wrongData: Lie = ({ method }, result) => (trueMethods.has(method) ? result : corrupted(result));

function corrupted(value: unknown): unknown {
  if (typeof value === 'string') return otherDigit(value);
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return value.map(corrupted);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, member]) => [key, trueMembers.has(key) ? member : corrupted(member)]));
}

/** Stays a hex text of the same length; `0x` alone stays itself. */
function otherDigit(text: string): string {
  const digit = Number.parseInt(text.slice(-1), 16);
  return Number.isNaN(digit) ? text : `${text.slice(0, -1)}${(digit ^ 1).toString(16)}`;
}

function hex(count: number): string {
  return `0x${count.toString(16)}`;
}

/** Tells a lie in every result of an answer's body; errors, and what is no answer, stay as they are. Never throws. */
export function falsify(body: Buffer, request: WireRequest, lie: Lie): Buffer {
  const calls = callsOf(request);
  return rewritten(body, (entry, position) => {
    const call = calls.find(({ id }) => id === entry.id) ?? calls[position];
    return call !== undefined && 'result' in entry ? { ...entry, result: lie(call, entry.result) } : entry;
  });
}

/** Puts another id into every answer of a body. Never throws. */
export function mistakeIds(body: Buffer): Buffer {
  return rewritten(body, (entry) => ({ ...entry, id: typeof entry.id === 'number' ? entry.id + 7_919 : 7_919 }));
}

type Rewrite = (entry: Readonly<Record<string, unknown>>, position: number) => unknown;

function rewritten(body: Buffer, rewrite: Rewrite): Buffer {
  const value = parseJson(body);
  const one = (entry: unknown, position: number): unknown => (isRecord(entry) ? rewrite(entry, position) : entry);
  if (value === undefined) return body;
  return Buffer.from(JSON.stringify(Array.isArray(value) ? value.map(one) : one(value, 0)));
}
