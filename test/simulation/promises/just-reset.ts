import type { Scene } from '../watch.ts';

/** Heads of before a reset, and heads bent by a fault, are remembered for about so long. */
export const settlesMs = 40_000;

/** True for a devnet that began anew lately: block 0 reads like one that still syncs, so heads of before stand for a while. */
export function isJustReset({ plan, now }: Scene): boolean {
  const { resetAt } = plan.history;
  return resetAt !== undefined && resetAt <= now() && now() < resetAt + settlesMs;
}
