import { crc32 } from 'node:zlib';

/** The row that names the schema's version. Rows of the store itself stand under another mark. */
export const schemaKey = Buffer.from('m/schema');

const rowMark = 'r/';

/** A row's key as it stands in the file. */
export function fileKey(key: string): Buffer {
  return Buffer.from(rowMark + key);
}

/** The key of a row in the file; undefined for what is no row of the store. */
export function rowKey(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  return text.startsWith(rowMark) ? text.slice(rowMark.length) : undefined;
}

/** JSON text with a checksum before it, over key and text: eight hex digits, a space, the text. */
export function seal(key: Uint8Array, text: string): string {
  return `${checksum(key, text)} ${text}`;
}

/** The JSON text, or undefined where the checksum is not that of this key and text. */
export function unseal(key: Uint8Array, sealed: string): string | undefined {
  const text = sealed.slice(9);
  return sealed.slice(0, 9) === `${checksum(key, text)} ` ? text : undefined;
}

function checksum(key: Uint8Array, text: string): string {
  return crc32(text, crc32(key)).toString(16).padStart(8, '0');
}
