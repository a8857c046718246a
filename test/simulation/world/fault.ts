import type { Span } from './chain-history.ts';

/** What can be wrong with one URL for a while. `share` is the part of the requests that are met so. */
export type Fault =
  /** Nobody listens. */
  | { readonly kind: 'refused' }
  /** No route to it, or no address. */
  | { readonly kind: 'unreachable'; readonly failure: 'unreachable' | 'dns' }
  /** Takes what it is sent and never says a word; `connect`: does not even take it. */
  | { readonly kind: 'black-hole'; readonly stage: 'connect' | 'answer' }
  | { readonly kind: 'slow'; readonly addedMs: number }
  | { readonly kind: 'resets'; readonly share: number }
  /** The connection ends in the middle of the answer, though the work was done. */
  | { readonly kind: 'breaks-off'; readonly failure: 'truncated' | 'reset'; readonly share: number }
  | { readonly kind: 'page'; readonly status: number; readonly share: number }
  | { readonly kind: 'wrong-id'; readonly share: number }
  | { readonly kind: 'status'; readonly status: number; readonly share: number }
  | { readonly kind: 'internal-error'; readonly share: number }
  /** One method fails, or never answers. */
  | { readonly kind: 'method-broken'; readonly method: string; readonly how: 'error' | 'silent' }
  | {
      readonly kind: 'rate-limited';
      readonly perSecond: number;
      readonly form: 'status' | 'error';
      readonly retryAfterMs: number | undefined;
    }
  | { readonly kind: 'quota-spent' }
  /** It sees the chain so much later than others. */
  | { readonly kind: 'lags'; readonly byMs: number }
  /** Its head stands where it was when this began. */
  | { readonly kind: 'stuck' }
  | { readonly kind: 'claims-ahead'; readonly blocks: number }
  /** Blocks as of an hour from now, and their times too, unless it says that they are of now. */
  | { readonly kind: 'hour-ahead'; readonly times?: 'of-now' }
  | { readonly kind: 'lies' }
  | { readonly kind: 'other-chain'; readonly chainId: string }
  /** On another branch from so many blocks below the newest on, as of when this began. */
  | { readonly kind: 'forked'; readonly depth: number }
  /** Keeps the state of so many blocks only. */
  | { readonly kind: 'pruned'; readonly keeps: number };

/** One fault of one URL, for a while. */
export interface Phase extends Span {
  readonly fault: Fault;
}

/** All that goes wrong with one URL, in the order of its beginnings. */
export type FaultProgram = readonly Phase[];

/** The phases under way at a moment. */
export function phasesAt(program: FaultProgram, at: number): readonly Phase[] {
  return program.filter((phase) => phase.from <= at && at < phase.to);
}

/** Faults that say nothing against an upstream: none of them may ever block it. */
const harmless: ReadonlySet<Fault['kind']> = new Set<Fault['kind']>([
  'rate-limited',
  'quota-spent',
  'lags',
  'lies',
  'pruned',
]);

/** True for a fault for which an upstream may be blocked. `slow` is one: it may pass a deadline. */
export function isBlamable({ kind }: Fault): boolean {
  return !harmless.has(kind);
}

/** One fault in few words, for traces. */
export function faultWords(fault: Fault): string {
  const facts = Object.entries(fault).filter(([key]) => key !== 'kind');
  return [fault.kind, ...facts.map(([, value]) => String(value))].join(' ');
}
