import type { ClientLimits } from '../../src/ports/client-limits.ts';

/** Limits that bound nobody. */
export const noLimits: ClientLimits = {
  take: () => Promise.resolve(undefined),
  enter: () => true,
  leave: () => {},
};
