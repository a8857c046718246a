import { isRecord } from '../model/json-path.ts';
import { maxResultBytes } from './evidence.ts';

/** A refusal inside a result: the application's code, whose number means something only in its codespace. */
export interface AbciReading {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
}

/**
 * Finds the refusal in a result of the Tendermint RPC or its REST twin, or undefined where there is none: the member itself
 * (a broadcast), `check_tx` (a broadcast that waited), `response` (a query) or `tx_response` (REST).
 *
 * How a transaction that is on the chain went, as `tx` tells it, is no refusal: that answer is good. Never throws.
 */
export function readAbci(result: Buffer): AbciReading | undefined {
  if (result.length > maxResultBytes) return undefined;
  const value = parse(result);
  if (!isRecord(value)) return undefined;
  for (const holder of [value, value.check_tx, value.response, value.tx_response]) {
    const reading = readHolder(holder);
    if (reading !== undefined) return reading;
  }
  return undefined;
}

/** Codes of the SDK's root and of its undefined codespace; every other numbers its own. */
export function isNumberedBySdk({ codespace }: AbciReading): boolean {
  return codespace === '' || codespace === 'sdk' || codespace === 'undefined';
}

/**
 * Finds an application's code in the message of a gRPC status, as the SDK writes it:
 * `codespace sdk code 22: key not found: …`. Never throws.
 */
export function readAbciText(message: string): AbciReading | undefined {
  const [, codespace, code] = /\bcodespace ([a-z0-9_-]{1,32}) code ([0-9]{1,9})\b/i.exec(message) ?? [];
  return codespace === undefined ? undefined : { code: Number(code), codespace: codespace.toLowerCase(), log: message };
}

function readHolder(holder: unknown): AbciReading | undefined {
  if (!isRecord(holder)) return undefined;
  const { code, codespace, log, raw_log: rawLog } = holder;
  if (typeof code !== 'number' || !Number.isSafeInteger(code) || code === 0) return undefined;
  return { code, codespace: textOr(codespace, ''), log: textOr(log, textOr(rawLog, '')) };
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
