import type { Clock } from '../ports/clock.ts';
import type { HeldBytes } from '../ports/held-bytes.ts';
import { type BlockRange, type PiecesStep, startPieces, widthOf } from '../relay/log-pieces.ts';
import { askPieces, isTooWide } from './ask-pieces.ts';
import { branchLeft, watchBranch } from './branch-watch.ts';
import { createKnownWidths, type KnownWidths } from './known-widths.ts';
import { fixRange, rangeOf } from './logs-range.ts';
import { type Answered, refused, type Serve, type Served, type Trip } from './trip.ts';

/** What asking in pieces needs of the world. */
export interface LogsTripDeps {
  readonly clock: Clock;
  /** The memory for answers: pieces that wait for the others count in it. */
  readonly held: HeldBytes;
}

/** The layer, as its parts see it. */
interface Layer {
  readonly deps: LogsTripDeps;
  readonly widths: KnownWidths;
  readonly inner: Serve;
  readonly perPiece: Serve;
}

/**
 * Serves what reads a range of blocks: one range for all attempts, and in pieces where upstreams refuse its width.
 *
 * `perPiece` serves a piece, which is a call like any other, and may be kept like one. Calls that read no range, or pin one block
 * by its hash, pass as they are.
 */
export function createLogsTrip(deps: LogsTripDeps, inner: Serve, perPiece: Serve = inner): Serve {
  const layer: Layer = { deps, widths: createKnownWidths(deps.clock), inner, perPiece };
  return (trip) => {
    const { policy, block } = trip.classified;
    return policy.splits === undefined || block.kind !== 'range' ? inner(trip) : serveRange(layer, trip);
  };
}

async function serveRange(layer: Layer, asked: Trip): Promise<Served> {
  const { lane, wish } = asked;
  const trip: Trip = { ...asked, classified: fixRange(lane, asked.classified, wish?.atLeast) };
  const range = rangeOf(trip.classified);
  if (range === undefined) return layer.inner(trip);
  const widest = layer.widths.widest(lane.pairing());
  const known = widest !== undefined && widest < widthOf(range) ? startPieces(range, widest) : undefined;
  if (known !== undefined) return inPieces(layer, trip, { range, first: known });
  const served = await layer.inner(trip);
  if (!isTooWide(served)) return served;
  learn(layer.widths, served);
  const first = startPieces(range, served.verdict.width?.blocks);
  return first === undefined ? served : inPieces(layer, trip, { range, first, refusal: served });
}

/** The pieces to begin with, and the refusal of the whole, where it was asked for. */
interface Split {
  readonly range: BlockRange;
  readonly first: PiecesStep;
  readonly refusal?: Answered;
}

/** Pieces that may be of two branches are no answer: they are asked once more. */
async function inPieces(layer: Layer, trip: Trip, split: Split): Promise<Served> {
  const hasLeft = watchBranch(trip.lane, split.range.to);
  const served = await askOnce(layer, trip, split);
  if (served.kind !== 'answered' || !hasLeft()) return served;
  const hasLeftAgain = watchBranch(trip.lane, split.range.to);
  const again = await askOnce(layer, trip, split);
  return again.kind === 'answered' && hasLeftAgain() ? refused(branchLeft) : again;
}

async function askOnce(layer: Layer, trip: Trip, { first, refusal }: Split): Promise<Served> {
  const { deps, perPiece, widths, inner } = layer;
  const served = await askPieces(
    { held: deps.held, perPiece, refused: (answered) => learn(widths, answered) },
    { trip, first, attempts: refusal?.facts.attempts ?? 0 },
  );
  // What is no list cannot be put together: whoever asks gets what the whole came to.
  if (served !== 'no-list' && served !== 'too-many') return served;
  return refusal ?? inner(trip);
}

function learn(widths: KnownWidths, { verdict, upstream }: Answered): void {
  if (verdict.width?.holds === 'always' && upstream !== undefined)
    widths.learn(upstream.endpoint.key, verdict.width.blocks);
}
