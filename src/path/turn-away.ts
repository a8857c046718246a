import { readRequest } from '../codec/read-request.ts';
import type { FaultAnswer } from '../model/faults.ts';
import type { Settings } from '../model/settings.ts';
import type { Emit } from '../ports/emit.ts';
import type { GatewayReply, GatewayRequest } from '../ports/handle.ts';
import type { Lane } from './lane.ts';
import { type Addressee, renderFault, replyToCall } from './render.ts';

/** What an answer to a whole request is made with. */
export interface TurnAwayDeps {
  readonly settings: Settings;
  readonly emit: Emit;
}

/** Who is turned away, and from where: no lane where the chain is not known. */
export interface Turned {
  readonly request: GatewayRequest;
  readonly lane: Lane | undefined;
}

/** Refuses a request before its calls are looked at, under the id of the one it holds. */
export function turnAway(deps: TurnAwayDeps, answer: FaultAnswer, { request, lane }: Turned): GatewayReply {
  return refuseWhole(deps, answer, { id: callerId(request.body), lane });
}

/** Refuses a request as a whole; under no id where none is known. */
export function refuseWhole(
  deps: TurnAwayDeps,
  answer: FaultAnswer,
  { id, lane }: Pick<Addressee, 'id' | 'lane'>,
): GatewayReply {
  deps.emit({ kind: 'call-refused', chain: lane?.name, fault: answer.fault });
  return replyToCall(renderFault(answer, { id, silent: 'answered', lane }), deps.settings.server);
}

/** Larger bodies are not read for their id alone. In bytes. */
const maxReadBytes = 16 * 1024;

/** Deep enough for any call that could be served. */
const limits = { maxBatchCalls: 1, maxNesting: 128, envelope: '2.0' } as const;

/** Undefined for a batch, a notification, what is no call, and a large body. */
function callerId(body: Buffer): Buffer | undefined {
  if (body.length > maxReadBytes) return undefined;
  const reading = readRequest(body, limits);
  if (reading.kind !== 'single') return undefined;
  const { entry } = reading;
  return entry.kind === 'refused' ? entry.id : entry.call.id;
}
