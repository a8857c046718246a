import type { Client } from '../model/client.ts';
import type { CallOutcome } from '../model/traffic.ts';
import type { Clock } from '../ports/clock.ts';
import type { CallReply } from './render.ts';
import type { Trip } from './trip.ts';
import { type RestEnd, watchRest } from './watch-rest.ts';

/**
 * Counts a call by what it came to: at once, or, where its answer is streamed, when that has ended. Until then the lane has a visit more.
 * Answers the reply that is to be sent.
 */
export function settleReply(clock: Clock, { trip, client }: SettledCall, reply: CallReply): CallReply {
  const { lane, classified, times } = trip;
  const count = (outcome: CallOutcome): void => {
    lane.meter.settled(classified.policy.name, outcome, (clock.now() - times.startedAt) / 1000);
    if (client.key !== undefined) lane.meter.settledFor(client.key.name, outcome);
  };
  if (times.sentAt > 0 && times.settledAt > 0) {
    const tookMs = clock.now() - times.startedAt;
    lane.meter.overhead((tookMs - (times.settledAt - times.sentAt)) / 1000);
  }
  if (reply.rest === undefined) {
    count(reply.outcome);
    return reply;
  }
  lane.visits.begin();
  const rest = watchRest(reply.rest, (end) => {
    count(outcomeOf(end));
    lane.visits.end();
  });
  return { ...reply, rest };
}

/** A call, and whose it was. */
export interface SettledCall {
  readonly trip: Trip;
  readonly client: Client;
}

function outcomeOf(end: RestEnd): CallOutcome {
  switch (end.kind) {
    case 'ended':
      return 'ok';
    case 'broken':
      return 'broken-off';
    case 'cancelled':
      return 'client-gone';
  }
}
