import type { Answer } from '../model/answer.ts';
import type { BlockReference } from '../model/call.ts';
import type { Verdict } from '../model/verdict.ts';

/** An upstream answered, but it has not seen what the chain's others have: another may know better. */
export const behindVerdict: Verdict = Object.freeze({
  meaning: 'lagging',
  blame: 'none',
  retry: 'other',
  holdOff: false,
  cache: false,
});

/** The newest height that head reads of one chain have shown to anybody: what they show does not go back. */
export interface ShownHead {
  /** The newest height there was to be shown so far; 0 before the first. */
  readonly newest: number;
  /** Takes note of a height that a head read would show, and says whether more was shown, and is agreed on, already. */
  isBehind(height: number, tip: number | undefined): boolean;
  /** Keeps what somebody was told in answer to a question. */
  tell(question: string, told: Told): void;
  /** The highest of what was told last in answer to a question and is agreed on, where that is above `height`. */
  toldAbove(question: string, height: number, tip: number | undefined): Told | undefined;
}

/** An answer to a question for the newest block, and the height it shows. */
export interface Told {
  readonly height: number;
  /** The block's, where the answer is a block: once the chain has another in its place, it is not told again. */
  readonly hash?: string;
  readonly answer: Answer;
}

/** Questions whose answers are kept: clients ask for the newest block in a few ways only. */
const maxQuestions = 16;

/** Heights that are kept of each: the last may be one upstream's word alone, and what is agreed on may step back for a while. */
const mostHeights = 4;

/**
 * Creates the memory of what was shown.
 *
 * Only what the chain's upstreams agree on counts: so one that is alone with its height cannot make all others look behind, and a
 * chain that was set back takes the memory along.
 */
export function createShownHead(): ShownHead {
  let shown = 0;
  const told = new Map<string, readonly Told[]>();
  return {
    get newest() {
      return shown;
    },
    isBehind(height, tip) {
      if (tip !== undefined && height < Math.min(shown, tip)) return true;
      shown = Math.max(shown, height);
      return false;
    },
    tell(question, last) {
      const others = (told.get(question) ?? nothing).filter(({ height }) => height !== last.height);
      told.delete(question);
      told.set(question, [...others, last].slice(-mostHeights));
      const [oldest] = told.keys();
      if (told.size > maxQuestions && oldest !== undefined) told.delete(oldest);
    },
    toldAbove(question, height, tip = 0) {
      const agreed = (told.get(question) ?? nothing).filter((one) => one.height > height && one.height <= tip);
      return agreed.reduce<Told | undefined>((best, one) => ((best?.height ?? 0) > one.height ? best : one), undefined);
    },
  };
}

const nothing: readonly Told[] = [];

const nullText = Buffer.from('null');

/** True where a `null` is in the place of a block that the chain has: its height is no higher than the tip. */
export function isMissingBlock(result: Buffer, block: BlockReference, tip: number | undefined): boolean {
  return block.kind === 'height' && tip !== undefined && block.height <= tip && result.equals(nullText);
}
