import type { Transition } from '../model/chain-view.ts';
import { isRecord } from '../model/json-path.ts';
import { type BlockReason, blockReasons, type StandingKind, standingKinds } from '../model/standing.ts';
import { maxHistory } from './shift.ts';

/** Texts from a file are cut to what a live process would hold. */
const maxDetail = 200;

/**
 * The history that an earlier process stored in an upstream's row, oldest first, as a live process holds it: on the
 * monotonic clock, of which `toWall` makes wall time. Moments of an earlier process lie before this one's, be it below zero.
 * What cannot be read is left out. Never throws.
 */
export function restoredHistory(row: unknown, toWall: number): readonly Transition[] {
  if (!isRecord(row) || !Array.isArray(row.history)) return [];
  return row.history.slice(-maxHistory).flatMap((one) => restoredTransition(one, toWall));
}

function restoredTransition(value: unknown, toWall: number): readonly Transition[] {
  if (!isRecord(value) || typeof value.at !== 'number' || !Number.isFinite(value.at)) return [];
  const from = standingKind(value.from);
  const to = standingKind(value.to);
  if (from === undefined || to === undefined) return [];
  const reason = blockReason(value.reason);
  const detail = typeof value.detail === 'string' ? value.detail.slice(0, maxDetail) : '';
  return [{ at: value.at - toWall, from, to, ...(reason === undefined ? {} : { reason }), detail }];
}

function standingKind(value: unknown): StandingKind | undefined {
  return standingKinds.find((kind) => kind === value);
}

function blockReason(value: unknown): BlockReason | undefined {
  return blockReasons.find((reason) => reason === value);
}
