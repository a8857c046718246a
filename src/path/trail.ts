import type { Purpose, UpstreamKey } from '../model/names.ts';
import type { Meaning } from '../model/verdict.ts';
import type { Clock } from '../ports/clock.ts';
import type { AttemptRun } from './attempt.ts';

/** Attempts of one call that are kept; a call of many pieces may make more. */
const mostMarks = 64;

/** One attempt as it is remembered. Times in monotonic milliseconds. */
export interface AttemptMark {
  readonly upstream: UpstreamKey;
  readonly purpose: Purpose;
  readonly sentAt: number;
  /** Undefined while it runs, and for ever where nobody waited for its end. */
  endedAt: number | undefined;
  meaning: Meaning | undefined;
  /** The answer rule that decided, where one did. */
  rule: string | undefined;
}

/** What a call's attempts leave behind, for whoever asks afterwards. Bounded; keeps no byte of any call or answer. */
export interface Trail {
  readonly marks: AttemptMark[];
  /** Attempts in all, those that were not kept included. */
  attempts: number;
}

/** A trail without attempts. */
export function beginTrail(): Trail {
  return { marks: [], attempts: 0 };
}

/** Notes an attempt that goes out now: what it answers is the same attempt, whose outcome is noted before it is passed on. */
export function followAttempt(trail: Trail, run: AttemptRun, clock: Clock): AttemptRun {
  trail.attempts += 1;
  if (trail.marks.length === mostMarks) return run;
  const mark: AttemptMark = {
    upstream: run.upstream.endpoint.key,
    purpose: run.order.purpose,
    sentAt: clock.now(),
    endedAt: undefined,
    meaning: undefined,
    rule: undefined,
  };
  trail.marks.push(mark);
  return {
    ...run,
    done: (outcome) => {
      mark.endedAt = clock.now();
      mark.meaning = outcome.verdict.meaning;
      mark.rule = outcome.verdict.rule;
      run.done(outcome);
    },
  };
}
