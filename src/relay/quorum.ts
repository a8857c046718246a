import type { Quorum } from '../model/quorum.ts';

/**
 * One group's part in a quorum. Its place in the list is its slot. A `firm` vote is an answer that asking again would not change;
 * a `weak` one an error that another upstream may not give: it counts only where nothing firm decides.
 */
export type Voter =
  | { readonly kind: 'asked' }
  | { readonly kind: 'voted'; readonly ballot: number; readonly weight: 'firm' | 'weak' }
  | { readonly kind: 'failed' };

/** A quorum that is being sought. */
export interface OpenQuorum {
  readonly kind: 'open';
  readonly quorum: Quorum;
  /** Independent groups there are to ask, and how many of them are no last resort. The first slots are theirs. */
  readonly groups: number;
  readonly ready: number;
  readonly voters: readonly Voter[];
}

/** A quorum, from its first questions to its end. */
export type QuorumState = OpenQuorum | { readonly kind: 'settled' };

/** What comes of asking one group: an answer, equal to others of the same ballot, or none. */
export type QuorumEvent =
  | { readonly kind: 'voted'; readonly slot: number; readonly ballot: number; readonly weight: 'firm' | 'weak' }
  | { readonly kind: 'failed'; readonly slot: number };

/** How it ended: enough agree on a ballot; enough answered and do not; or too few answered at all. */
export type QuorumOutcome =
  | { readonly kind: 'agreed'; readonly ballot: number }
  | { readonly kind: 'disagreed' }
  | { readonly kind: 'too-few' };

/** What is to be done next. */
export type QuorumEffect =
  | { readonly kind: 'ask'; readonly slot: number }
  | { readonly kind: 'cancel'; readonly slot: number }
  | { readonly kind: 'settle'; readonly outcome: QuorumOutcome };

/** Where a step leads. */
export interface QuorumStep {
  readonly state: QuorumState;
  readonly effects: readonly QuorumEffect[];
}

/** The groups a quorum may ask: how many, and how many of them are no last resort. */
export type QuorumGroups = Pick<OpenQuorum, 'groups' | 'ready'>;

/**
 * Begins to seek a quorum: asks as many groups at once as it says, a last resort only where agreement needs it.
 * Never throws.
 */
export function openQuorum(quorum: Quorum, { groups, ready }: QuorumGroups): QuorumStep {
  const first = Math.min(quorum.of, groups, Math.max(ready, quorum.agree));
  if (first < quorum.agree) return settle([], { kind: 'too-few' });
  const voters = Array.from({ length: first }, (): Voter => ({ kind: 'asked' }));
  return {
    state: { kind: 'open', quorum, groups, ready, voters },
    effects: voters.map((_, slot) => ({ kind: 'ask', slot })),
  };
}

/**
 * Advances a quorum by one event and says what to do next. Does nothing itself, and never throws.
 *
 * Whatever the order of events it settles once, asks no group twice, has no more than `of` firm answers and questions at a time, asks
 * one more for each that fails, ends as soon as enough agree or no longer can, and leaves no question running.
 */
export function stepQuorum(state: QuorumState, event: QuorumEvent): QuorumStep {
  if (state.kind === 'settled' || state.voters[event.slot]?.kind !== 'asked') return { state, effects: none };
  const next: OpenQuorum = { ...state, voters: state.voters.with(event.slot, voterOf(event)) };
  const best = bestOf(next.voters, 'firm');
  if (best.votes >= next.quorum.agree) return settle(next.voters, { kind: 'agreed', ballot: best.ballot });
  const wider = mayAskOneMore(next, best.votes) ? askOneMore(next) : { state: next, effects: none };
  return canStillAgree(wider.state) ? wider : settle(next.voters, outcomeOf(next));
}

const none: readonly QuorumEffect[] = [];

function voterOf(event: QuorumEvent): Voter {
  return event.kind === 'failed' ? { kind: 'failed' } : { kind: 'voted', ballot: event.ballot, weight: event.weight };
}

interface WiderQuorum {
  readonly state: OpenQuorum;
  readonly effects: readonly QuorumEffect[];
}

function askOneMore(state: OpenQuorum): WiderQuorum {
  const slot = state.voters.length;
  return { state: { ...state, voters: [...state.voters, { kind: 'asked' }] }, effects: [{ kind: 'ask', slot }] };
}

/** One more group, where there is one and fewer than `of` count; a last resort only where those asked cannot agree any more. */
function mayAskOneMore({ quorum, groups, ready, voters }: OpenQuorum, best: number): boolean {
  const running = runningCount(voters);
  if (voters.length >= groups || running + firmCount(voters) >= quorum.of) return false;
  return voters.length < ready || best + running < quorum.agree;
}

/** Those that run may bring agreement yet, be it on an error. */
function canStillAgree({ quorum, voters }: OpenQuorum): boolean {
  const running = runningCount(voters);
  return running > 0 && bestOf(voters, 'weak').votes + running >= quorum.agree;
}

/** Nobody else can change it: what the weak answers say counts too now. Too few are those that could not even agree by answering alike. */
function outcomeOf({ quorum, voters }: OpenQuorum): QuorumOutcome {
  const best = bestOf(voters, 'weak');
  if (best.votes >= quorum.agree) return { kind: 'agreed', ballot: best.ballot };
  return { kind: voters.filter(({ kind }) => kind !== 'failed').length >= quorum.agree ? 'disagreed' : 'too-few' };
}

function settle(voters: readonly Voter[], outcome: QuorumOutcome): QuorumStep {
  const running = voters.flatMap((voter, slot) => (voter.kind === 'asked' ? [slot] : []));
  const cancels = running.map((slot): QuorumEffect => ({ kind: 'cancel', slot }));
  return { state: { kind: 'settled' }, effects: [...cancels, { kind: 'settle', outcome }] };
}

interface Best {
  readonly ballot: number;
  readonly votes: number;
}

/** The ballot most voted for, of equals the one seen first; `weak` counts all votes. */
function bestOf(voters: readonly Voter[], least: 'firm' | 'weak'): Best {
  const counts = new Map<number, number>();
  let best: Best = { ballot: -1, votes: 0 };
  for (const voter of voters) {
    if (voter.kind !== 'voted' || (least === 'firm' && voter.weight === 'weak')) continue;
    const votes = (counts.get(voter.ballot) ?? 0) + 1;
    counts.set(voter.ballot, votes);
    if (votes > best.votes) best = { ballot: voter.ballot, votes };
  }
  return best;
}

function runningCount(voters: readonly Voter[]): number {
  return voters.filter(({ kind }) => kind === 'asked').length;
}

function firmCount(voters: readonly Voter[]): number {
  return voters.filter((voter) => voter.kind === 'voted' && voter.weight === 'firm').length;
}
