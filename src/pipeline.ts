import { classifyCall } from './classify/classify-call.ts';
import type { Entry } from './codec/read-entry.ts';
import { readRequest } from './codec/read-request.ts';
import { batchPieces } from './codec/reply-pieces.ts';
import type { Call, ClassifiedCall } from './model/call.ts';
import type { FaultAnswer } from './model/faults.ts';
import type { Settings } from './model/settings.ts';
import type { Journey, SendAttempt } from './path/attempt.ts';
import { needFor, planFor } from './path/call-plan.ts';
import { collectCancels } from './path/collect-cancels.ts';
import { watchFailures } from './path/excuse-failures.ts';
import { faultOfFailure } from './path/fault-of-failure.ts';
import type { Lane } from './path/lane.ts';
import { bugAnswer, overloaded, shuttingDown, unknownChain } from './path/own-answers.ts';
import { refuseWideRange } from './path/range-limit.ts';
import { abandoned, type CallReply, renderFault, renderOutcome, replyToBatch, replyToCall } from './path/render.ts';
import { createReplyHold, type ReplyHold } from './path/reply-hold.ts';
import { readSteering, type Steering } from './path/steering.ts';
import type { Cancel, Clock } from './ports/clock.ts';
import type { Refuse } from './ports/doors.ts';
import type { Emit } from './ports/emit.ts';
import type { GatewayReply, Handle } from './ports/handle.ts';
import type { Hash } from './ports/hash.ts';
import type { HeldBytes } from './ports/held-bytes.ts';
import type { Random } from './ports/random.ts';
import type { RelayOutcome } from './relay/relay-plan.ts';
import { startRelay } from './relay/start-relay.ts';
import { pickUpstream } from './select/pick-upstream.ts';

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
  const inFlight = { calls: 0 };
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
          ? replyToCall(await answerEntry(deps, visit, { entry: reading.entry, inFlight }), deps.settings.server)
          : await answerBatch(deps, visit, { entries: reading.entries, inFlight }),
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

/** Calls in flight in this process: the bound that sheds. */
interface InFlight {
  calls: number;
}

/** A batch is its calls, each on a journey of its own, answered in the order asked; notifications have no place in the answer. */
async function answerBatch(
  deps: PipelineDeps,
  visit: Visit,
  { entries, inFlight }: { readonly entries: readonly Entry[]; readonly inFlight: InFlight },
): Promise<GatewayReply> {
  const replies = await Promise.all(entries.map((entry) => answerEntry(deps, visit, { entry, inFlight })));
  return replyToBatch(batchPieces(replies.map(({ pieces }) => pieces).filter((pieces) => pieces.length > 0)));
}

interface Arrived {
  readonly entry: Entry;
  readonly inFlight: InFlight;
}

async function answerEntry(deps: PipelineDeps, visit: Visit, { entry, inFlight }: Arrived): Promise<CallReply> {
  const { lane } = visit;
  if (entry.kind === 'refused') {
    deps.emit({ kind: 'call-refused', chain: lane.name, fault: entry.answer.fault });
    return renderFault(entry.answer, { id: entry.id, silent: 'answered', lane });
  }
  const { call } = entry;
  const times: CallTimes = { startedAt: deps.clock.now(), sentAt: 0, settledAt: 0 };
  const classified = classifyCall(lane.spec, call);
  const answered = await answerCall(deps, visit, { classified, inFlight, times });
  const reply = visit.hold.keep(answered) ? answered : refuseCall(deps, visit, { call, answer: overloaded });
  const tookMs = deps.clock.now() - times.startedAt;
  lane.meter.settled(classified.policy.name, reply.outcome, tookMs / 1000);
  if (times.sentAt > 0 && times.settledAt > 0) lane.meter.overhead((tookMs - (times.settledAt - times.sentAt)) / 1000);
  return reply;
}

/** When a call came, first went to an upstream, and had its answer: what lies between the last two is not our share. */
interface CallTimes {
  readonly startedAt: number;
  sentAt: number;
  settledAt: number;
}

interface Admitted {
  readonly classified: ClassifiedCall;
  readonly inFlight: InFlight;
  readonly times: CallTimes;
}

async function answerCall(
  deps: PipelineDeps,
  visit: Visit,
  { classified, inFlight, times }: Admitted,
): Promise<CallReply> {
  const { lane } = visit;
  const { call } = classified;
  const refused =
    lane.admit(call.method) ?? (inFlight.calls >= lane.settings.limits.concurrency ? overloaded : undefined);
  if (refused !== undefined) return refuseCall(deps, visit, { call, answer: refused });
  lane.noteCall();
  inFlight.calls += 1;
  try {
    const present = lane.isProven() ? visit : await waitForProof(visit);
    const unready = present.lane.unready();
    if (unready !== undefined) return refuseCall(deps, visit, { call, answer: unready });
    const pairing = present.lane.pairing();
    const limit = lane.settings.limits.getLogsMaxRange;
    const tooWide = refuseWideRange(classified, { tip: pairing.tip, limit });
    if (tooWide !== undefined) return refuseCall(deps, visit, { call, answer: tooWide });
    const outcome = await relayCall(deps, present, { classified, times });
    if (outcome === undefined) return abandoned;
    if (outcome.kind === 'answered') return renderOutcome(call, outcome, pairing.tip);
    return refuseCall(deps, visit, {
      call,
      answer: faultOfFailure(lane, classified, { failed: outcome, hash: deps.hash }),
    });
  } finally {
    inFlight.calls -= 1;
  }
}

/** Waits for a first proven upstream, within `startWait`. The chain may have been given other upstreams meanwhile. */
async function waitForProof(visit: Visit): Promise<Visit> {
  await visit.lane.whenProven();
  return { ...visit, lane: visit.lane.successor() };
}

/**
 * Select, relay, judge: the relay machine asks for upstreams one by one and judges by verdicts alone.
 * Undefined where the client has gone: nobody waits for an answer, though a write may still be on its way.
 */
function relayCall(
  deps: PipelineDeps,
  visit: Visit,
  { classified, times }: Omit<Admitted, 'inFlight'>,
): Promise<RelayOutcome | undefined> {
  const { lane, steering } = visit;
  const { load } = lane;
  let pairing = lane.pairing();
  const need = needFor(lane, classified, steering);
  const plan = planFor(lane, { classified, steering, pairing, now: times.startedAt, hash: deps.hash });
  const series = load.seriesOf(classified.policy.name, classified.policy.class);
  const deadline = steering.timeoutMs === undefined ? 'ours' : 'clients';
  const failures = plan.kind === 'read' ? watchFailures(deps.emit) : undefined;
  let isGone = false;
  const isWanted = (): boolean => !isGone && plan.kind === 'read';
  const tell = failures?.tell ?? deps.emit;
  const journey: Journey = { lane, classified, series, deadline, tell, isWanted };
  return new Promise((resolve) => {
    const cancel = startRelay(
      plan,
      {
        clock: deps.clock,
        budget: lane.budget,
        emit: deps.emit,
        pick: (asked, among) => {
          // A read that waits for room before its first attempt sees who has come back meanwhile.
          if (asked.length === 0) pairing = lane.pairing();
          return pickUpstream(pairing, need, { asked, among, load, now: deps.clock.now(), random: deps.random });
        },
        send: (upstream, order, done) => {
          times.sentAt ||= deps.clock.now();
          return deps.send(journey, { upstream, order, done });
        },
        hedgeDelayMs: (upstream) => load.hedgeDelayMs(upstream.endpoint.index, series),
        isOverdue: (upstream, sentAt) =>
          load.isOverdue(upstream.endpoint.index, series, { sentAt, now: deps.clock.now() }),
      },
      (outcome) => {
        times.settledAt = deps.clock.now();
        failures?.settle(outcome);
        resolve(outcome);
      },
    );
    visit.onCancel(() => {
      isGone = true;
      cancel();
      failures?.settle(undefined);
      resolve(undefined);
    });
  });
}

function refuseCall(
  deps: PipelineDeps,
  { lane }: Visit,
  { call, answer }: { call: Call; answer: FaultAnswer },
): CallReply {
  deps.emit({ kind: 'call-refused', chain: lane.name, fault: answer.fault });
  const { id, envelope } = call;
  return renderFault(answer, { id, silent: id === undefined ? 'silent' : 'answered', envelope, lane });
}
