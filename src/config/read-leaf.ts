import { nearest } from '../model/nearest.ts';
import { parseDuration, parseSize } from './quantity.ts';
import type { Leaf } from './schema-leaf.ts';
import { readUpstreamUrl } from './upstream-url.ts';

/** A leaf's value as the gateway counts it, or why it cannot be one. `why` never repeats the value. */
export type LeafReading =
  | { readonly kind: 'read'; readonly value: unknown }
  | { readonly kind: 'refused'; readonly why: string };

/**
 * Reads one value as its leaf of the schema says. Never throws.
 *
 * Numbers and flags may be written as texts too: what comes from the environment, or stands in JSON beside it, always is one.
 */
export function readLeaf(leaf: Leaf, value: unknown): LeafReading {
  if (value === null || value === '')
    return { kind: 'refused', why: `is empty (it must be ${leaf.expects}; or remove the key)` };
  switch (leaf.leaf) {
    case 'duration':
      return bounded(leaf, value === 0 ? 0 : parsedText(value, parseDuration));
    case 'size':
      return bounded(leaf, typeof value === 'number' ? whole(value) : parsedText(value, parseSize));
    case 'count':
      return bounded(leaf, whole(numberOf(value)));
    case 'share':
      return bounded(leaf, numberOf(value));
    case 'flag':
      return readFlag(leaf, value);
    case 'choice':
      return readChoice(leaf, value);
    case 'text':
      return readText(leaf, value);
    case 'url':
      return readUrl(leaf, value);
    case 'chain-id':
      return readChainId(leaf, value);
  }
}

function refused(leaf: Leaf, hint = ''): LeafReading {
  return { kind: 'refused', why: `must be ${leaf.expects}${hint}` };
}

function bounded(leaf: Leaf, value: number | undefined): LeafReading {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = leaf;
  return value === undefined || !(value >= minimum && value <= maximum) ? refused(leaf) : { kind: 'read', value };
}

function parsedText(value: unknown, parse: (text: string) => number | undefined): number | undefined {
  return typeof value === 'string' ? parse(value) : undefined;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value) ? Number(value) : undefined;
}

function whole(value: number | undefined): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}

function readFlag(leaf: Leaf, value: unknown): LeafReading {
  if (value === true || value === 'true') return { kind: 'read', value: true };
  if (value === false || value === 'false') return { kind: 'read', value: false };
  return refused(leaf);
}

function readChoice(leaf: Leaf, value: unknown): LeafReading {
  const { values = [] } = leaf;
  const word = values.find((candidate) => candidate === String(value));
  if (word !== undefined) return { kind: 'read', value: word };
  const meant = typeof value === 'string' ? nearest(value, values) : undefined;
  return refused(leaf, meant === undefined ? '' : ` (did you mean ${meant}?)`);
}

function readText(leaf: Leaf, value: unknown): LeafReading {
  if (typeof value === 'number' || typeof value === 'boolean') return refused(leaf, ' (put it into quotes)');
  if (typeof value !== 'string' || !new RegExp(leaf.pattern ?? '', 'u').test(value)) return refused(leaf);
  return { kind: 'read', value };
}

function readUrl(leaf: Leaf, value: unknown): LeafReading {
  if (typeof value !== 'string') return refused(leaf);
  const reading = readUpstreamUrl(value);
  return reading.kind === 'read' ? { kind: 'read', value: reading.url } : reading;
}

function readChainId(leaf: Leaf, value: unknown): LeafReading {
  const id = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? String(value) : value;
  return typeof id === 'string' && /^[\x21-\x7e]{1,128}$/.test(id) ? { kind: 'read', value: id } : refused(leaf);
}
