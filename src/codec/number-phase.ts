import { isDigit } from './skip-scalar.ts';

const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;

/** How far a number was read (RFC 8259, section 6). */
export type NumberPhase = 'minus' | 'zero' | 'whole' | 'point' | 'fraction' | 'exponent' | 'exponent-sign' | 'power';

/**
 * How far a number is read after one more byte: `ended` where the byte is not of it any more and it was whole before, `broken` where
 * it was not. The value is never computed.
 */
export function nextNumberPhase(phase: NumberPhase, byte: number): NumberPhase | 'ended' | 'broken' {
  const isOneDigit = isDigit(byte);
  switch (phase) {
    case 'minus':
      if (byte === 0x30) return 'zero';
      return isOneDigit ? 'whole' : 'broken';
    case 'zero':
      return afterWhole(byte);
    case 'whole':
      return isOneDigit ? 'whole' : afterWhole(byte);
    case 'point':
      return isOneDigit ? 'fraction' : 'broken';
    case 'fraction':
      if (isOneDigit) return 'fraction';
      return isExponent(byte) ? 'exponent' : 'ended';
    case 'exponent':
      if (byte === PLUS || byte === MINUS) return 'exponent-sign';
      return isOneDigit ? 'power' : 'broken';
    case 'exponent-sign':
      return isOneDigit ? 'power' : 'broken';
    case 'power':
      return isOneDigit ? 'power' : 'ended';
  }
}

function afterWhole(byte: number): NumberPhase | 'ended' {
  if (byte === POINT) return 'point';
  return isExponent(byte) ? 'exponent' : 'ended';
}

function isExponent(byte: number): boolean {
  return (byte | 0x20) === 0x65; // e, E
}
