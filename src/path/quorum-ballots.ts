import type { Clock } from '../ports/clock.ts';
import type { Hash } from '../ports/hash.ts';
import type { HeldBytes } from '../ports/held-bytes.ts';
import { type CanonicalForm, canonicalText, readCanonical, startCanonical } from '../relay/canonical-text.ts';
import type { Answered } from './trip.ts';

/** Larger results are compared byte for byte. In bytes. */
const maxCanonicalBytes = 4 * 1024 * 1024;

/** Characters made canonical in one turn of the loop: a few milliseconds of work. */
const sliceLength = 128 * 1024;

/** Smaller results are not counted: the bound on calls in flight bounds them. In bytes. */
const countedFrom = 4096;

/** What comparing answers needs of the world. */
export interface BallotDeps {
  readonly clock: Clock;
  readonly hash: Hash;
  readonly held: HeldBytes;
}

/** The answers of one quorum, sorted into ballots: equal ones are of one. */
export interface BallotBox {
  /** The ballot an answer is of, by its number; undefined where there is no room to hold it, or the box is closed. Never rejects. */
  put(answered: Answered): Promise<number | undefined>;
  /** The first answer of a ballot. */
  first(ballot: number): Answered | undefined;
  /** SHA-256 of what an answer of the ballot was compared by, in hex. */
  digest(ballot: number): Promise<string>;
  /** Gives back what is held. */
  close(): void;
}

interface Ballot {
  readonly answered: Answered;
  /** Worked out when it is first needed: mostly all answers are the same to the byte. */
  text: string | undefined;
}

/** Opens a box for one quorum. */
export function openBallotBox(deps: BallotDeps, form: CanonicalForm): BallotBox {
  const ballots: Ballot[] = [];
  let held = 0;
  let isOpen = true;
  let turn: Promise<unknown> = Promise.resolve();
  const textOf = async (ballot: Ballot): Promise<string> => {
    ballot.text ??= await canonicalOf(ballot.answered, form, deps.clock);
    return ballot.text;
  };
  const find = async (ballot: Ballot): Promise<number> => {
    const known = ballots.findIndex((other) => isSameToTheByte(ballot.answered, other.answered));
    if (known >= 0 || ballots.length === 0 || !isComparable(ballot)) return known;
    const text = await textOf(ballot);
    for (const [at, other] of ballots.entries()) if (isComparable(other) && (await textOf(other)) === text) return at;
    return -1;
  };
  const sort = async (answered: Answered): Promise<number | undefined> => {
    const ballot: Ballot = { answered, text: undefined };
    const known = await find(ballot);
    if (known >= 0) return known;
    const bytes = heldBytes(answered);
    if (!isOpen || (bytes > 0 && !deps.held.take(bytes))) return undefined;
    held += bytes;
    return ballots.push(ballot) - 1;
  };
  return {
    put(answered) {
      // One after another: two that come at once may be of one new ballot.
      const sorted = turn.then(() => sort(answered));
      turn = sorted;
      return sorted;
    },
    first: (at) => ballots[at]?.answered,
    async digest(at) {
      const ballot = ballots[at];
      if (ballot === undefined) return '';
      const bytes = isComparable(ballot) ? Buffer.from(await textOf(ballot)) : rawOf(ballot.answered);
      return Buffer.from(deps.hash.sha256(bytes)).toString('hex');
    },
    close() {
      isOpen = false;
      if (held > 0) deps.held.give(held);
      held = 0;
    },
  };
}

function isSameToTheByte(one: Answered, other: Answered): boolean {
  return (
    one.answer.kind === 'result' && other.answer.kind === 'result' && one.answer.result.equals(other.answer.result)
  );
}

function isComparable({ answered: { answer } }: Ballot): boolean {
  return answer.kind === 'error' || answer.result.length <= maxCanonicalBytes;
}

function heldBytes({ answer }: Answered): number {
  return answer.kind === 'result' && answer.result.length >= countedFrom ? answer.result.length : 0;
}

function rawOf({ answer }: Answered): Buffer {
  return answer.kind === 'result' ? answer.result : answer.error;
}

/** Errors are the same where they mean the same under the same code, whatever their words. */
async function canonicalOf({ answer, verdict }: Answered, form: CanonicalForm, clock: Clock): Promise<string> {
  if (answer.kind === 'error') return `error ${answer.code} ${verdict.meaning}`;
  const reading = startCanonical(answer.result, form);
  while (readCanonical(reading, sliceLength) === 'more') await nextTurn(clock);
  return canonicalText(reading);
}

function nextTurn(clock: Clock): Promise<void> {
  return new Promise((resolve) => void clock.after(0, resolve));
}
