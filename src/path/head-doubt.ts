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
  /** Keeps what somebody was told in answer to a question, in place of what was told before. */
  tell(question: string, told: Told): void;
  /** What was told in answer to a question last, where that is above `height` and agreed on. */
  toldAbove(question: string, height: number, tip: number | undefined): Told | undefined;
}

/** An answer to a question for the newest block, and the height it shows. */
export interface Told {
  readonly height: number;
  readonly answer: Answer;
}

/** Questions whose answers are kept: clients ask for the newest block in a few ways only. */
const maxQuestions = 16;

/**
 * Creates the memory of what was shown.
 *
 * Only what the chain's upstreams agree on counts: so one that is alone with its height cannot make all others look behind, and a
 * chain that was set back takes the memory along.
 */
export function createShownHead(): ShownHead {
  let shown = 0;
  const told = new Map<string, Told>();
  return {
    get newest() {
      return shown;
    },
    isBehind(height, tip) {
      if (tip !== undefined && height < Math.min(shown, tip)) return true;
      shown = Math.max(shown, height);
      return false;
    },
    tell(question, answer) {
      told.delete(question);
      told.set(question, answer);
      const [oldest] = told.keys();
      if (told.size > maxQuestions && oldest !== undefined) told.delete(oldest);
    },
    toldAbove(question, height, tip) {
      const last = told.get(question);
      return last !== undefined && tip !== undefined && last.height > height && last.height <= tip ? last : undefined;
    },
  };
}

const nullText = Buffer.from('null');

/** True where a `null` is in the place of a block that the chain has: its height is no higher than the tip. */
export function isMissingBlock(result: Buffer, block: BlockReference, tip: number | undefined): boolean {
  return block.kind === 'height' && tip !== undefined && block.height <= tip && result.equals(nullText);
}
