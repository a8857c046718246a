import { classifyCall } from './classify/classify-call.ts';
import type { Entry } from './codec/read-entry.ts';
import { readRequest, readRequestInSlices, requestSliceBytes } from './codec/read-request.ts';
import { batchPieces } from './codec/reply-pieces.ts';
import type { Client } from './model/client.ts';
import type { LimitSettings, Settings } from './model/settings.ts';
import type { SendAttempt } from './path/attempt.ts';
import { type CacheTrip, createCacheTrip } from './path/cache-trip.ts';
import type { CallMemory, RequestName } from './path/call-memory.ts';
import { type ClientGate, createClientGate } from './path/client-gate.ts';
import { type ClientPresence, collectCancels } from './path/collect-cancels.ts';
import { createConsistencyTrip } from './path/consistency-trip.ts';
import { inStrides } from './path/in-strides.ts';
import type { Lane } from './path/lane.ts';
import { createLogsTrip } from './path/logs-trip.ts';
import { createNonceTrip } from './path/nonce-trip.ts';
import { bugAnswer, overloaded, shuttingDown, unknownChain } from './path/own-answers.ts';
import { createQuorumTrip } from './path/quorum-trip.ts';
import { refuseWideRange } from './path/range-limit.ts';
import { createRelayTrip } from './path/relay-trip.ts';
import { abandoned, type CallReply, renderFault, replyToBatch, replyToCall } from './path/render.ts';
import { renderServed } from './path/render-served.ts';
import { createReplyHold, type ReplyHold } from './path/reply-hold.ts';
import { settleReply } from './path/settle-reply.ts';
import { createShownTrip } from './path/shown-trip.ts';
import { callTimeMs, readSteering, type Steering, unsteered } from './path/steering.ts';
import { beginTrail } from './path/trail.ts';
import { type CallTimes, gone, refused, type Serve, type Served, type Trip } from './path/trip.ts';
import { refuseWhole, turnAway } from './path/turn-away.ts';
import { type Arrival, Turnstile } from './path/turnstile.ts';
import type { ClientLimits } from './ports/client-limits.ts';
import type { Clock } from './ports/clock.ts';
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
  readonly limits: ClientLimits;
  /** Remembers how calls went; absent where nothing is to be remembered. */
  readonly memory?: CallMemory | undefined;
  isClosing(): boolean;
  /** Lets pending I/O have its turn, between slices of a large request. */
  yieldTurn(): Promise<void>;
}

/** The path of a call, and the door's own way to refuse. */
export interface Pipeline {
  readonly handle: Handle;
  readonly refuse: Refuse;
}

/** One request on its way: what its calls share. */
interface Visit extends ClientPresence {
  readonly lane: Lane;
  readonly steering: Steering;
  readonly hold: ReplyHold;
  readonly client: Client;
  /** Whose calls they are, for a fair share of the places. */
  readonly party: string;
  readonly name: RequestName;
  /** When it came, monotonic milliseconds: the time of all its calls counts from then. */
  readonly startedAt: number;
  /** One call and no batch: its answer may be streamed. */
  readonly isAlone: boolean;
}

/** A body larger than this, in bytes, is not read where its calls would be shed anyway. */
const unreadBytes = 16 * 1024;

/**
 * The story of one call, room by room: door ▶ parse ▶ classify ▶ admit ▶ select ▶ relay ▶ judge ▶ render.
 *
 * Every call is answered exactly once, a notification never; the handle never rejects.
 */
export function createPipeline(deps: PipelineDeps): Pipeline {
  const { serve, find } = createLayers(deps);
  const turnstile = new Turnstile({ clock: deps.clock, places: () => deps.settings.limits.concurrency });
  const gate = createClientGate(() => deps.settings, deps.limits);
  const house: House = { deps, serve, find, turnstile, gate };
  const refuse: Refuse = (answer, chain) => {
    const lane = chain === undefined ? undefined : deps.lane(chain);
    return refuseWhole(deps, answer, { id: undefined, lane });
  };
  const handle: Handle = async (request, onClientGone) => {
    const lane = deps.lane(request.chain);
    const turned = { request, lane };
    if (lane === undefined) return turnAway(deps, unknownChain, turned);
    if (deps.isClosing()) return turnAway(deps, shuttingDown, turned);
    const client = gate.know(request);
    if ('fault' in client) return turnAway(deps, client, turned);
    const steering = gate.maySteer(request, client) ? readSteering(request.steering, lane.providers) : unsteered;
    if ('fault' in steering) return turnAway(deps, steering, turned);
    const party = `${lane.name} ${client.bucket || request.client.address}`;
    if (request.body.length > unreadBytes && turnstile.isShut(party)) return turnAway(deps, overloaded, turned);
    const hold = createReplyHold(deps.held);
    const name: RequestName = { id: request.requestId };
    const startedAt = deps.clock.now();
    lane.visits.begin();
    try {
      const isLarge = request.body.length > requestSliceBytes;
      const reading = isLarge
        ? await readRequestInSlices(request.body, lane.requestLimits, deps.yieldTurn)
        : readRequest(request.body, lane.requestLimits);
      if (reading.kind === 'refused') return refuseWhole(deps, reading.answer, { id: undefined, lane });
      const isAlone = reading.kind === 'single';
      const { onCancel, isGone } = collectCancels(onClientGone);
      const visit: Visit = { lane, client, steering, hold, party, name, startedAt, isAlone, onCancel, isGone };
      const reply =
        reading.kind === 'single'
          ? replyToCall(await answerEntry(house, visit, reading.entry), deps.settings.server)
          : await answerBatch(house, visit, reading.entries);
      return hold.passOn(name.id === request.requestId ? reply : nameReply(reply, name));
    } catch (bug) {
      hold.drop();
      tellBug(deps.emit, bug);
      return turnAway(deps, bugAnswer, turned);
    } finally {
      lane.visits.end();
    }
  };
  return { handle, refuse };
}

/** What a call goes through once it is admitted, outermost first: the cache, what sessions saw, where writes went, log ranges, quorums, the relay. */
function createLayers(deps: PipelineDeps): CacheTrip {
  const relayed = createQuorumTrip(deps, createRelayTrip(deps));
  const logs = createLogsTrip(deps, relayed, createCacheTrip(deps, relayed).serve);
  return createCacheTrip(deps, createShownTrip(createConsistencyTrip(deps, createNonceTrip(deps, logs))));
}

/** What all requests share. */
interface House {
  readonly deps: PipelineDeps;
  readonly serve: Serve;
  /** Finds what is kept before a call takes anybody's place. */
  readonly find: CacheTrip['find'];
  /** Bounds the calls in flight in this process, and sheds. */
  readonly turnstile: Turnstile;
  /** Holds clients to what they may do and use. */
  readonly gate: ClientGate;
}

/** Tells a client the name we gave its request. */
function nameReply(reply: GatewayReply, { id }: RequestName): GatewayReply {
  return id === undefined ? reply : { ...reply, headers: { ...reply.headers, 'x-request-id': id } };
}

function tellBug(emit: Emit, bug: unknown): void {
  const detail = bug instanceof Error ? (bug.stack ?? bug.message) : String(bug);
  emit({ kind: 'warned', about: 'bug', detail });
}

/**
 * A batch is its calls, each on a journey of its own, answered in the order asked; notifications have no place in the answer. No
 * batch takes more than half of all places.
 */
async function answerBatch(house: House, visit: Visit, entries: readonly Entry[]): Promise<GatewayReply> {
  const { settings, yieldTurn } = house.deps;
  const atOnce = Math.ceil(settings.limits.concurrency / 2);
  const run = async (entry: Entry): Promise<CallReply> =>
    visit.isGone() ? abandoned : answerEntry(house, visit, entry);
  const replies = await inStrides(entries, { atOnce, yieldTurn, run });
  return replyToBatch(batchPieces(replies.map(({ pieces }) => pieces).filter((pieces) => pieces.length > 0)));
}

async function answerEntry(house: House, visit: Visit, entry: Entry): Promise<CallReply> {
  const { deps } = house;
  const { lane, steering, party, startedAt, onCancel } = visit;
  if (entry.kind === 'refused') {
    deps.emit({ kind: 'call-refused', chain: lane.name, fault: entry.answer.fault });
    return renderFault(entry.answer, { id: entry.id, silent: 'answered', lane });
  }
  const { call } = entry;
  const times: CallTimes = { startedAt, sentAt: 0, settledAt: 0 };
  const classified = classifyCall(lane.spec, call);
  const trail = deps.memory && beginTrail();
  const large = visit.isAlone && call.id !== undefined ? 'streamed' : 'refused';
  // Member by member: the engine gives each spread object that grows a shape of its own, which costs more than the whole call.
  const trip: Trip = { lane, classified, steering, times, purpose: 'client', party, large, trail, onCancel };
  const serving = serveCall(house, visit, trip);
  // What is kept is there at once, and waits for no turn of the loop.
  const served = serving instanceof Promise ? await serving : serving;
  const answered = renderServed(deps.emit, trip, served);
  const isHeld = visit.hold.keep(answered);
  const reply = isHeld ? answered : renderServed(deps.emit, trip, refused(overloaded));
  deps.memory?.keep(visit.name, { trip, served, outcome: reply.outcome }, deps.clock.now());
  return settleReply(deps.clock, { trip, client: visit.client }, reply);
}

/** Admit: by what the chain allows, and by what the client may do and use. What is kept takes nobody's place. */
function serveCall(house: House, visit: Visit, asked: Trip): Served | Promise<Served> {
  const denied = asked.lane.admit(asked.classified.call.method);
  if (denied !== undefined) return refused(denied);
  const { client } = visit;
  if (client.key !== undefined || client.rates !== undefined) return serveHeld(house, visit, asked);
  return house.find(asked) ?? seatCall(house, visit, asked);
}

/** Serves a client that is held to what it may do and use. */
async function serveHeld(house: House, visit: Visit, asked: Trip): Promise<Served> {
  const { client } = visit;
  const over = await house.gate.enter(client, asked.classified, asked.lane.name);
  if (over !== undefined) return refused(over);
  try {
    const kept = house.find(asked);
    if (kept !== undefined) return kept;
    const charge = () => house.gate.charge(client, asked.classified);
    return await seatCall(house, visit, client.rates === undefined ? asked : { ...asked, charge });
  } finally {
    house.gate.leave(client);
  }
}

/** Wait for a place and for a chain that is still starting, and serve by the layers of the way. */
async function seatCall(house: House, visit: Visit, asked: Trip): Promise<Served> {
  const { classified } = asked;
  const { limits } = asked.lane.settings;
  const atOnce = house.turnstile.enter(visit.party);
  const place = atOnce ?? (await house.turnstile.wait(arrivalOf(visit, limits)));
  if (place === 'shed') return refused(overloaded);
  if (place === 'gone') return gone;
  try {
    const arrived = atOnce === undefined ? { ...asked, lane: asked.lane.successor() } : asked;
    arrived.lane.noteCall();
    const trip = arrived.lane.isProven() ? arrived : await waitForProof(arrived);
    const unready = trip.lane.unready();
    if (unready !== undefined) return refused(unready);
    const limit = Math.min(limits.getLogsMaxRange, visit.client.key?.getLogsMaxRange ?? limits.getLogsMaxRange);
    const tooWide = refuseWideRange(classified, trip.lane.pairing(), limit);
    if (tooWide !== undefined) return refused(tooWide);
    return await house.serve(trip);
  } finally {
    house.turnstile.leave(place);
  }
}

function arrivalOf({ party, steering, onCancel }: Visit, limits: LimitSettings): Arrival {
  return { party, timeoutMs: callTimeMs(steering, limits), onCancel };
}

/** Waits for a first proven upstream, within `startWait`. The chain may have been given other upstreams meanwhile. */
async function waitForProof(trip: Trip): Promise<Trip> {
  await trip.lane.whenProven();
  return { ...trip, lane: trip.lane.successor() };
}
