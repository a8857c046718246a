import { fractionOf } from '../model/fraction.ts';

/** Shortens a duration by up to `share` of it, always by the same part for the same text. */
export function shortenedBy(durationMs: number, share: number, text: string): number {
  return durationMs * (1 - share * fractionOf(text));
}
