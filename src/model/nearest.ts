/** Longer words are not compared: a mistyped name is short, and the table grows with the square. */
const longestWord = 64;

/**
 * The candidate most like `word`, for "did you mean"; undefined where none is close. Never throws.
 *
 * Close means at most a third of the word's letters (at least 1, at most 4) inserted, left out, replaced or swapped with
 * their neighbour; case counts for nothing. Of equally close candidates the first wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > longestWord) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bound = Math.min(4, Math.max(1, Math.floor(word.length / 3)));
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase(), bound);
    if (distance > bound || (distance === bound && best !== undefined)) continue;
    best = candidate;
    bound = distance;
    if (distance === 0) break;
  }
  return best;
}

/** Edits between two words (optimal string alignment), or any number above `bound` once it must exceed it. */
function editDistance(left: string, right: string, bound: number): number {
  if (Math.abs(left.length - right.length) > bound) return bound + 1;
  let older: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const next: number[] = [row];
    for (let column = 1; column <= right.length; column += 1) {
      next.push(cheapestEdit({ left, right, row, column }, { next, last, older }));
    }
    if (Math.min(...next) > bound) return bound + 1;
    older = last;
    last = next;
  }
  return at(last, right.length);
}

interface Cell {
  readonly left: string;
  readonly right: string;
  readonly row: number;
  readonly column: number;
}

/** The row being filled and the two before it. */
interface Rows {
  readonly next: readonly number[];
  readonly last: readonly number[];
  readonly older: readonly number[];
}

function cheapestEdit({ left, right, row, column }: Cell, rows: Rows): number {
  const same = left[row - 1] === right[column - 1];
  const replaced = at(rows.last, column - 1) + (same ? 0 : 1);
  const changed = Math.min(replaced, at(rows.last, column) + 1, at(rows.next, column - 1) + 1);
  const swapped = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
  return swapped ? Math.min(changed, at(rows.older, column - 2) + 1) : changed;
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
