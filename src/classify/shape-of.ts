/** Most characters of a message that are looked at, and of a shape that are kept. */
const maxMessage = 512;
const maxShape = 160;

/** What is replaced, in this order. Each is bounded or a plain run, so that the time is linear in the bounded message. */
const scrubs: readonly (readonly [RegExp, string])[] = [
  [/[a-z][a-z0-9+.-]{1,15}:\/\/[^\s"'<>]{1,512}/gi, '<url>'],
  [/"[^"]{0,512}"/g, '<text>'],
  [/`[^`]{0,512}`/g, '<text>'],
  [/(?<![a-z0-9])'[^']{0,512}'(?![a-z0-9])/gi, '<text>'],
  [/\b0x[0-9a-f]{0,512}/gi, '<hex>'],
  [/\b(?=[a-z_-]{0,64}[0-9])[a-z0-9_-]{16,512}/gi, '<key>'],
  [/\b[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,4}\.[a-z]{2,24}\b(?::[0-9]{1,5})?/gi, '<host>'],
  [/[0-9]{1,512}(?:[.,][0-9]{1,512})?/g, '<n>'],
  [/:\/\//g, ' '],
  [/\s{1,512}/g, ' '],
];

/**
 * What is left of an error's message when everything particular is taken out: addresses, quoted words, hex, keys, hosts and
 * numbers. Two errors of one kind have one shape; it is safe to log and short (at most 160 characters). Never throws.
 */
export function shapeOf(message: string): string {
  let shape = message.slice(0, maxMessage);
  for (const [pattern, name] of scrubs) shape = shape.replace(pattern, name);
  return shape.trim().slice(0, maxShape);
}
