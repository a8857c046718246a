import { compactParams } from '../codec/compact-params.ts';
import type { Answer } from '../model/answer.ts';
import type { ClassifiedCall } from '../model/call.ts';
import type { Told } from './head-doubt.ts';
import { shownBlock } from './keep-answer.ts';
import { quorumOf } from './quorum-trip.ts';
import { newestAt, shownHead } from './shown-height.ts';
import type { Answered, Serve, Served, Trip } from './trip.ts';

/** Longer answers, and questions, are not kept. In bytes. */
const maxKeptBytes = 64 * 1024;
const maxQuestionBytes = 256;

/**
 * Keeps what reads of the newest block show from going back: where nobody who could be asked knows of a block that somebody was told
 * of already, and the chain's upstreams agree on it, the last answer that did is given again, and says so. A chain that was set back
 * is believed as soon as its next poll has shown it.
 *
 * Whatever asks for anything else passes as it is.
 */
export function createShownTrip(inner: Serve): Serve {
  return (trip) =>
    asksForNewest(trip.classified) && quorumOf(trip) === undefined ? serveNewest(inner, trip) : inner(trip);
}

/** True where an answer shows the newest height. */
function asksForNewest(classified: ClassifiedCall): boolean {
  return newestAt(classified) !== undefined && (classified.call.params?.length ?? 0) <= maxQuestionBytes;
}

async function serveNewest(inner: Serve, trip: Trip): Promise<Served> {
  const served = await inner(trip);
  if (served.kind !== 'answered' || served.answer.kind !== 'result') return served;
  const { lane, classified } = trip;
  const { result } = served.answer;
  const height = shownHead(classified, { result, form: lane.spec.head.quantity });
  if (height === undefined) return served;
  const question = questionOf(classified);
  if (served.verdict.meaning === 'lagging') return tellAgain(trip, served, { question, height });
  if (result.length <= maxKeptBytes) lane.shownHead.tell(question, toldOf(trip, served.answer, height));
  return served;
}

function toldOf({ lane, classified }: Trip, answer: Answer, height: number): Told {
  const hash = shownBlock(lane, classified, answer)?.hash;
  return hash === undefined ? { height, answer } : { height, answer, hash };
}

/** Where a method always reads the newest block, params ask for nothing else. Methods hold no spaces, so no two questions have one name. */
function questionOf({ call, policy }: ClassifiedCall): string {
  const isPlain = policy.block.kind === 'tip' || call.params === undefined;
  return isPlain ? call.method : `${call.method} ${compactParams(call.params).toString('latin1')}`;
}

interface Behind {
  readonly question: string;
  readonly height: number;
}

/** Not to whoever says where the answer is to come from; and no block that the chain has left meanwhile, or may have. */
function tellAgain({ lane, steering }: Trip, served: Answered, { question, height }: Behind): Answered {
  if (steering.cache === 'bypass' || steering.exclude.size > 0) return served;
  const told = lane.shownHead.toldAbove(question, height, lane.pairing().tip);
  if (told === undefined) return served;
  if (told.hash !== undefined && lane.recent.hashAt(told.height) !== told.hash) return served;
  return { ...served, answer: told.answer, facts: { ...served.facts, degraded: 'height' } };
}
