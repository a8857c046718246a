import type { Fault, FaultKind } from './fault.ts';

/** One switch of a provider, as doors and keyboard offer it. */
export interface Switch {
  readonly name: FaultKind;
  /** The key that throws it. */
  readonly key: string;
  /** What the provider then does, for the legend. */
  readonly says: string;
  /** The number it takes, as `?n=…`. */
  readonly number?: SwitchNumber;
}

/** The number of a switch; bounds are inclusive. */
export interface SwitchNumber {
  readonly means: string;
  readonly usual: number;
  readonly least: number;
  readonly most: number;
}

/** All switches, in the order of the legend. */
export const switches: readonly Switch[] = [
  { name: 'up', key: 'u', says: 'works again' },
  { name: 'down', key: 'd', says: 'refuses connections' },
  { name: 'killed', key: 'k', says: 'its anvil is killed; up starts it again, and it catches up' },
  {
    name: 'slow',
    key: 's',
    says: 'answers late',
    number: { means: 'milliseconds', usual: 3_000, least: 1, most: 600_000 },
  },
  { name: 'black-hole', key: 'b', says: 'takes calls and never answers' },
  {
    name: 'lagging',
    key: 'l',
    says: 'falls behind and stays behind',
    number: { means: 'blocks', usual: 20, least: 1, most: 500 },
  },
  { name: 'stuck', key: 't', says: 'its newest block stays the newest' },
  {
    name: '429',
    key: '4',
    says: 'answers 429 with Retry-After',
    number: { means: 'seconds', usual: 10, least: 0, most: 3_600 },
  },
  { name: 'errors', key: 'e', says: 'answers every call with error -32603' },
  { name: 'html', key: 'h', says: 'answers 200 with a web page' },
  { name: 'wrong-id', key: 'i', says: 'answers under another id' },
  { name: 'truncated', key: 'j', says: 'answers with half of the JSON' },
  { name: 'cut', key: 'c', says: 'resets the connection in mid-body' },
  { name: 'far-ahead', key: 'f', says: 'claims block 1,000,000,000' },
  {
    name: 'wrong-chain',
    key: 'w',
    says: 'claims another chain id',
    number: { means: 'chain id', usual: 1, least: 1, most: Number.MAX_SAFE_INTEGER },
  },
  { name: 'wrong-data', key: 'x', says: 'answers with wrong data' },
];

/** The fault a switch makes; without a number it takes its usual one. Never throws. */
export function faultOf({ name, number }: Switch, n = number?.usual ?? 0): Fault {
  switch (name) {
    case 'slow':
      return { kind: name, delayMs: n };
    case 'lagging':
      return { kind: name, blocks: n };
    case '429':
      return { kind: name, retryAfterSeconds: n };
    case 'wrong-chain':
      return { kind: name, chainId: n };
    default:
      return { kind: name };
  }
}

/** A fault as somebody asked for it, or why there is none. */
export type FaultReading =
  | { readonly kind: 'read'; readonly fault: Fault }
  | { readonly kind: 'refused'; readonly why: string };

/** Reads a switch by its name and its number as text; no text means the usual number. Never throws. */
export function readFault(name: string, text: string | undefined): FaultReading {
  const found = switches.find((candidate) => candidate.name === name);
  if (found === undefined) return refused(`there is no such switch (${switches.map((each) => each.name).join(', ')})`);
  if (text === undefined) return { kind: 'read', fault: faultOf(found) };
  const { number } = found;
  if (number === undefined) return refused(`${name} takes no number`);
  const n = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (n >= number.least && n <= number.most) return { kind: 'read', fault: faultOf(found, n) };
  return refused(`n must be a number from ${number.least} to ${number.most} (${number.means})`);
}

function refused(why: string): FaultReading {
  return { kind: 'refused', why };
}
