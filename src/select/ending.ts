import type { AttemptOutcome } from '../model/answer.ts';

/**
 * What one send told about its upstream, for the load.
 *
 * `good`: it did its job; a deterministic error answer is one too. `failed`: it is to blame. `cancelled`: we did not wait.
 * `neutral`: says nothing either way (a rate limit, a missing capability, trouble of our own, an error nobody knows).
 */
export type Ending = 'good' | 'failed' | 'cancelled' | 'neutral';

/** Reads the ending off a judged attempt. Never throws. */
export function endingOf(outcome: AttemptOutcome): Ending {
  const { verdict } = outcome;
  if (verdict.meaning === 'ok') return 'good';
  if (verdict.meaning === 'cancelled') return 'cancelled';
  if (verdict.holdOff || verdict.blame === 'capability') return 'neutral';
  if (verdict.blame === 'upstream') return 'failed';
  return outcome.answer !== undefined && verdict.retry === 'no' ? 'good' : 'neutral';
}
