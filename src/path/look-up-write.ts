import { classifyCall } from '../classify/classify-call.ts';
import { transactionHash } from '../classify/transaction-hash.ts';
import { readJsonValue } from '../codec/read-json-value.ts';
import type { AttemptOutcome } from '../model/answer.ts';
import type { ClassifiedCall } from '../model/call.ts';
import type { TransactionLookUp } from '../model/chain-spec.ts';
import { valueAt } from '../model/json-path.ts';
import type { Pairing, Upstream } from '../model/pairing.ts';
import type { LookUpResult } from '../relay/relay-state.ts';
import { pickUpstream } from '../select/pick-upstream.ts';
import { hasPrivateWrites } from '../select/terms.ts';
import type { Journey } from './attempt.ts';
import { needFor } from './call-plan.ts';
import type { RelayTripDeps } from './relay-trip.ts';
import type { Trip } from './trip.ts';

/** Upstreams that are asked for one transaction. */
const mostAsked = 2;

/** Time of a look-up in milliseconds, beyond the call's own: an answer that is late is better than a transaction sent twice. */
const lookUpMs = 2000;

/** A write whose outcome nobody told. */
export interface LostWrite {
  readonly trip: Trip;
  readonly pairing: Pairing;
  /** Upstreams it was sent to, those that answered first. */
  readonly sentTo: readonly Upstream[];
}

/**
 * Asks two upstreams for a transaction by its name, side by side, and says once what they know: `found` as soon as one has it,
 * `absent` where all that were asked say that they have not. Not called back before it returns where anybody was asked.
 */
export function lookUpWrite(deps: RelayTripDeps, write: LostWrite, done: (result: LookUpResult) => void): void {
  const { lane, classified } = write.trip;
  const question = lane.spec.transactionLookUp;
  const transaction = transactionHash(lane.spec.transactionHash, classified, deps.hash);
  if (question === undefined || transaction === undefined) return done('unclear');
  const asked = classifyCall(lane.spec, {
    id: undefined,
    method: question.method,
    params: Buffer.from(question.params.replaceAll('"$hash"', JSON.stringify(transaction))),
  });
  const upstreams = whomToAsk(deps, write, asked);
  const poll = createPoll(upstreams.length, done);
  const journey = journeyOf(deps, write.trip, asked);
  for (const upstream of upstreams) {
    deps.send(journey, {
      upstream,
      order: { timeoutMs: lookUpMs, purpose: 'retry' },
      done: (outcome) => poll(resultOf(outcome, question)),
    });
  }
}

function journeyOf(deps: RelayTripDeps, { lane }: Trip, classified: ClassifiedCall): Journey {
  const { policy } = classified;
  const series = lane.load.seriesOf(policy.name, policy.class);
  return { lane, classified, series, deadline: 'clients', tell: deps.emit, isWanted: () => true };
}

/**
 * Whoever answered the write, then one that it was not sent to, then whoever did not answer. Where a chain keeps its writes
 * private, nobody else hears of the transaction.
 */
function whomToAsk(
  deps: RelayTripDeps,
  { trip, pairing, sentTo }: LostWrite,
  asked: ClassifiedCall,
): readonly Upstream[] {
  const { lane, steering } = trip;
  if (hasPrivateWrites(pairing)) return sentTo.slice(0, mostAsked);
  const pick = pickUpstream(pairing, needFor(lane, asked, steering), {
    asked: sentTo.map(({ endpoint }) => endpoint.index),
    load: lane.load,
    now: deps.clock.now(),
    random: deps.random,
  });
  if (pick.kind === 'nobody') return sentTo.slice(0, mostAsked);
  const [first, ...others] = sentTo;
  return [...(first === undefined ? [] : [first]), pick.upstream, ...others].slice(0, mostAsked);
}

/** Counts answers until one has found it or all have spoken. */
function createPoll(size: number, done: (result: LookUpResult) => void): (result: LookUpResult) => void {
  let missing = size;
  let sum: LookUpResult = 'absent';
  return (result) => {
    missing -= 1;
    if (sum === 'found') return;
    if (result !== 'absent') sum = result;
    if (sum === 'found' || missing === 0) done(sum);
  };
}

function resultOf({ answer, verdict }: AttemptOutcome, { found }: TransactionLookUp): LookUpResult {
  if (answer?.kind === 'error') return verdict.meaning === 'tx-unknown' ? 'absent' : 'unclear';
  if (answer === undefined) return 'unclear';
  const value = valueAt(readJsonValue(answer.result), found);
  return value === undefined || value === null ? 'absent' : 'found';
}
