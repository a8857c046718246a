import { emptyRing, type OpenSend } from './open-send.ts';

/** What is kept of one endpoint. */
export interface LoadRow {
  inFlight: number;
  goodAt: number;
  /** When the newest poll that was answered, and the newest send that failed, went out. */
  polledAt: number;
  failedSentAt: number;
  /** Failures since the last good answer. */
  failures: number;
  good: number;
  goodGeneration: number;
  /** When the newest of these was sent. */
  goodSentAt: number;
  /** Sends that are looked at for age. */
  readonly waiting: OpenSend;
}

/** An endpoint with nothing in flight and nothing observed. */
export function blankRow(): LoadRow {
  const never = Number.NEGATIVE_INFINITY;
  return {
    inFlight: 0,
    goodAt: never,
    polledAt: never,
    failedSentAt: never,
    failures: 0,
    good: 0,
    goodGeneration: 0,
    goodSentAt: never,
    waiting: emptyRing(),
  };
}
