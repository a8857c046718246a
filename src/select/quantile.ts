/** How far one sample may move an estimate, as a share of it. */
const stride = 0.1;

/**
 * Moves a streaming estimate of a quantile by one sample. It needs no memory but the estimate itself.
 *
 * The estimate rests where a `share` of the samples lies below it: a sample above lifts it by much, one below lowers it by
 * little, in the proportion that cancels out there. Zero means no estimate yet; samples are positive. Never throws.
 */
export function nextQuantile(estimate: number, sample: number, share: number): number {
  if (estimate === 0) return sample;
  return sample > estimate ? estimate * (1 + stride * share) : estimate * (1 - stride * (1 - share));
}
