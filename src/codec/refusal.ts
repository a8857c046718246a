import type { FaultAnswer } from '../model/faults.ts';
import { type JsonWalk, troubleOf } from './json-walk.ts';

const whatToSend = 'Send one JSON-RPC 2.0 request object, or an array of them.';

/** The answer to a body that is no JSON, or nests too deep to be read (RFC 8259, section 9, lets a parser set that limit). */
export function refuseText(walk: JsonWalk): FaultAnswer {
  const advice = walk.trouble === 'nesting' ? 'Send a flatter one.' : whatToSend;
  return { fault: 'PARSE_ERROR', message: `The body ${troubleOf(walk)}. ${advice}` };
}

/** The answer to JSON that is no JSON-RPC request. `complaint` is a sentence without its full stop: what is wrong, and where. */
export function refuseRequest(complaint: string): FaultAnswer {
  return { fault: 'INVALID_REQUEST', message: `${complaint}. ${whatToSend}` };
}

/** The answer to a batch over the limit: nothing of it is carried out. */
export function refuseBatch(maxBatchCalls: number): FaultAnswer {
  const message = `The batch holds more than ${maxBatchCalls} calls; none was carried out. Send at most ${maxBatchCalls} at once.`;
  return { fault: 'BATCH_TOO_LARGE', message };
}
