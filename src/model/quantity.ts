/** How heights are written in answers: `0x`-hex, a JSON number, or decimal digits in a string. */
export type QuantityForm = 'hex' | 'number' | 'decimal-text';

const hexForm = /^0x0*([0-9a-f]{1,14})$/i;
const decimalForm = /^[0-9]{1,16}$/;

/**
 * Reads a count from an answer: an integer from 0 to 2^53 - 1, or undefined for anything else (a tag, a fraction, a sign,
 * a height no chain has). Never rounds and never throws.
 */
export function readQuantity(value: unknown, form: QuantityForm): number | undefined {
  const read = numberIn(value, form);
  return read !== undefined && Number.isSafeInteger(read) && read >= 0 ? read : undefined;
}

function numberIn(value: unknown, form: QuantityForm): number | undefined {
  if (form === 'number') return typeof value === 'number' ? value : undefined;
  if (typeof value !== 'string') return undefined;
  if (form === 'decimal-text') return decimalForm.test(value) ? Number(value) : undefined;
  const digits = hexForm.exec(value)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** Writes a count as JSON text in the form the chain reads. */
export function quantityText(count: number, form: QuantityForm): string {
  switch (form) {
    case 'hex':
      return `"0x${count.toString(16)}"`;
    case 'number':
      return String(count);
    case 'decimal-text':
      return `"${count}"`;
  }
}
