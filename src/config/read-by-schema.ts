import type { Static, TSchema } from 'typebox';
import { isRecord } from '../model/json-path.ts';
import { nearest } from '../model/nearest.ts';
import { unreadable } from './parse-config-text.ts';
import type { ConfigPath, Problem } from './problem.ts';
import { readLeaf } from './read-leaf.ts';
import type { Leaf } from './schema-leaf.ts';

/**
 * The members of a schema the reader goes by: JSON Schema's, and the annotations of our leaves.
 * A branch is an object with `properties`, a map with `patternProperties`, a list with `items`, or a union with `anyOf`.
 */
export interface SchemaNode extends Partial<Leaf> {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  /** Of a map: what its keys must be, and words they must not be, ignoring case. */
  readonly keyExpects?: string;
  readonly reserved?: readonly string[];
  /** Of a map: what its keys are called on the reference page. */
  readonly keyName?: string;
  /** Where the same keys are described, for the reference page. */
  readonly sameAs?: string;
  /** The level a value is taken from where it is absent, for the reference page. */
  readonly inheritsFrom?: string;
  /** Of an object: keys that are known, but at the top level only. */
  readonly elsewhere?: readonly string[];
}

/** What a schema makes of a value. With problems, `value` holds what could be read, so that more can be found wrong. */
export interface SchemaReading<Value> {
  readonly value: Value;
  readonly problems: readonly Problem[];
  /** Where in the data an object of `value` came from; the root for an object from elsewhere. */
  pathOf(part: object): ConfigPath;
}

/**
 * Reads plain data by the schema of an object: checks it, fills in defaults and decodes units in one walk, and lists all
 * that is wrong.
 *
 * A value that cannot be read becomes its default; where there is none, its list item or optional key is left out. Walks no
 * deeper than the schema, so that data may refer to itself. Never throws.
 */
export function readBySchema<Schema extends TSchema>(schema: Schema, data: unknown): SchemaReading<Static<Schema>> {
  const problems: Problem[] = [];
  const places = new WeakMap<object, ConfigPath>();
  const value = read(schema as SchemaNode, { data, path: [], problems, places });
  return { value: value as Static<Schema>, problems, pathOf: (part) => places.get(part) ?? [] };
}

interface Spot {
  readonly data: unknown;
  readonly path: ConfigPath;
  readonly problems: Problem[];
  readonly places: WeakMap<object, ConfigPath>;
}

/** Undefined means that nothing usable is there; what is wrong was said. */
function read(node: SchemaNode, spot: Spot): unknown {
  if (spot.data === unreadable) return defaultOf(node, spot);
  const value = readShape(node, spot);
  if (typeof value === 'object' && value !== null) spot.places.set(value, spot.path);
  return value;
}

function readShape(node: SchemaNode, spot: Spot): unknown {
  if (node.anyOf !== undefined) return readUnion(node, node.anyOf, spot);
  if (node.properties !== undefined) return readObject(node, node.properties, spot);
  if (node.patternProperties !== undefined) return readMap(node, node.patternProperties, spot);
  if (node.items !== undefined) return readList(node, node.items, spot);
  return readValue(node, spot);
}

/** Defaults are written as in the file, and read like it. */
function defaultOf(node: SchemaNode, spot: Spot): unknown {
  return node.default === undefined ? undefined : read(node, { ...spot, data: node.default });
}

function readValue(node: SchemaNode, spot: Spot): unknown {
  const reading = readLeaf(node as Leaf, spot.data);
  if (reading.kind === 'read') return reading.value;
  complain(spot, reading.why);
  return defaultOf(node, spot);
}

/** By the branch of the value's own shape: at most one branch is an object, one a list, one a leaf. */
function readUnion(node: SchemaNode, branches: readonly SchemaNode[], spot: Spot): unknown {
  const shape = Array.isArray(spot.data) ? 'items' : isRecord(spot.data) ? 'properties' : 'leaf';
  const branch = branches.find((candidate) => candidate[shape] !== undefined);
  if (branch === undefined) complain(spot, `must be ${node.expects}`);
  const value = branch === undefined ? undefined : read(branch, spot);
  return value === undefined ? defaultOf(node, spot) : value;
}

/** An empty section (`limits:` and nothing under it) is an absent one. */
function readObject(node: SchemaNode, properties: Readonly<Record<string, SchemaNode>>, spot: Spot): unknown {
  const data = spot.data ?? {};
  if (!isRecord(data)) {
    complain(spot, `must be ${node.expects}`);
    return defaultOf(node, spot);
  }
  for (const key of Object.keys(data)) if (!Object.hasOwn(properties, key)) complainOfKey(key, node, spot);
  const entries = Object.entries(properties).map(([key, child]) => [key, readMember(child, below(spot, key))] as const);
  const missing = entries.filter(([key, value]) => value === undefined && node.required?.includes(key) === true);
  for (const [key] of missing) {
    if (!Object.hasOwn(data, key)) complain(spot, `has no ${key} (it must be ${properties[key]?.expects})`);
  }
  return missing.length > 0 ? undefined : Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function below(spot: Spot, step: string | number): Spot {
  const { data } = spot;
  const isOwn = (Array.isArray(data) || isRecord(data)) && Object.hasOwn(data, step);
  return { ...spot, data: isOwn ? Reflect.get(data, step) : undefined, path: [...spot.path, step] };
}

function readMember(node: SchemaNode, spot: Spot): unknown {
  return spot.data === undefined ? defaultOf(node, spot) : read(node, spot);
}

function complainOfKey(key: string, node: SchemaNode, spot: Spot): void {
  const known = Object.keys(node.properties ?? {});
  const isElsewhere = node.elsewhere?.includes(key) === true;
  if (isElsewhere) return complain(below(spot, key), 'holds for the whole gateway only (move it to the top level)');
  const meant = nearest(key, known);
  const hint = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean ${meant}?`;
  complain(below(spot, key), `is no key of this configuration (${hint})`);
}

function readMap(node: SchemaNode, forms: Readonly<Record<string, SchemaNode>>, spot: Spot): unknown {
  const data = spot.data ?? {};
  const [pattern = '', child = {}] = Object.entries(forms)[0] ?? [];
  const keys = isRecord(data) ? Object.keys(data) : undefined;
  if (keys === undefined || !isWithin(keys.length, node.minProperties, node.maxProperties)) {
    complain(spot, `must be ${node.expects}`);
  }
  const form = new RegExp(pattern, 'u');
  const entries = (keys ?? []).map((key) => {
    const here = below(spot, key);
    if (!form.test(key)) complain(here, `is no name to use here (${node.keyExpects})`);
    if (node.reserved?.includes(key.toLowerCase()) === true) complain(here, `is a reserved word (${node.keyExpects})`);
    return [key, read(child, here)] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function readList(node: SchemaNode, items: SchemaNode, spot: Spot): unknown {
  const data: unknown = spot.data ?? [];
  const list: readonly unknown[] = Array.isArray(data) ? data : [];
  if (list !== data || !isWithin(list.length, node.minItems, node.maxItems)) complain(spot, `must be ${node.expects}`);
  return list.map((_, at) => read(items, below(spot, at))).filter((value) => value !== undefined);
}

function isWithin(length: number, least = 0, most = Number.POSITIVE_INFINITY): boolean {
  return length >= least && length <= most;
}

function complain(spot: Spot, text: string): void {
  spot.problems.push({ path: spot.path, text });
}
