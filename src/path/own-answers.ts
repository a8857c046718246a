import type { FaultAnswer } from '../model/faults.ts';

/** The path names no chain. */
export const unknownChain: FaultAnswer = {
  fault: 'UNKNOWN_CHAIN',
  message: 'No chain of this name is configured. Send calls to POST /<chain>; GET /readyz lists the chains.',
};

/** Drained, and about to end. */
export const shuttingDown: FaultAnswer = {
  fault: 'SHUTTING_DOWN',
  message: 'This replica is shutting down. Send the call again.',
};

/** Shed by our own bounds. */
export const overloaded: FaultAnswer = {
  fault: 'OVERLOADED',
  message: 'Too many calls are in flight, or too many bytes held for answers. Try again after the time in Retry-After.',
  retryAfterSeconds: 1,
};

/** Nothing came in the time a call has. */
export const deadlinePassed: FaultAnswer = {
  fault: 'DEADLINE_PASSED',
  message: "The call's time is over and no upstream had answered. Try again, or allow more time.",
};

/** Nobody foresaw it. */
export const bugAnswer: FaultAnswer = { fault: 'INTERNAL', message: 'A bug of the gateway. Please report it.' };
