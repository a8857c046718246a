import type { TransportFailure } from '../model/answer.ts';
import {
  isLocalFailure,
  isOurTrouble,
  isOwnTimeout,
  judgeLocalAfterMs,
  type LocalErrors,
  nextStall,
  noLocalErrors,
  noteLocalError,
  type Stall,
  type TimedFailure,
} from './local-trouble.ts';
import type { Timers } from './timers.ts';

/** Local errors of all hosts of a process: shared by its chains, since no route is no route for any of them. */
export interface LocalErrorLog {
  note(host: string, at: number): void;
  isOurs(at: number): boolean;
}

/** An empty log. */
export function createLocalErrorLog(): LocalErrorLog {
  let errors: LocalErrors = noLocalErrors;
  return {
    note: (host, at) => {
      errors = noteLocalError(errors, host, at);
    },
    isOurs: (at) => isOurTrouble(errors, at),
  };
}

/** Tells failures of ours from those of upstreams (rule 5). */
export interface OwnTrouble {
  /** Takes one heartbeat of the loop. */
  beat(beat: { readonly dueAt: number; readonly at: number }): void;
  /** True for a timeout that ran out while our own loop stood still, known of yet or not. */
  isStalled(failed: TimedFailure, beatDueAt: number): boolean;
  /**
   * Judges a failure on our side of the wire, a second later, when others had the time to fail the same way: `ours` where three hosts
   * did. Any other failure is the upstream's, and said so at once. Decides exactly once, unless the timers are cancelled.
   */
  judge(failed: LocalFailure, decide: Decide): void;
}

/** Says whose failure it was, and when that was decided. */
export type Decide = (whose: 'ours' | 'theirs', at: number) => void;

/** A failure that may be local, with the host it was met at. */
export interface LocalFailure {
  readonly failure: TransportFailure | undefined;
  readonly host: string;
  readonly at: number;
}

/** Failures kept back at one time; those above are left out, as our own. */
const maxKeptBack = 256;

/** Watches for trouble of our own. */
export function watchOwnTrouble(log: LocalErrorLog, timers: Timers): OwnTrouble {
  let stall: Stall | undefined;
  let keptBack = 0;
  return {
    beat: (beat) => {
      stall = nextStall(stall, beat);
    },
    isStalled: (failed, beatDueAt) => isOwnTimeout(failed, nextStall(stall, { dueAt: beatDueAt, at: failed.at })),
    judge: ({ failure, host, at }, decide) => {
      if (!isLocalFailure(failure)) return decide('theirs', at);
      log.note(host, at);
      if (keptBack >= maxKeptBack) return decide('ours', at);
      keptBack += 1;
      timers.after(judgeLocalAfterMs, () => {
        keptBack -= 1;
        decide(log.isOurs(at) ? 'ours' : 'theirs', at + judgeLocalAfterMs);
      });
    },
  };
}
