/** The word that every planted secret holds: `SECRET-<n>`. */
const word = 'SECRET';

/** Every way in which the word may come out: as it is, escaped, encoded. Searched ignoring case. */
const shapes: readonly string[] = [
  word,
  [...word].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join(''),
  [...word].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  Buffer.from(word).toString('hex'),
  ...[0, 1, 2].map(base64At),
].map((shape) => shape.toLowerCase());

/** Base64 writes a text in three ways, by its offset; what hangs on the neighbours is left out. */
function base64At(offset: number): string {
  const text = Buffer.from(' '.repeat(offset) + word).toString('base64');
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + word.length) * 8) / 6));
}

/** The places where a text shows a planted secret, each with what stands around it. Empty where it shows none. */
export function canariesIn(text: string): readonly string[] {
  const lower = text.toLowerCase();
  return shapes.flatMap((shape) => {
    const at = lower.indexOf(shape);
    return at === -1 ? [] : [`${shape}: …${text.slice(Math.max(0, at - 120), at + 80)}…`];
  });
}
