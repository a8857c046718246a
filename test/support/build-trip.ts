import { classifyCall } from '../../src/classify/classify-call.ts';
import type { Answer } from '../../src/model/answer.ts';
import type { Upstream } from '../../src/model/pairing.ts';
import { okVerdict, type Verdict } from '../../src/model/verdict.ts';
import type { Lane } from '../../src/path/lane.ts';
import { unsteered } from '../../src/path/steering.ts';
import type { Answered, Trip } from '../../src/path/trip.ts';
import { result } from './build-outcome.ts';

/** A call on its way over a lane: the method, a space, and its params. */
export function buildTrip(lane: Lane, call: string, traits: Partial<Trip> = {}): Trip {
  const [method = '', params] = call.split(/ (.*)/);
  return {
    lane,
    classified: classifyCall(lane.spec, {
      id: Buffer.from('1'),
      method,
      params: params === undefined ? undefined : Buffer.from(params),
    }),
    steering: unsteered,
    times: { startedAt: 1000, sentAt: 0, settledAt: 0 },
    purpose: 'client',
    party: 'testnet 10.0.0.9',
    onCancel: () => undefined,
    ...traits,
  };
}

/** What is out of the ordinary in an answer. */
export interface AnsweredTraits {
  readonly verdict?: Verdict;
  readonly upstream?: Upstream;
  readonly height?: number;
  readonly attempts?: number;
}

/** An answer as the end of a trip: a good one at height 100, unless said otherwise. */
export function buildAnswered(answer: Answer | string, traits: AnsweredTraits = {}): Answered {
  const { verdict = okVerdict, upstream, height = 100, attempts = 1 } = traits;
  const name = upstream === undefined ? undefined : `${upstream.endpoint.provider}/${upstream.endpoint.name}`;
  const facts = { upstream: name, attempts, height, degraded: undefined, cache: 'bypass' } as const;
  return { kind: 'answered', answer: typeof answer === 'string' ? result(answer) : answer, verdict, facts, upstream };
}
