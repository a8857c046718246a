import type { AttemptOutcome } from '../model/answer.ts';
import { attemptTimeoutMs } from './call-plan.ts';
import type { TriedCall } from './report-attempt.ts';

/** A client that gave an upstream less time than its class has may lose patience, but not on the upstream's account. */
export function excuseHaste(outcome: AttemptOutcome, { journey, run }: TriedCall): AttemptOutcome {
  const { policy } = journey.classified;
  const isHaste = journey.deadline === 'clients' && outcome.failure === 'timeout';
  if (!isHaste || run.order.timeoutMs >= attemptTimeoutMs(policy, journey.lane.settings.limits)) return outcome;
  return { ...outcome, verdict: { ...outcome.verdict, blame: 'none' } };
}
