import type { Random } from '../ports/random.ts';

/** Real chance: unpredictable enough to spread load, not for secrets. Never throws. */
export const random: Random = Math.random;
