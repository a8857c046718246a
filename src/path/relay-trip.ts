import type { Purpose } from '../model/names.ts';
import type { Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';
import type { Hash } from '../ports/hash.ts';
import type { Random } from '../ports/random.ts';
import type { RelayOutcome } from '../relay/relay-plan.ts';
import { type AttemptOrder, startRelay } from '../relay/start-relay.ts';
import { pickUpstream } from '../select/pick-upstream.ts';
import type { Journey, SendAttempt } from './attempt.ts';
import { needFor, planFor, sendKindOf } from './call-plan.ts';
import { watchFailures } from './excuse-failures.ts';
import { faultOfFailure } from './fault-of-failure.ts';
import { behindVerdict } from './head-doubt.ts';
import { lookUpWrite } from './look-up-write.ts';
import { followAttempt } from './trail.ts';
import { type Answered, gone, refused, type Serve, type Served, type Trip } from './trip.ts';

/** What relays are made of. */
export interface RelayTripDeps {
  readonly send: SendAttempt;
  readonly clock: Clock;
  readonly random: Random;
  readonly hash: Hash;
  readonly emit: Emit;
}

/**
 * Select, relay, judge: the innermost layer. The relay machine asks for upstreams one by one and judges by verdicts alone.
 * A read stops when its client has gone. A write that is on its way cannot be taken back: it goes on to its end, which still matters to
 * whatever is read after it, and to a reload that waits for what is under way.
 */
export function createRelayTrip(deps: RelayTripDeps): Serve {
  return (trip) =>
    new Promise((resolve) => {
      const cancel = relay(deps, trip, (outcome, tip) => resolve(servedOf(deps, trip, { outcome, tip })));
      trip.onCancel(() => {
        cancel();
        if (sendKindOf(trip.classified.policy) === 'read') resolve(gone);
      });
    });
}

/** Starts the relay; what it returns stops it, and then `settle` is not called. */
function relay(deps: RelayTripDeps, trip: Trip, settle: (outcome: RelayOutcome, tip: Tip) => void): () => void {
  const { lane, classified, steering, times, wish, large, trail } = trip;
  const { load } = lane;
  let pairing = lane.pairing();
  const own = needFor(lane, classified, steering);
  const need = wish === undefined ? own : { ...own, ...wish };
  const plan = planFor(lane, { classified, steering, pairing, now: times.startedAt, hash: deps.hash });
  const series = load.seriesOf(classified.policy.name, classified.policy.class);
  const deadline = steering.timeoutMs === undefined ? 'ours' : 'clients';
  const failures = plan.kind === 'read' ? watchFailures(trip.tell ?? deps.emit) : undefined;
  let isGone = false;
  const isWanted = (): boolean => !isGone && plan.kind === 'read';
  const tell = failures?.tell ?? deps.emit;
  const journey: Journey = { lane, classified, series, deadline, tell, atLeast: wish?.atLeast, large, isWanted };
  const cancel = startRelay(
    plan,
    {
      clock: deps.clock,
      budget: lane.budget,
      emit: deps.emit,
      waitingRoom: lane.waitingRoom,
      pick: (asked, among) => {
        // A read that waits for room before its first attempt sees who has come back meanwhile.
        if (asked.length === 0) pairing = lane.pairing();
        return pickUpstream(pairing, need, { asked, among, load, now: deps.clock.now(), random: deps.random });
      },
      send: (upstream, order, done) => {
        times.sentAt ||= deps.clock.now();
        const run = { upstream, order: orderOf(order, trip.purpose), done };
        return deps.send(journey, trail === undefined ? run : followAttempt(trail, run, deps.clock));
      },
      ...(plan.lookUp === 'possible' && {
        lookUp: (sentTo, done) => lookUpWrite(deps, { trip, pairing, sentTo }, done),
      }),
      hedgeDelayMs: (upstream) => load.hedgeDelayMs(upstream.endpoint.index, series),
      isOverdue: (upstream, sentAt) =>
        load.isOverdue(upstream.endpoint.index, series, { sentAt, now: deps.clock.now() }),
    },
    (outcome) => {
      times.settledAt = deps.clock.now();
      failures?.settle(outcome);
      settle(outcome, pairing.tip);
    },
  );
  return () => {
    isGone = true;
    cancel();
    failures?.settle(undefined);
  };
}

/** The first send counts as what the trip is for. */
function orderOf(order: AttemptOrder, purpose: Purpose): AttemptOrder {
  return order.purpose !== 'client' || purpose === 'client' ? order : { ...order, purpose };
}

/** The tip of the snapshot a call was served from. */
type Tip = number | undefined;

function servedOf(
  deps: RelayTripDeps,
  { lane, classified, large }: Trip,
  { outcome, tip }: { readonly outcome: RelayOutcome; readonly tip: Tip },
): Served {
  if (outcome.kind === 'failed') {
    return refused(faultOfFailure(lane, classified, { failed: outcome, hash: deps.hash, large }));
  }
  return answeredOf(outcome, tip);
}

/** An upstream's answer as the end of a trip, with what the headers say of it. */
export function answeredOf(
  { answer, verdict, upstream, resort, attempts }: Extract<RelayOutcome, { kind: 'answered' }>,
  height: number | undefined,
): Answered {
  const { provider, name } = upstream.endpoint;
  const lastly = resort === 'primary' || resort === 'backup' ? undefined : resort;
  const degraded = verdict === behindVerdict ? 'height' : lastly;
  const facts = { upstream: `${provider}/${name}`, attempts, height, degraded, cache: 'bypass' } as const;
  return { kind: 'answered', answer, verdict, facts, upstream };
}
