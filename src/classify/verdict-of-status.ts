import type { Verdict } from '../model/verdict.ts';

/** The verdict on an answer that no rule knows: one try elsewhere for a read, nobody blamed, counted as unclassified. */
export const unclassified: Verdict = Object.freeze({
  meaning: 'generic',
  blame: 'none',
  retry: 'once',
  holdOff: false,
  cache: false,
});

const badResponse: Verdict = Object.freeze({
  ...unclassified,
  meaning: 'bad-response',
  blame: 'upstream',
  retry: 'other',
});
const serverError: Verdict = Object.freeze({ ...badResponse, meaning: 'server-error' });

/** Whether nobody knew what the answer means: it is reported by its shape, so that a rule can be written. */
export function isUnclassified({ meaning }: Verdict): boolean {
  return meaning === 'generic';
}

/**
 * What an HTTP status without an answer of the protocol means where no rule names it: below 400 the upstream talks nonsense,
 * from 500 on it failed, in between nobody knows.
 */
export function verdictOfStatus(status: number): Verdict {
  if (status < 400) return badResponse;
  return status < 500 ? unclassified : serverError;
}
