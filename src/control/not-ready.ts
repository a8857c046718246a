import type { FaultAnswer } from '../model/faults.ts';

/** The answer to a call that came before its chain could serve; `detail` says what is being waited for. */
export function notReady(detail: string): FaultAnswer {
  return {
    fault: 'NOT_READY',
    message: `The chain is still starting: ${detail}. Try again after the time in Retry-After.`,
    retryAfterSeconds: 2,
  };
}
