import { transactionHash } from '../classify/transaction-hash.ts';
import type { ClassifiedCall } from '../model/call.ts';
import type { FaultAnswer, FaultName } from '../model/faults.ts';
import type { Refusal } from '../model/pick.ts';
import type { Hash } from '../ports/hash.ts';
import type { RelayOutcome } from '../relay/relay-plan.ts';
import type { Lane } from './lane.ts';
import type { Trip } from './trip.ts';

type Failed = Extract<RelayOutcome, { readonly kind: 'failed' }>;

/** Refusals listed in `error.data`: enough to see why, however many upstreams there are. */
const maxListed = 16;

/** The fault of a call whose relay failed: what happened, what to do, and every attempt by its endpoint's name. */
export function faultOfFailure(
  lane: Lane,
  classified: ClassifiedCall,
  { failed, hash, large }: FailureOf,
): FaultAnswer {
  const { fault, attempts, refusals, retryAfterMs } = failed;
  const transaction =
    fault === 'WRITE_OUTCOME_UNKNOWN' ? transactionHash(lane.spec.transactionHash, classified, hash) : undefined;
  return {
    fault,
    message: fault === 'RESPONSE_TOO_LARGE' ? tooLarge(lane, large) : (messages[fault] ?? 'The call failed.'),
    ...(retryAfterMs !== undefined && { retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)) }),
    data: {
      ...(transaction !== undefined && { transactionHash: transaction }),
      ...(attempts.length > 0 && { attempts }),
      ...(refusals.length > 0 && { refused: refusals.slice(0, maxListed).map(refusalInWords) }),
    },
  };
}

/** How a relay failed, and what the call was to be given. */
export interface FailureOf {
  readonly failed: Failed;
  readonly hash: Hash;
  readonly large: Trip['large'];
}

function tooLarge({ settings }: Lane, large: Trip['large']): string {
  const { maxHeldBytes, maxResponseBytes } = settings.limits;
  if (large === 'streamed' || maxResponseBytes <= maxHeldBytes) {
    return `No upstream has an answer of at most ${maxResponseBytes} bytes. Ask for less at a time.`;
  }
  return `The answer is larger than ${maxHeldBytes} bytes, the most that is held for a call that is not alone. Ask this call alone, outside a batch, or for less at a time.`;
}

function refusalInWords({ upstream, reason }: Refusal): object {
  return { upstream: `${upstream.endpoint.provider}/${upstream.endpoint.name}`, reason };
}

const messages: Partial<Record<FaultName, string>> = {
  NO_UPSTREAM: 'No upstream of this chain may be asked now. Try again after the time in Retry-After.',
  UPSTREAMS_EXHAUSTED: 'Every upstream that was asked failed without a usable answer. Try again.',
  DEADLINE_PASSED: "The call's time is over and no upstream had answered. Try again, or allow more time.",
  WRITE_OUTCOME_UNKNOWN:
    'The transaction was sent and nobody answered: it may have been accepted. Look it up by its hash before sending another one.',
  OVERLOADED:
    'Too many calls are in flight, upstreams were sent all they may be for now, or too many bytes are held for answers. Try again after the time in Retry-After.',
};
