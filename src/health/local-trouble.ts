import type { TransportFailure } from '../model/answer.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { Verdict } from '../model/verdict.ts';

/** When each host last failed for a reason that may be ours: no route, no resolver. Monotonic milliseconds. */
export type LocalErrors = ReadonlyMap<string, number>;

/** Hosts that must fail at once before the trouble is taken for our own. */
const hostsInTrouble = 3;

/** "At once": no host is polled less often than this. */
const togetherMs = 10_000;

/** Hosts remembered. */
const maxHosts = 256;

/** How long a local error is kept back before it is judged: others may be about to fail the same way. */
export const judgeLocalAfterMs = 1000;

/** Nothing seen. */
export const noLocalErrors: LocalErrors = new Map();

/**
 * True for a failure that may have happened on our side of the wire. Refused, reset and timed out are not among them; nor is what we
 * aborted ourselves, which says nothing of anybody's network.
 */
export function isLocalFailure(failure: TransportFailure | undefined): boolean {
  return failure === 'dns' || failure === 'unreachable' || failure === 'local';
}

/** Notes a local error of one host and forgets the old ones: what an error still to be judged may stand beside is kept. */
export function noteLocalError(errors: LocalErrors, host: string, at: number): LocalErrors {
  const recent = [...errors].filter(([known, seenAt]) => known !== host && at - seenAt <= 2 * togetherMs);
  return new Map([...recent.slice(1 - maxHosts), [host, at]]);
}

/** True where three hosts or more failed locally around `at`: then the trouble is ours, and nobody is blamed. */
export function isOurTrouble(errors: LocalErrors, at: number): boolean {
  let hosts = 0;
  for (const seenAt of errors.values()) if (Math.abs(seenAt - at) <= togetherMs) hosts += 1;
  return hosts >= hostsInTrouble;
}

/**
 * The host behind an endpoint as far as its description tells: its operator's domain, or the URL itself for one's own nodes,
 * which share a group but not a machine.
 */
export function hostOf(endpoint: Endpoint): string {
  return endpoint.group === 'own' ? endpoint.tracker : endpoint.group;
}

/** A span in which our own loop stood still. Monotonic milliseconds. */
export interface Stall {
  readonly from: number;
  readonly to: number;
}

/** A heartbeat: when it was due, and when it came. */
export interface Beat {
  readonly dueAt: number;
  readonly at: number;
}

/** Lateness a loaded but running loop shows. */
const lateMs = 250;

/** The last stall, given one more heartbeat. */
export function nextStall(stall: Stall | undefined, beat: Beat): Stall | undefined {
  return beat.at - beat.dueAt > lateMs ? { from: beat.dueAt, to: beat.at } : stall;
}

/** A failure, as far as its timing goes. */
export interface TimedFailure {
  readonly verdict: Verdict;
  readonly failure?: TransportFailure | undefined;
  readonly sentAt: number;
  readonly at: number;
}

/** True for a timeout that ran out while our own loop stood still: it tells nothing of the upstream. */
export function isOwnTimeout(failed: TimedFailure, stall: Stall | undefined): boolean {
  if (stall === undefined) return false;
  const isTimeout = failed.verdict.meaning === 'timeout' || failed.failure === 'connect-timeout';
  return isTimeout && failed.sentAt < stall.to && failed.at >= stall.from;
}
