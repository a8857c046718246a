import { classifyCall } from './classify/classify-call.ts';
import type { Entry } from './codec/read-entry.ts';
import { readRequest } from './codec/read-request.ts';
import { batchPieces } from './codec/reply-pieces.ts';
import type { Call, ClassifiedCall } from './model/call.ts';
import type { FaultAnswer } from './model/faults.ts';
import type { Settings } from './model/settings.ts';
import type { Journey, SendAttempt } from './path/attempt.ts';
import { needFor, planFor } from './path/call-plan.ts';
import { watchFailures } from './path/excuse-failures.ts';
import { faultOfFailure } from './path/fault-of-failure.ts';
import type { Lane } from './path/lane.ts';
import { abandoned, type CallReply, renderFault, renderOutcome, replyToBatch, replyToCall } from './path/render.ts';
import { readSteering, type Steering } from './path/steering.ts';
import type { Cancel, Clock } from './ports/clock.ts';
import type { Refuse } from './ports/doors.ts';
import type { Emit } from './ports/emit.ts';
import type { GatewayReply, Handle } from './ports/handle.ts';
import type { Hash } from './ports/hash.ts';
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
    const visit = { lane, steering, onCancel: collectCancels(onClientGone) };
    try {
      return reading.kind === 'single'
        ? replyToCall(await answerEntry(deps, visit, { entry: reading.entry, inFlight }), deps.settings.server)
        : await answerBatch(deps, visit, { entries: reading.entries, inFlight });
    } catch (bug) {
      deps.emit({
        kind: 'warned',
        about: 'bug',
        detail: bug instanceof Error ? (bug.stack ?? bug.message) : String(bug),
      });
      return refuse(bugAnswer, lane.name);
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
  const startedAt = deps.clock.now();
  const classified = classifyCall(lane.spec, call);
  const reply = await answerCall(deps, visit, { classified, inFlight, startedAt });
  lane.meter.settled(classified.policy.name, reply.outcome, (deps.clock.now() - startedAt) / 1000);
  return reply;
}

interface Admitted {
  readonly classified: ClassifiedCall;
  readonly inFlight: InFlight;
  readonly startedAt: number;
}

async function answerCall(
  deps: PipelineDeps,
  visit: Visit,
  { classified, inFlight, startedAt }: Admitted,
): Promise<CallReply> {
  const { lane } = visit;
  const { call } = classified;
  const refused =
    lane.admit(call.method) ?? (inFlight.calls >= lane.settings.limits.concurrency ? overloaded : undefined);
  if (refused !== undefined) return refuseCall(deps, visit, { call, answer: refused });
  lane.noteCall();
  inFlight.calls += 1;
  try {
    if (!lane.isProven()) await lane.whenProven();
    const unready = lane.unready();
    if (unready !== undefined) return refuseCall(deps, visit, { call, answer: unready });
    const pairing = lane.pairing();
    const outcome = await relayCall(deps, visit, { classified, startedAt });
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

/**
 * Select, relay, judge: the relay machine asks for upstreams one by one and judges by verdicts alone.
 * Undefined where the client has gone: nobody waits for an answer, though a write may still be on its way.
 */
function relayCall(
  deps: PipelineDeps,
  visit: Visit,
  { classified, startedAt }: { readonly classified: ClassifiedCall; readonly startedAt: number },
): Promise<RelayOutcome | undefined> {
  const { lane, steering } = visit;
  const { load } = lane;
  const pairing = lane.pairing();
  const need = needFor(lane, classified, steering);
  const plan = planFor(lane, { classified, steering, pairing, now: startedAt, hash: deps.hash });
  const series = load.seriesOf(classified.policy.name, classified.policy.class);
  const deadline = steering.timeoutMs === undefined ? 'ours' : 'clients';
  const journey: Journey = { lane, classified, series, deadline };
  const failures = plan.kind === 'read' ? watchFailures(classified.call.method, deps) : undefined;
  return new Promise((resolve) => {
    const cancel = startRelay(
      plan,
      {
        clock: deps.clock,
        budget: lane.budget,
        emit: deps.emit,
        pick: (asked, among) =>
          pickUpstream(pairing, need, { asked, among, load, now: deps.clock.now(), random: deps.random }),
        send: (upstream, order, done) =>
          deps.send(journey, {
            upstream,
            order,
            done(outcome) {
              failures?.note(upstream, outcome);
              done(outcome);
            },
          }),
        hedgeDelayMs: (upstream) => load.hedgeDelayMs(upstream.endpoint.index, series),
        isOverdue: (upstream, sentAt) =>
          load.isOverdue(upstream.endpoint.index, series, { sentAt, now: deps.clock.now() }),
      },
      (outcome) => {
        failures?.settle(outcome);
        resolve(outcome);
      },
    );
    visit.onCancel(() => {
      cancel();
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

/** One listener on the client's connection, however many calls its batch holds. */
function collectCancels(onClientGone: (cancel: Cancel) => void): (cancel: Cancel) => void {
  let cancels: Cancel[] | undefined;
  return (cancel) => {
    if (cancels === undefined) {
      const all: Cancel[] = [];
      cancels = all;
      onClientGone(() => {
        for (const each of all) each();
      });
    }
    cancels.push(cancel);
  };
}

const unknownChain: FaultAnswer = {
  fault: 'UNKNOWN_CHAIN',
  message: 'No chain of this name is configured. Send calls to POST /<chain>; GET /readyz lists the chains.',
};

const shuttingDown: FaultAnswer = {
  fault: 'SHUTTING_DOWN',
  message: 'This replica is shutting down. Send the call again.',
};

const overloaded: FaultAnswer = {
  fault: 'OVERLOADED',
  message: 'Too many calls are in flight. Try again after the time in Retry-After.',
  retryAfterSeconds: 1,
};

const bugAnswer: FaultAnswer = { fault: 'INTERNAL', message: 'A bug of the gateway. Please report it.' };
