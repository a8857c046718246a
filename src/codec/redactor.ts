import { isSpace, type JsonText, jsonText } from './json-text.ts';
import { isAtEnd, startWalk, WHOLE, walkValue } from './json-walk.ts';
import { findSecret, findSecrets, indexSecrets, type SecretIndex } from './secret-index.ts';
import { secretShapes } from './secret-shapes.ts';
import { skipString } from './skip-string.ts';
import type { Span } from './span.ts';

const QUOTE = 0x22;
const mask = Buffer.from('***');
const maskString = Buffer.from('"***"');

/**
 * Makes what takes secrets out of the JSON bytes of an upstream: each becomes `***`, in every shape of `secretShapes`, and the rest
 * stays byte for byte. What was valid JSON stays so: where `***` cannot stand, as in the middle of a number, the whole token becomes
 * `"***"`. What is no JSON is taken as plain text. The same buffer where nothing was found; linear in the bytes, however many secrets; never throws.
 */
export function createRedactor(secrets: readonly string[]): (bytes: Buffer) => Buffer {
  const index = indexSecrets(secretShapes(secrets));
  if (index.byStart.size === 0) return (bytes) => bytes;
  return (bytes) => {
    if (findSecret(index, bytes, 0) === undefined) return bytes;
    return isJson(bytes) ? redactTokens(index, jsonText(bytes)) : replaceSpans(bytes, findSecrets(index, bytes));
  };
}

/** The same for plain text, such as a detail that goes to the log. The same string where nothing was found. */
export function createTextRedactor(secrets: readonly string[]): (text: string) => string {
  const index = indexSecrets(secretShapes(secrets));
  if (index.byStart.size === 0) return (text) => text;
  return (text) => {
    const bytes = Buffer.from(text);
    const spans = findSecrets(index, bytes);
    return spans.length === 0 ? text : replaceSpans(bytes, spans).toString('utf8');
  };
}

function isJson(bytes: Buffer): boolean {
  const walk = startWalk(bytes, WHOLE);
  return walkValue(walk, WHOLE) === 'done' && isAtEnd(walk);
}

function redactTokens(index: SecretIndex, text: JsonText): Buffer {
  const { bytes } = text;
  const pieces: Buffer[] = [];
  let kept = 0;
  for (let at = 0; at < bytes.length; ) {
    const end = afterToken(text, at);
    const token = bytes.subarray(at, end);
    const redacted = redactToken(index, token);
    if (redacted !== token) {
      pieces.push(bytes.subarray(kept, at), redacted);
      kept = end;
    }
    at = end;
  }
  return Buffer.concat([...pieces, bytes.subarray(kept)]);
}

/** A match may begin inside an escape (`\u00ab…`): then what is left of the string would be none. */
function redactToken(index: SecretIndex, token: Buffer): Buffer {
  const spans = findSecrets(index, token);
  if (spans.length === 0) return token;
  if (token[0] !== QUOTE) return maskString;
  const redacted = replaceSpans(token, spans);
  return skipString(jsonText(redacted), 0) === redacted.length ? redacted : maskString;
}

function replaceSpans(bytes: Buffer, spans: readonly Span[]): Buffer {
  const between = spans.flatMap((span, i) => [bytes.subarray(spans[i - 1]?.end ?? 0, span.start), mask]);
  return Buffer.concat([...between, bytes.subarray(spans.at(-1)?.end ?? 0)]);
}

/** After the string, the run of white space or structure, or the number or literal that begins at `at`. */
function afterToken(text: JsonText, at: number): number {
  const { bytes } = text;
  if (bytes[at] === QUOTE) {
    const end = skipString(text, at);
    return end < 0 ? bytes.length : end;
  }
  const scalar = isScalarByte(bytes[at] ?? 0);
  let end = at + 1;
  while (end < bytes.length && bytes[end] !== QUOTE && isScalarByte(bytes[end] ?? 0) === scalar) end += 1;
  return end;
}

/** Neither white space nor structure. */
function isScalarByte(byte: number): boolean {
  return !isSpace(byte) && !structure.has(byte);
}

const structure: ReadonlySet<number> = new Set(Buffer.from('{}[]:,'));
