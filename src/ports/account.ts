import type { Purpose } from '../model/names.ts';

/** Who is billed for what is sent to some endpoints. */
export interface Account {
  /** Counts one send, whoever it is for, by what its method costs. Never throws, never waits. */
  charge(purpose: Purpose, cost: number): void;
}
