import type { Verdict } from '../model/verdict.ts';

/** Longest wait an upstream can ask for: one hour (DESIGN 4, rule 10). */
const longestWaitMs = 3_600_000;

/**
 * Adds what the upstream said of when to come back. Only 429 and 503 may say so. A 503 with a time is a request to slow
 * down, not a failure: deploys answer so.
 */
export function withRetryAfter(
  verdict: Verdict,
  { status, retryAfterMs }: { readonly status: number; readonly retryAfterMs?: number | undefined },
): Verdict {
  if (retryAfterMs === undefined || (status !== 429 && status !== 503)) return verdict;
  const waitMs = Math.min(longestWaitMs, Math.max(0, retryAfterMs));
  if (verdict.holdOff) return { ...verdict, retryAfterMs: waitMs };
  if (status !== 503 || verdict.blame !== 'upstream') return verdict;
  return { ...verdict, blame: 'none', holdOff: true, retryAfterMs: waitMs };
}
