import type { HeadReading, SpecQuestion } from './chain-spec.ts';
import type { Head } from './head.ts';
import { type JsonPath, valueAt } from './json-path.ts';
import { quantityText, readQuantity } from './quantity.ts';

/** What stands in the params of a reading by height for the height, quotes included. */
const heightMark = '"$height"';

/**
 * Reads a block's height, hash, parent and time out of an answer, or undefined where the height cannot be read.
 * A hash, parent or time that cannot be read is left out. Never throws.
 */
export function readHead(value: unknown, reading: HeadReading, at: number): Head | undefined {
  const height = readQuantity(valueAt(value, reading.height), reading.quantity);
  return height === undefined ? undefined : { height, ...linksOf(value, reading), at };
}

/** As `readHead`, for the answer to a question by height: a family that answers with the hash alone means that height. */
export function readBlock(value: unknown, reading: HeadReading, asked: Head): Head | undefined {
  const said = readQuantity(valueAt(value, reading.height), reading.quantity);
  if (said !== undefined && said !== asked.height) return undefined;
  const links = linksOf(value, reading);
  return links.hash === undefined ? undefined : { height: asked.height, ...links, at: asked.at };
}

/** The question for the block at a height: the spec's params with the height in the chain's own form. */
export function questionFor(reading: HeadReading, height: number): SpecQuestion {
  const text = quantityText(height, reading.quantity);
  return { method: reading.method, params: reading.params.replaceAll(heightMark, text) };
}

function linksOf(value: unknown, reading: HeadReading): Pick<Head, 'hash' | 'parent' | 'timeMs'> {
  const hash = textAt(value, reading.hash);
  const parent = textAt(value, reading.parent);
  const timeMs = reading.time === undefined ? undefined : readSeconds(valueAt(value, reading.time));
  return {
    ...(hash === undefined ? {} : { hash }),
    ...(parent === undefined ? {} : { parent }),
    ...(timeMs === undefined ? {} : { timeMs }),
  };
}

/** No chain's hashes are longer, however they are written. */
const maxHash = 128;

function textAt(value: unknown, path: JsonPath | undefined): string | undefined {
  if (path === undefined) return undefined;
  const text = valueAt(value, path);
  return typeof text === 'string' && text !== '' && text.length <= maxHash ? text : undefined;
}

function readSeconds(value: unknown): number | undefined {
  const seconds = readQuantity(value, 'number') ?? readQuantity(value, 'hex') ?? readQuantity(value, 'decimal-text');
  return seconds === undefined ? undefined : seconds * 1000;
}
