import { isRecord } from '../model/json-path.ts';

/**
 * What a body says that is no answer of the protocol. `page`: HTML, whose words mean nothing. `words`: plain text, or a
 * stranger's JSON with its message and code picked out. `status`: the error object of a gRPC gateway, which is an answer of its own protocol.
 */
export type ForeignBody =
  | { readonly kind: 'page' }
  | { readonly kind: 'words'; readonly message: string; readonly code: number | undefined }
  | { readonly kind: 'status'; readonly message: string; readonly grpcCode: number };

/** Members in which the field's gateways and proxies put their sentence, the most telling first. */
const sentenceKeys = ['message', 'error', 'error_description', 'detail', 'msg', 'reason', 'description', 'title'];

const codeKeys = ['code', 'statusCode', 'status_code', 'status'];

/** Reads a foreign body's beginning. Never throws; JSON that was cut off counts as plain text. */
export function readForeignBody(bodyText: string): ForeignBody {
  const text = bodyText.trimStart();
  if (text.startsWith('<')) return { kind: 'page' };
  const value = text.startsWith('{') ? parse(text) : undefined;
  if (!isRecord(value)) return { kind: 'words', message: text, code: undefined };
  const status = readGatewayStatus(value);
  if (status !== undefined) return status;
  const inner = isRecord(value.error) ? value.error : value;
  return {
    kind: 'words',
    message: sentenceOf(inner) ?? sentenceOf(value) ?? text,
    code: codeOf(inner) ?? codeOf(value),
  };
}

/** `{"code": 5, "message": …, "details": []}`: how a gRPC gateway writes a status over HTTP. */
function readGatewayStatus(value: Record<string, unknown>): ForeignBody | undefined {
  const { code, message, details } = value;
  if (typeof code !== 'number' || typeof message !== 'string' || !Array.isArray(details)) return undefined;
  return code >= 1 && code <= 16 ? { kind: 'status', message, grpcCode: code } : undefined;
}

function sentenceOf(value: Record<string, unknown>): string | undefined {
  for (const key of sentenceKeys) {
    const sentence = value[key];
    if (typeof sentence === 'string' && sentence !== '') return sentence;
  }
  return undefined;
}

function codeOf(value: Record<string, unknown>): number | undefined {
  for (const key of codeKeys) {
    const code = Number(value[key] ?? Number.NaN);
    if (Number.isSafeInteger(code) && code !== 0) return code;
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
