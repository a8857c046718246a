/** One phrase to look for, in lower case, and the rank of the rule it belongs to. */
export interface Phrase {
  readonly text: string;
  readonly rank: number;
}

/** Calls `visit` with the rank of every phrase that stands somewhere in `text`, in no promised order, perhaps more than once. */
export type PhraseIndex = (text: string, visit: (rank: number) => void) => void;

/**
 * Prepares the search for many phrases at once: one pass over the text, whose cost hardly depends on how many there are.
 *
 * Phrases are filed under a hash of their first three characters; shorter ones are looked for one by one. `text` must be in
 * lower case.
 */
export function createPhraseIndex(phrases: readonly Phrase[]): PhraseIndex {
  const short = phrases.filter(({ text }) => text.length < keyLength);
  const shelves = fileUnderKeys(phrases.filter(({ text }) => text.length >= keyLength));
  return (text, visit) => {
    for (const phrase of short) if (text.includes(phrase.text)) visit(phrase.rank);
    for (let at = 0; at + keyLength <= text.length; at += 1) {
      const shelf = shelves[keyAt(text, at)];
      if (shelf === undefined) continue;
      for (const phrase of shelf) if (text.startsWith(phrase.text, at)) visit(phrase.rank);
    }
  };
}

const keyLength = 3;

/** Many more shelves than phrases, so that most positions of a text meet an empty one. */
const shelfCount = 8192;

function fileUnderKeys(phrases: readonly Phrase[]): readonly (readonly Phrase[] | undefined)[] {
  const shelves: (Phrase[] | undefined)[] = new Array(shelfCount).fill(undefined);
  for (const phrase of phrases) {
    const key = keyAt(phrase.text, 0);
    const shelf = shelves[key];
    if (shelf === undefined) shelves[key] = [phrase];
    else shelf.push(phrase);
  }
  return shelves;
}

/** Which shelf three characters are on. Different ones may share a shelf; the comparison that follows is exact. */
function keyAt(text: string, at: number): number {
  const mixed = (text.charCodeAt(at) * 31 + text.charCodeAt(at + 1)) * 31 + text.charCodeAt(at + 2);
  return mixed & (shelfCount - 1);
}
