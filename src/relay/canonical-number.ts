const MINUS = 0x2d;
const ZERO = 0x30;

/** Longer exponents are of no number anybody means: such texts are left as they are. */
const maxExponentDigits = 9;

/**
 * One spelling for all JSON texts of one number: its significant digits, and the power of ten that follows them. `1`, `1.0` and `10e-1`
 * come out alike, and no two different numbers do: nothing is rounded. Linear; never throws.
 */
export function canonicalNumber(text: string): string {
  const mark = exponentAt(text);
  const exponentText = mark < 0 ? '' : text.slice(mark + 1);
  if (exponentText.length > maxExponentDigits) return text;
  const sign = text.charCodeAt(0) === MINUS ? '-' : '';
  const mantissa = text.slice(sign.length, mark < 0 ? undefined : mark);
  const point = mantissa.indexOf('.');
  const fraction = point < 0 ? '' : mantissa.slice(point + 1);
  const digits = point < 0 ? mantissa : mantissa.slice(0, point) + fraction;
  const [start, end] = significant(digits);
  if (start === end) return '0';
  const exponent = Number(exponentText) - fraction.length + digits.length - end;
  return exponent === 0 ? sign + digits.slice(start, end) : `${sign}${digits.slice(start, end)}e${exponent}`;
}

function exponentAt(text: string): number {
  const lower = text.indexOf('e');
  return lower < 0 ? text.indexOf('E') : lower;
}

/** Where the digits begin and end, zeros before and after left out. Both are the same where there are only zeros. */
function significant(digits: string): readonly [number, number] {
  let start = 0;
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === ZERO) end -= 1;
  while (start < end && digits.charCodeAt(start) === ZERO) start += 1;
  return [start, end];
}
