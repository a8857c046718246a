import type { BlockReference } from '../model/call.ts';
import type { FaultAnswer } from '../model/faults.ts';
import type { MethodPolicy } from '../model/method-policy.ts';
import type { ChainName } from '../model/names.ts';
import type { CallOutcome } from '../model/traffic.ts';
import type { ReplyFacts } from './render.ts';
import type { Trail } from './trail.ts';
import type { Served, Trip } from './trip.ts';

/** Bytes of a read's params that are kept. */
const excerptBytes = 256;

/** Bytes that are looked at for secrets where the params are cut: no secret that begins in the excerpt is longer than the rest. */
const redactedBytes = 1024;

/** The name of a request: its client's, or ours as soon as something of it is worth asking for. */
export interface RequestName {
  id: string | undefined;
}

/** One call as it is remembered. Times in monotonic milliseconds. */
export interface CallRecord {
  /** The client's own name for the request, or ours; all calls of a batch share it. */
  readonly requestId: string;
  readonly chain: ChainName;
  /** As the client sent it. */
  readonly method: string;
  /** How the params of a read begin; undefined for whatever else, which may carry what is signed, and where there are none. */
  readonly params: string | undefined;
  readonly policy: MethodPolicy;
  readonly block: BlockReference;
  readonly startedAt: number;
  readonly tookMs: number;
  readonly outcome: CallOutcome;
  readonly facts: ReplyFacts | undefined;
  /** The fault it was answered with. */
  readonly fault: FaultAnswer | undefined;
  readonly trail: Trail;
}

/** A call that has ended. */
export interface EndedCall {
  readonly trip: Trip;
  readonly served: Served;
  readonly outcome: CallOutcome;
}

/**
 * The last calls worth asking for: those whose client gave the request a name, and those that were answered with anything but a
 * result, whose request is given one. A ring: memory is bounded by its size, and nothing of it keeps a request's or an answer's bytes
 * alive.
 */
export class CallMemory {
  readonly #ring: CallRecord[] = [];
  readonly #size: number;
  readonly #newId: () => string;
  #next = 0;

  /** @param size calls that are remembered; at least 1. */
  constructor(size: number, newId: () => string) {
    this.#size = size;
    this.#newId = newId;
  }

  /** Remembers a call where it is worth it, and forgets the oldest one where there are too many. */
  keep(name: RequestName, { trip, served, outcome }: EndedCall, now: number): void {
    const { lane, classified, times, trail } = trip;
    if (trail === undefined || (name.id === undefined && isUneventful(outcome))) return;
    name.id ??= this.#newId();
    this.#ring[this.#next] = {
      requestId: name.id,
      chain: lane.name,
      method: classified.call.method,
      params: excerptOf(trip),
      policy: classified.policy,
      block: classified.block,
      startedAt: times.startedAt,
      tookMs: now - times.startedAt,
      outcome,
      facts: served.kind === 'answered' ? served.facts : undefined,
      fault: served.kind === 'refused' ? served.answer : undefined,
      trail,
    };
    this.#next = (this.#next + 1) % this.#size;
  }

  /** The calls of a request that are still remembered, the first to end first. */
  recall(requestId: string): readonly CallRecord[] {
    const inOrder = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
    return inOrder.filter((record) => record.requestId === requestId);
  }
}

/** True where nobody will ask: all went well, or nobody was there to be told. */
function isUneventful(outcome: CallOutcome): boolean {
  return outcome === 'ok' || outcome === 'client-gone';
}

/**
 * A copy: a view would keep the whole body it was sent in. Cut in the middle of a character, its rest is a replacement mark. What may be
 * secret is taken out before the cut, since half a secret would not be known as one; where nothing is cut, whoever shows it does that.
 */
function excerptOf({ lane, classified }: Trip): string | undefined {
  const { call, policy } = classified;
  const isRead = policy.kind === 'read' || policy.kind === 'filter';
  if (!isRead || policy.carriesSigned === true || call.params === undefined) return undefined;
  if (call.params.length <= excerptBytes) return call.params.toString('utf8');
  return lane.redact(call.params.subarray(0, redactedBytes)).toString('utf8', 0, excerptBytes);
}
