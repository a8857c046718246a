import type { Head } from '../model/head.ts';

/** What is known of one URL's head. */
export interface HeadState {
  readonly head?: Head;
  /** When the height last changed, monotonic milliseconds. */
  readonly movedAt: number;
  /** Reports in a row that were not believed. */
  readonly doubted: number;
}

/** What became of a report: taken; older than what is known; a pool's step back, kept at the higher head; or unbelievable. */
export type Reception = 'taken' | 'late' | 'step-back' | 'absurd';

/** The next state and what became of the report. */
export interface FoldedHead {
  readonly state: HeadState;
  readonly reception: Reception;
}

/** Blocks an upstream may step back without having fallen: 0 for a single upstream. */
export interface HeadTolerance {
  readonly stepBack: number;
}

/** Nothing was observed yet: the head is unknown, not zero. */
export const unknownHead: HeadState = { movedAt: 0, doubted: 0 };

/** No chain makes so many blocks between two reports. */
const absurdJump = 1_000_000_000;

/** What is insisted on for so many reports in a row is believed after all: a reset devnet does start at block 0 again. */
const insistence = 3;

/**
 * Folds one report of a newest block into what is known of that upstream.
 *
 * A head may fall (a reorg, a rollback); the report with the later `at` wins. Block 0 after others, and a jump no chain
 * makes, are absurd: they change nothing until they were said three times in a row. A report of the same height without
 * its hash does not erase the hash. Never throws.
 */
export function foldHead(state: HeadState, report: Head, tolerance: HeadTolerance): FoldedHead {
  const known = state.head;
  if (known === undefined) return taken(state, report);
  if (report.at < known.at) return { state, reception: 'late' };
  const doubt = doubtOf(known, report, tolerance);
  if (doubt === undefined || state.doubted + 1 >= insistence) return taken(state, report);
  const head = doubt === 'step-back' ? { ...known, at: report.at } : known;
  return { state: { ...state, head, doubted: state.doubted + 1 }, reception: doubt };
}

function doubtOf(known: Head, report: Head, tolerance: HeadTolerance): 'step-back' | 'absurd' | undefined {
  if (report.height === 0 && known.height > 0) return 'absurd';
  if (report.height - known.height >= absurdJump) return 'absurd';
  const fall = known.height - report.height;
  return fall > 0 && fall <= tolerance.stepBack ? 'step-back' : undefined;
}

function taken(state: HeadState, report: Head): FoldedHead {
  const known = state.head;
  const isSameHeight = known?.height === report.height;
  const head = isSameHeight && report.hash === undefined ? { ...known, at: report.at } : withTime(report, known);
  return { state: { head, movedAt: isSameHeight ? state.movedAt : report.at, doubted: 0 }, reception: 'taken' };
}

/** What client traffic shows has a height and no time; a higher block is at least as young as the one before. */
function withTime(report: Head, known: Head | undefined): Head {
  if (report.timeMs !== undefined || known?.timeMs === undefined || report.height < known.height) return report;
  return { ...report, timeMs: known.timeMs };
}
