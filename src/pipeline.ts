import { classifyCall } from './classify/classify-call.ts';
import type { Entry } from './codec/read-entry.ts';
import { readRequest } from './codec/read-request.ts';
import { batchPieces } from './codec/reply-pieces.ts';
import type { Settings } from './model/settings.ts';
import type { SendAttempt } from './path/attempt.ts';
import { collectCancels } from './path/collect-cancels.ts';
import type { Lane } from './path/lane.ts';
import { bugAnswer, overloaded, shuttingDown, unknownChain } from './path/own-answers.ts';
import { refuseWideRange } from './path/range-limit.ts';
import { createRelayTrip } from './path/relay-trip.ts';
import { abandoned, type CallReply, renderAnswer, renderFault, replyToBatch, replyToCall } from './path/render.ts';
import { createReplyHold, type ReplyHold } from './path/reply-hold.ts';
import { readSteering, type Steering } from './path/steering.ts';
import { type CallTimes, refused, type Serve, type Served, type Trip } from './path/trip.ts';
import type { Cancel, Clock } from './ports/clock.ts';
import type { Refuse } from './ports/doors.ts';
import type { Emit } from './ports/emit.ts';
import type { GatewayReply, Handle } from './ports/handle.ts';
import type { Hash } from './ports/hash.ts';
import type { HeldBytes } from './ports/held-bytes.ts';
import type { Random } from './ports/random.ts';

/** What the path of a call is made of. */
export interface PipelineDeps {
  readonly settings: Settings;
  /** A chain by its name, alias or id in the path; by nothing where only one chain is configured. */
  lane(name: string | undefined): Lane | undefined;
  readonly send: SendAttempt;
  readonly clock: Clock;
  readonly random: Random;
  readonly hash: Hash;
  readonly emit: Emit;
  /** The memory for answers, which those on their way to clients share with those that come in. */
  readonly held: HeldBytes;
  isClosing(): boolean;
}

/** The path of a call, and the door's own way to refuse. */
export interface Pipeline {
  readonly handle: Handle;
  readonly refuse: Refuse;
}

/** One request on its way: what its calls share. */
interface Visit {
  readonly lane: Lane;
  readonly steering: Steering;
  readonly hold: ReplyHold;
  onCancel(cancel: Cancel): void;
}

/**
 * The story of one call, room by room: door ▶ parse ▶ classify ▶ admit ▶ select ▶ relay ▶ judge ▶ render.
 *
 * Every call is answered exactly once, a notification never; the handle never rejects.
 */
export function createPipeline(deps: PipelineDeps): Pipeline {
  // What a call goes through once it is admitted, outermost first.
  const serve = createRelayTrip(deps);
  const house: House = { deps, serve, inFlight: 0 };
  const refuse: Refuse = (answer, chain) => {
    const lane = chain === undefined ? undefined : deps.lane(chain);
    deps.emit({ kind: 'call-refused', chain: lane?.name, fault: answer.fault });
    return replyToCall(renderFault(answer, { id: undefined, silent: 'answered', lane }), deps.settings.server);
  };
  const handle: Handle = async (request, onClientGone) => {
    const lane = deps.lane(request.chain);
    if (lane === undefined) return refuse(unknownChain, undefined);
    if (deps.isClosing()) return refuse(shuttingDown, lane.name);
    const steering = readSteering(request.steering, lane.providers);
    if ('fault' in steering) return refuse(steering, lane.name);
    const reading = readRequest(request.body, lane.requestLimits);
    if (reading.kind === 'refused') return refuse(reading.answer, lane.name);
    const hold = createReplyHold(deps.held);
    const visit = { lane, steering, hold, onCancel: collectCancels(onClientGone) };
    lane.visits.begin();
    try {
      return hold.passOn(
        reading.kind === 'single'
          ? replyToCall(await answerEntry(house, visit, reading.entry), deps.settings.server)
          : await answerBatch(house, visit, reading.entries),
      );
    } catch (bug) {
      hold.drop();
      deps.emit({
        kind: 'warned',
        about: 'bug',
        detail: bug instanceof Error ? (bug.stack ?? bug.message) : String(bug),
      });
      return refuse(bugAnswer, lane.name);
    } finally {
      lane.visits.end();
    }
  };
  return { handle, refuse };
}

/** What all requests share. */
interface House {
  readonly deps: PipelineDeps;
  readonly serve: Serve;
  /** Calls in flight in this process: the bound that sheds. */
  inFlight: number;
}

/** A batch is its calls, each on a journey of its own, answered in the order asked; notifications have no place in the answer. */
async function answerBatch(house: House, visit: Visit, entries: readonly Entry[]): Promise<GatewayReply> {
  const replies = await Promise.all(entries.map((entry) => answerEntry(house, visit, entry)));
  return replyToBatch(batchPieces(replies.map(({ pieces }) => pieces).filter((pieces) => pieces.length > 0)));
}

async function answerEntry(house: House, visit: Visit, entry: Entry): Promise<CallReply> {
  const { deps } = house;
  const { lane } = visit;
  if (entry.kind === 'refused') {
    deps.emit({ kind: 'call-refused', chain: lane.name, fault: entry.answer.fault });
    return renderFault(entry.answer, { id: entry.id, silent: 'answered', lane });
  }
  const { call } = entry;
  const times: CallTimes = { startedAt: deps.clock.now(), sentAt: 0, settledAt: 0 };
  const classified = classifyCall(lane.spec, call);
  const trip: Trip = { ...visit, classified, times, purpose: 'client' };
  const answered = renderServed(deps, trip, await serveCall(house, trip));
  const reply = visit.hold.keep(answered) ? answered : renderServed(deps, trip, refused(overloaded));
  const tookMs = deps.clock.now() - times.startedAt;
  lane.meter.settled(classified.policy.name, reply.outcome, tookMs / 1000);
  if (times.sentAt > 0 && times.settledAt > 0) lane.meter.overhead((tookMs - (times.settledAt - times.sentAt)) / 1000);
  return reply;
}

/** Admit, wait for a chain that is still starting, and serve by the layers of the way. */
async function serveCall(house: House, arrived: Trip): Promise<Served> {
  const { lane, classified } = arrived;
  const { limits } = lane.settings;
  const denied = lane.admit(classified.call.method) ?? (house.inFlight >= limits.concurrency ? overloaded : undefined);
  if (denied !== undefined) return refused(denied);
  lane.noteCall();
  house.inFlight += 1;
  try {
    const trip = lane.isProven() ? arrived : await waitForProof(arrived);
    const unready = trip.lane.unready();
    if (unready !== undefined) return refused(unready);
    const tooWide = refuseWideRange(classified, { tip: trip.lane.pairing().tip, limit: limits.getLogsMaxRange });
    if (tooWide !== undefined) return refused(tooWide);
    return await house.serve(trip);
  } finally {
    house.inFlight -= 1;
  }
}

/** Waits for a first proven upstream, within `startWait`. The chain may have been given other upstreams meanwhile. */
async function waitForProof(trip: Trip): Promise<Trip> {
  await trip.lane.whenProven();
  return { ...trip, lane: trip.lane.successor() };
}

function renderServed(deps: PipelineDeps, { lane, classified }: Trip, served: Served): CallReply {
  switch (served.kind) {
    case 'answered':
      return renderAnswer(classified.call, served);
    case 'gone':
      return abandoned;
    case 'refused': {
      const { id, envelope } = classified.call;
      deps.emit({ kind: 'call-refused', chain: lane.name, fault: served.answer.fault });
      return renderFault(served.answer, { id, silent: id === undefined ? 'silent' : 'answered', envelope, lane });
    }
  }
}
