import type { Call } from '../model/call.ts';
import { valueAt } from '../model/json-path.ts';
import type { WriteMode } from '../model/method-policy.ts';
import { decodeBase58 } from './base58.ts';
import { readParams } from './params.ts';

type RawWrite = Extract<WriteMode, { readonly kind: 'raw' }>;

/** How signed bytes are written in params. */
export type RawEncoding = RawWrite['encoding'];

/** Longest params that are opened for the signed bytes in them: room for the largest blob transactions. */
const maxParamsBytes = 16 * 1024 * 1024;

/** Longest base58 text that is decoded: the work grows faster than the text, and no signed bytes so written are longer. */
const maxBase58 = 4096;

/**
 * The signed bytes of a raw write, or undefined where they are missing or not written as the client says.
 * Params may stand by position or, with a single one, by name. Never throws.
 */
export function readRawBytes({ params }: Pick<Call, 'params'>, write: RawWrite): Buffer | undefined {
  const value = readParams(params, maxParamsBytes);
  const text = valueAt(value, write.path) ?? (Array.isArray(value) ? value[0] : undefined);
  if (typeof text !== 'string') return undefined;
  const said = write.encodingPath === undefined ? undefined : valueAt(value, write.encodingPath);
  return decode(text, isEncoding(said) ? said : write.encoding);
}

function isEncoding(value: unknown): value is RawEncoding {
  return value === 'hex' || value === 'base64' || value === 'base58';
}

function decode(text: string, encoding: RawEncoding): Buffer | undefined {
  switch (encoding) {
    case 'hex':
      return decodeHex(text);
    case 'base64':
      return decodeBase64(text);
    case 'base58':
      return text.length <= maxBase58 ? decodeBase58(text) : undefined;
  }
}

/** With or without `0x`: EVM writes it, Bitcoin does not. Buffer stops silently at a wrong digit, so the length tells. */
function decodeHex(text: string): Buffer | undefined {
  const digits = text.startsWith('0x') ? text.slice(2) : text;
  const bytes = Buffer.from(digits, 'hex');
  return bytes.length > 0 && bytes.length * 2 === digits.length ? bytes : undefined;
}

/** Buffer skips what is no base64, so what it read is written again and compared. */
function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : undefined;
}
