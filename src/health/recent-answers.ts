/** The last answers of an endpoint, as runs of equal ones, oldest first: which asked us to slow down, and which did not. */
export type RecentAnswers = readonly AnswerRun[];

/** Equal answers in a row. */
export interface AnswerRun {
  readonly limited: boolean;
  readonly count: number;
}

/** Nothing heard. */
export const noAnswers: RecentAnswers = [];

/** Adds answers and keeps the last `size`. The same object comes back when nothing changed. */
export function addAnswers(recent: RecentAnswers, run: AnswerRun, size: number): RecentAnswers {
  const last = recent.at(-1);
  if (run.count <= 0 || (recent.length === 1 && last?.limited === run.limited && last.count === size)) return recent;
  const joins = last !== undefined && last.limited === run.limited;
  const all = joins ? [...recent.slice(0, -1), { ...run, count: last.count + run.count }] : [...recent, run];
  return newest(all, size);
}

/** True where more than `share` of the answers, at least `minimum` of them, asked us to slow down. */
export function isMostlyLimited(
  recent: RecentAnswers,
  bounds: { readonly share: number; readonly minimum: number },
): boolean {
  let limited = 0;
  let answers = 0;
  for (const run of recent) {
    answers += run.count;
    if (run.limited) limited += run.count;
  }
  return answers >= bounds.minimum && limited > bounds.share * answers;
}

function newest(runs: readonly AnswerRun[], size: number): RecentAnswers {
  const kept: AnswerRun[] = [];
  let left = size;
  for (let at = runs.length - 1; at >= 0 && left > 0; at -= 1) {
    const run = runs[at];
    if (run === undefined) break;
    kept.unshift({ ...run, count: Math.min(run.count, left) });
    left -= run.count;
  }
  return kept;
}
