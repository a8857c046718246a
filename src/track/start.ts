import type { ChainState } from '../model/pairing.ts';

/** The first block a cold start rests on. */
export interface SafeHead {
  readonly height: number;
  readonly hash?: string;
}

/** Where one chain's start stands. `origin` absent: it was resumed, or none was found yet. */
export interface StartState {
  readonly kind: ChainState;
  /** Since when, monotonic milliseconds. */
  readonly since: number;
  /** In words, with what to do where something is to be done. */
  readonly detail: string;
  readonly origin?: SafeHead;
  /** Present while the origin rests on one witness although there are more. */
  readonly degraded?: 'single-witness';
  /** What a halted chain goes back to. */
  readonly before?: StartState;
}

/** What a chain's start is told. Times are monotonic milliseconds. */
export type StartEvent =
  | { readonly kind: 'started'; readonly at: number; readonly memory: 'restored' | 'empty' }
  | { readonly kind: 'safe-head-agreed'; readonly at: number; readonly origin: SafeHead; readonly witnesses: number }
  | { readonly kind: 'ring-filled'; readonly at: number }
  | { readonly kind: 'store-contradicted'; readonly at: number }
  | { readonly kind: 'identities-judged'; readonly at: number; readonly verdict: 'all-wrong' | 'some-may-serve' };

/** What the start depends on. */
export interface StartPolicy {
  /** Whether anything needs the ring filled before the chain counts as running. */
  readonly needsRing: 'yes' | 'no';
  /** Witnesses there could be. */
  readonly configured: number;
}

/** After so long one witness will do. */
export const loneWitnessAfterMs = 30_000;

const wrongChain =
  'every upstream is of another chain than configured; correct the URLs, or the chain (`spec`, `chainId`) in the configuration';

/** A chain nobody started yet. */
export const notStarted: StartState = { kind: 'not-started', since: 0, detail: 'not started' };

/**
 * Advances one chain's start by one event.
 *
 * What was remembered always wins: such a chain is running at once, without asking anybody (or fills its ring first, where
 * something needs it). Otherwise the chain waits for a safe head, fills the ring where needed, and runs. It halts while
 * every upstream is of another chain, and then goes on where it was. The wall clock decides nothing. Never throws.
 */
export function nextStart(state: StartState, event: StartEvent, policy: StartPolicy): StartState {
  if (event.kind === 'identities-judged') return judgedBy(state, event);
  if (state.kind === 'halted' && state.before !== undefined) {
    return { ...state, before: nextStart(state.before, event, policy) };
  }
  switch (event.kind) {
    case 'started':
      return state.kind === 'not-started' ? begun(event, policy) : state;
    case 'safe-head-agreed':
      return onSafeHead(state, event, policy);
    case 'ring-filled':
      return state.kind === 'backfilling' ? { ...state, kind: 'running', since: event.at, detail: 'running' } : state;
    case 'store-contradicted':
      return waitingSince(event.at, 'what was remembered is of another chain; waiting for a safe head');
  }
}

/** Witnesses that must agree on the safe head: two, or one where there is only one or the wait was long. */
export function witnessesNeeded(state: StartState, at: number, policy: StartPolicy): 1 | 2 {
  if (policy.configured <= 1) return 1;
  return state.kind === 'waiting-safe-head' && at - state.since >= loneWitnessAfterMs ? 1 : 2;
}

function begun({ at, memory }: Extract<StartEvent, { kind: 'started' }>, policy: StartPolicy): StartState {
  if (memory === 'empty') return waitingSince(at, 'waiting for a first safe head');
  return policy.needsRing === 'yes'
    ? { kind: 'backfilling', since: at, detail: 'resumed; the ring is being compared and filled' }
    : { kind: 'running', since: at, detail: 'resumed' };
}

function waitingSince(at: number, detail: string): StartState {
  return { kind: 'waiting-safe-head', since: at, detail };
}

function onSafeHead(
  state: StartState,
  { at, origin, witnesses }: Extract<StartEvent, { kind: 'safe-head-agreed' }>,
  policy: StartPolicy,
): StartState {
  if (state.kind !== 'waiting-safe-head') return witnesses >= 2 ? withoutDegraded(state) : state;
  if (witnesses < witnessesNeeded(state, at, policy)) return state;
  const isLone = witnesses < 2 && policy.configured > 1;
  const found = { since: at, origin, ...(isLone ? { degraded: 'single-witness' as const } : {}) };
  return policy.needsRing === 'yes'
    ? { kind: 'backfilling', detail: `filling the ring around block ${origin.height}`, ...found }
    : { kind: 'running', detail: 'running', ...found };
}

function withoutDegraded(state: StartState): StartState {
  if (state.degraded === undefined) return state;
  const { degraded: _, ...rest } = state;
  return rest;
}

function judgedBy(state: StartState, event: Extract<StartEvent, { kind: 'identities-judged' }>): StartState {
  if (event.verdict === 'some-may-serve') return state.kind === 'halted' ? (state.before ?? state) : state;
  if (state.kind === 'halted' || state.kind === 'not-started') return state;
  return { kind: 'halted', since: event.at, detail: wrongChain, before: state };
}
