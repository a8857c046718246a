import { byteAt, type JsonText } from './json-text.ts';
import { skipString } from './skip-string.ts';

/** Answers the position after the string, number or literal at `at`, or `~offset` (negative) of the first byte that is wrong there. */
export function skipScalar(text: JsonText, at: number): number {
  const { bytes } = text;
  switch (byteAt(bytes, at)) {
    case 0x22: // "
      return skipString(text, at);
    case 0x74: // t
      return skipWord(bytes, at, 'true');
    case 0x66: // f
      return skipWord(bytes, at, 'false');
    case 0x6e: // n
      return skipWord(bytes, at, 'null');
    default:
      return skipNumber(bytes, at);
  }
}

function skipWord(bytes: Buffer, at: number, word: string): number {
  for (let i = 0; i < word.length; i += 1) if (byteAt(bytes, at + i) !== word.charCodeAt(i)) return ~(at + i);
  return at + word.length;
}

/** The grammar of RFC 8259, section 6: no leading zero, no bare point, no empty exponent. The value is never computed. */
function skipNumber(bytes: Buffer, at: number): number {
  const whole = byteAt(bytes, at) === 0x2d ? at + 1 : at; // -
  const isZero = byteAt(bytes, whole) === 0x30;
  let here = isZero ? whole + 1 : skipDigits(bytes, whole);
  if (here > 0 && byteAt(bytes, here) === 0x2e) here = skipDigits(bytes, here + 1); // .
  if (here > 0 && (byteAt(bytes, here) | 0x20) === 0x65) here = skipExponent(bytes, here + 1); // e, E
  return here;
}

function skipExponent(bytes: Buffer, at: number): number {
  const sign = byteAt(bytes, at);
  return skipDigits(bytes, sign === 0x2b || sign === 0x2d ? at + 1 : at); // +, -
}

/** At least one digit. */
function skipDigits(bytes: Buffer, at: number): number {
  let here = at;
  while (here < bytes.length && isDigit(bytes[here] ?? 0)) here += 1;
  return here === at ? ~at : here;
}

/** True for `0` to `9`. */
export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
