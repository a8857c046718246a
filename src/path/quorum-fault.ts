import type { FaultAnswer } from '../model/faults.ts';
import { type Quorum, quorumText } from '../model/quorum.ts';

/** One provider's answer, as the fault of a quorum tells of it. */
export interface VoteNote {
  /** `provider/endpoint`. */
  readonly upstream: string | undefined;
  /** SHA-256 of the canonical result, in hex. */
  readonly digest: string;
}

/** A quorum is of reads. */
export const noReadFault: FaultAnswer = {
  fault: 'INVALID_REQUEST',
  message:
    'A quorum is for reads that the chain knows: this method may change something. Send it without x-switchyard-quorum.',
};

/** There are not as many independent providers as have to agree. */
export function tooFewGroups(quorum: Quorum, groups: number): FaultAnswer {
  return {
    fault: 'NO_UPSTREAM',
    message: `A quorum of ${quorumText(quorum)} needs ${quorum.agree} providers that are independent of each other, and this call may be sent to ${groups === 1 ? 'one' : groups}. Ask for less, or configure more groups.`,
    retryAfterSeconds: 60,
    data: { quorum: quorumText(quorum), groups },
  };
}

/** There are enough independent providers, but not just now. */
export function tooFewAskable(quorum: Quorum, groups: number): FaultAnswer {
  return {
    fault: 'NO_UPSTREAM',
    message: `A quorum of ${quorumText(quorum)} needs ${quorum.agree} providers that are independent of each other, and only ${groups} can be asked now. Try again after the time in Retry-After.`,
    retryAfterSeconds: 5,
    data: { quorum: quorumText(quorum), groups },
  };
}

/** What became of a quorum that was not reached. */
export interface Votes {
  readonly quorum: Quorum;
  readonly notes: readonly VoteNote[];
  /** What came of those that gave no answer. */
  readonly failures: readonly FaultAnswer[];
}

/** Enough answered, and they do not say the same. */
export function disagreement({ quorum, notes, failures }: Votes): FaultAnswer {
  return {
    fault: 'QUORUM_DISAGREES',
    message: `No ${quorum.agree} of the ${notes.length} providers that answered agree. Their answers are told apart by the digests in data.`,
    data: { quorum: quorumText(quorum), answers: notes, ...attemptsOf(failures) },
  };
}

/** Too few answered for any agreement: it is called what stopped the first of the others. */
export function tooFewAnswers({ quorum, notes, failures }: Votes): FaultAnswer {
  const [failure] = failures;
  return {
    fault: failure?.fault ?? 'UPSTREAMS_EXHAUSTED',
    message: `A quorum of ${quorumText(quorum)} needs ${quorum.agree} answers, and there were ${notes.length}. Try again.`,
    ...(failure?.retryAfterSeconds !== undefined && { retryAfterSeconds: failure.retryAfterSeconds }),
    data: { quorum: quorumText(quorum), answers: notes, ...attemptsOf(failures) },
  };
}

function attemptsOf(failures: readonly FaultAnswer[]): object {
  const attempts = failures.flatMap(({ data }) => (Array.isArray(data?.attempts) ? data.attempts : []));
  return attempts.length === 0 ? {} : { attempts };
}
