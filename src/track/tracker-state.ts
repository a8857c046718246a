import type { TrackerStateKind } from '../model/events.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { PollPace } from './poll-schedule.ts';

/** When a tracker goes on: at a time, or when the gate changes. There is no third possibility, so none can fall asleep. */
export type Wake = { readonly wakeAt: number } | { readonly waitingFor: 'gate' };

/** Whether a URL may be asked now, and through which upstream; if not, why and until when (monotonic milliseconds). */
export type Gate =
  | { readonly kind: 'open'; readonly upstream: UpstreamKey }
  | { readonly kind: 'closed'; readonly reason: string; readonly until?: number };

/** What a question asks for. */
export type Asked = 'head' | 'finalized';

/** Why a poll came to nothing: each cause has its own count. */
export type PollCause = 'connection' | 'answer' | 'rate' | 'finality' | 'crash';

/** One question on the wire. An answer with another sequence is late, and dropped. */
export interface Pending {
  readonly sequence: number;
  readonly asked: Asked;
  readonly upstream: UpstreamKey;
  readonly connection: 'pooled' | 'fresh';
  readonly sentAt: number;
  /** When it counts as lost even if nobody says so. */
  readonly lostAt: number;
}

/** All that belongs to polls under way or repeated, and to nothing else. Left by `clearInFlight` alone. */
export interface InFlight {
  readonly pending: Pending | undefined;
  /** Failures in a row, by cause. */
  readonly attempts: Readonly<Record<PollCause, number>>;
  /** Polls in a row that client traffic stood in for. */
  readonly skips: number;
  /** Set while the poll under way is the repeat of a broken one. */
  readonly repeat: 'yes' | 'no';
}

/** One tracker: one URL that is polled for its head. */
export interface TrackerState {
  readonly kind: TrackerStateKind;
  /** Why it is where it is, in words without URLs. */
  readonly detail: string;
  readonly wake: Wake;
  readonly inFlight: InFlight;
  /** Number of the last question; never reused. */
  readonly sequence: number;
  readonly lastPoll: 'none' | 'answered' | 'failed';
  /** When a head was last asked for. */
  readonly askedAt?: number;
  /** When the last answered poll was sent. */
  readonly answeredSentAt?: number;
  /** When the finalized height was last asked for. */
  readonly finalizedAt?: number;
  /** Until when the endpoint counts as having no finalized tag. */
  readonly unreadUntil?: number;
  /** Polls that fell due while one was under way, and were left out. */
  readonly overlaps: number;
}

/** What a tracker is told. All times are monotonic milliseconds. */
export type TrackerEvent =
  | { readonly kind: 'woke'; readonly at: number; readonly gate: Gate; readonly trafficAt?: number }
  | { readonly kind: 'answered'; readonly at: number; readonly sequence: number; readonly gate: Gate }
  | {
      readonly kind: 'failed';
      readonly at: number;
      readonly sequence: number;
      readonly failure: PollFailure;
      readonly gate: Gate;
    }
  | { readonly kind: 'finality-unread'; readonly at: number; readonly sequence: number; readonly forMs: number }
  | { readonly kind: 'connected'; readonly at: number }
  | { readonly kind: 'disconnected'; readonly at: number }
  | { readonly kind: 'good-answer-seen'; readonly at: number }
  | { readonly kind: 'gate-changed'; readonly at: number }
  | { readonly kind: 'traffic-resumed'; readonly at: number }
  | { readonly kind: 'crashed'; readonly at: number; readonly detail: string };

/**
 * How a poll failed. `broken`: refused, reset or failed in TLS, so it is repeated at once on a fresh connection; `syncing`:
 * the upstream says so itself; `rate`: it asked us to slow down, which is no failure.
 */
export interface PollFailure {
  readonly cause: 'broken' | 'answer' | 'rate' | 'syncing';
  readonly detail: string;
}

/** What the driver is to send. */
export interface AskEffect {
  readonly kind: 'ask';
  readonly pending: Pending;
  readonly timeoutMs: number;
}

/** The next state (with its wake) and what is to be sent. */
export interface TrackerStep {
  readonly state: TrackerState;
  readonly effects: readonly AskEffect[];
}

/** What the machine works by: the tracker's name for its phase, its pace, and whether finality is read. */
export interface TrackerPolicy {
  readonly tracker: string;
  readonly pace: PollPace;
  readonly finality: 'read' | 'reckoned';
}

/** Nothing under way, nothing counted. */
export const nothingInFlight: InFlight = {
  pending: undefined,
  attempts: { connection: 0, answer: 0, rate: 0, finality: 0, crash: 0 },
  skips: 0,
  repeat: 'no',
};

/** A tracker that was just created: due at once. */
export function newTracker(at: number): TrackerState {
  return {
    kind: 'waiting-for-connection',
    detail: 'not asked yet',
    wake: { wakeAt: at },
    inFlight: nothingInFlight,
    sequence: 0,
    lastPoll: 'none',
    overlaps: 0,
  };
}

/** Clears all that is in flight: the pending question, the counts of failures and skips, the repeat. The only way to. */
export function clearInFlight(state: TrackerState): TrackerState {
  return { ...state, inFlight: nothingInFlight };
}

/** True while what the tracker says of its head counts: it follows, and its last poll was answered. */
export function isFollowing(state: TrackerState): boolean {
  return state.kind === 'following' && state.lastPoll === 'answered';
}

/** Ends the question under way and counts one more failure of its cause; the counts of other causes stay. */
export function counting(state: TrackerState, cause: PollCause): TrackerState {
  const attempts = { ...state.inFlight.attempts, [cause]: state.inFlight.attempts[cause] + 1 };
  return { ...state, inFlight: { ...state.inFlight, pending: undefined, repeat: 'no', attempts } };
}
