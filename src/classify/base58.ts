/** Bitcoin's alphabet: digits and letters without 0, O, I and l. */
const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Digits taken at once: 58^5 is well below 2^53, so a chunk is exact as a plain number. */
const chunkDigits = 5;
const chunkBase = 58n ** BigInt(chunkDigits);

/** Decodes base58 (a leading `1` is a zero byte), or undefined where a character is none. Time grows with the square of the length. */
export function decodeBase58(text: string): Buffer | undefined {
  let value = 0n;
  let at = 0;
  for (; at + chunkDigits <= text.length; at += chunkDigits) {
    const chunk = digitsAt(text, at, at + chunkDigits);
    if (chunk === undefined) return undefined;
    value = value * chunkBase + BigInt(chunk);
  }
  const rest = digitsAt(text, at, text.length);
  if (rest === undefined) return undefined;
  value = value * 58n ** BigInt(text.length - at) + BigInt(rest);
  const hex = value === 0n ? '' : value.toString(16);
  const body = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.alloc(leading(text, '1')), body]);
}

/** Encodes bytes in base58. Meant for hashes and signatures: time grows with the square of the length. */
export function encodeBase58(bytes: Uint8Array): string {
  let value = bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; value > 0n; value /= 58n) text = (alphabet[Number(value % 58n)] ?? '') + text;
  let zeros = 0;
  while (zeros < bytes.length && bytes[zeros] === 0) zeros += 1;
  return '1'.repeat(zeros) + text;
}

function digitsAt(text: string, from: number, to: number): number | undefined {
  let chunk = 0;
  for (let at = from; at < to; at += 1) {
    const digit = alphabet.indexOf(text.charAt(at));
    if (digit < 0) return undefined;
    chunk = chunk * 58 + digit;
  }
  return chunk;
}

function leading(text: string, sign: string): number {
  let count = 0;
  while (count < text.length && text[count] === sign) count += 1;
  return count;
}
