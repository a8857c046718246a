import type { AttemptOutcome } from '../../src/model/answer.ts';
import type { GatewayEvent } from '../../src/model/events.ts';
import type { Upstream } from '../../src/model/pairing.ts';
import type { Pick, RefusalReason, Resort } from '../../src/model/pick.ts';
import type { Cancel } from '../../src/ports/clock.ts';
import type { RelayOutcome, RelayPlan } from '../../src/relay/relay-plan.ts';
import type { LookUpResult } from '../../src/relay/relay-state.ts';
import { createRetryBudget, type RetryBudget } from '../../src/relay/retry-budget.ts';
import { type AttemptOrder, startRelay } from '../../src/relay/start-relay.ts';
import type { WaitingRoom } from '../../src/relay/waiting-room.ts';
import { buildUpstream } from './build-pairing.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

/** One send of the relay under test, and the hand that answers it. */
export interface SceneSend {
  readonly upstream: Upstream;
  readonly order: AttemptOrder;
  readonly sentAt: number;
  cancelled: boolean;
  readonly answer: (outcome: AttemptOutcome) => void;
}

/** A relay in a world of fakes: who is there, what was sent, how it ended. */
export interface RelayScene {
  readonly clock: VirtualClock;
  readonly sends: readonly SceneSend[];
  readonly events: readonly GatewayEvent[];
  /** Every outcome the relay settled with: at most one. */
  readonly outcomes: readonly RelayOutcome[];
  /** For each look-up of the write, the upstreams it was sent to. */
  readonly lookedUp: readonly (readonly number[])[];
  readonly budget: RetryBudget;
  readonly cancel: Cancel;
  /** The send in that slot. */
  send(slot: number): SceneSend;
  /** The one outcome. */
  outcome(): RelayOutcome;
  /** Indices of the upstreams that were sent something, in order. */
  asked(): readonly number[];
}

/** What is out of the ordinary in a scene. */
export interface SceneTraits {
  readonly plan?: Partial<RelayPlan>;
  /** In order of preference; three primaries unless said otherwise. */
  readonly upstreams?: readonly Upstream[];
  /** Indices of those that answered well just now. */
  readonly answering?: readonly number[];
  readonly hedgeAfterMs?: number;
  /** Indices of those by which a read is overdue after a second; absent means nobody can tell. */
  readonly hanging?: readonly number[];
  /** Indices of those that cannot be asked. */
  readonly unavailable?: readonly number[];
  /** The rung they are all found on; that of their tier unless said otherwise. */
  readonly resort?: Resort;
  /** Why those that are left are refused. */
  readonly refusal?: RefusalReason;
  readonly retryAfterMs?: number;
  readonly budget?: RetryBudget;
  readonly clock?: VirtualClock;
  readonly waitingRoom?: WaitingRoom;
  /** What a look-up of the write comes to; absent means that none can be made. */
  readonly lookUp?: LookUpResult;
}

/** A plan for a light read: 30 s in all, 2 s per attempt, three attempts, retried but not hedged. */
export function buildPlan(traits: Partial<RelayPlan> = {}): RelayPlan {
  return {
    chain: 'testnet',
    kind: 'read',
    class: 'light',
    deadlineAt: 31_000,
    attemptTimeoutMs: 2000,
    maxAttempts: 3,
    retry: 'allowed',
    hedge: 'never',
    broadcast: 1,
    ...traits,
  };
}

/** Starts a relay at 1000 ms and hands over everything it touches. */
export function startScene(traits: SceneTraits = {}): RelayScene {
  const clock = traits.clock ?? createVirtualClock();
  const upstreams = traits.upstreams ?? [0, 1, 2].map((index) => buildUpstream(index));
  const budget = traits.budget ?? createRetryBudget();
  const sends: SceneSend[] = [];
  const events: GatewayEvent[] = [];
  const outcomes: RelayOutcome[] = [];
  const lookedUp: number[][] = [];
  const { lookUp } = traits;
  const cancel = startRelay(
    buildPlan(traits.plan),
    {
      clock,
      budget,
      ...(traits.waitingRoom !== undefined && { waitingRoom: traits.waitingRoom }),
      pick: (asked, among) => pickInOrder({ upstreams, asked, among, traits }),
      send(upstream, order, done) {
        const send: SceneSend = { upstream, order, sentAt: clock.now(), cancelled: false, answer: done };
        sends.push(send);
        return () => {
          send.cancelled = true;
        };
      },
      emit: (event) => events.push(event),
      ...(lookUp !== undefined && {
        lookUp: (sentTo: readonly Upstream[], done: (result: LookUpResult) => void) => {
          lookedUp.push(sentTo.map(({ endpoint }) => endpoint.index));
          clock.after(100, () => done(lookUp));
        },
      }),
      hedgeDelayMs: () => traits.hedgeAfterMs,
      ...(traits.hanging !== undefined && {
        isOverdue: ({ endpoint }: Upstream, sentAt: number) =>
          clock.now() - sentAt >= 1000 && traits.hanging?.includes(endpoint.index) === true,
      }),
    },
    (outcome) => outcomes.push(outcome),
  );
  return {
    clock,
    sends,
    events,
    outcomes,
    lookedUp,
    budget,
    cancel,
    send: (slot) => only(sends[slot], `no send in slot ${slot}`),
    outcome: () => only(outcomes[0], 'not settled'),
    asked: () => sends.map((send) => send.upstream.endpoint.index),
  };
}

interface Choice {
  readonly upstreams: readonly Upstream[];
  readonly asked: readonly number[];
  readonly among: 'all' | 'answering';
  readonly traits: SceneTraits;
}

function pickInOrder({ upstreams, asked, among, traits }: Choice): Pick {
  const barred = [...asked, ...(traits.unavailable ?? [])];
  const left = upstreams.filter(({ endpoint }) => !barred.includes(endpoint.index));
  const askable = among === 'all' ? left : left.filter(({ endpoint }) => traits.answering?.includes(endpoint.index));
  const [upstream] = askable;
  if (upstream !== undefined) {
    return { kind: 'picked', upstream, resort: traits.resort ?? upstream.endpoint.tier, askable: askable.length };
  }
  const reason = traits.refusal ?? 'already-asked';
  return {
    kind: 'nobody',
    refusals: upstreams.map((refused) => ({ upstream: refused, reason })),
    retryAfterMs: traits.retryAfterMs ?? 5000,
  };
}

function only<T>(value: T | undefined, complaint: string): T {
  if (value === undefined) throw new Error(complaint);
  return value;
}
