import { canonicalNumber } from './canonical-number.ts';

/** What counts for nothing when two results are compared. */
export interface CanonicalForm {
  /** Names of members that are left out, wherever they stand. */
  readonly volatile: ReadonlySet<string>;
  /** `ignored`: `0xAB` and `0xab` are the same; the number of digits always counts. */
  readonly hexCase: 'counts' | 'ignored';
}

/**
 * A reader's place in one result, on the way to its canonical text: members in the order of their names, no white space, numbers and
 * strings each in one spelling.
 *
 * Identity and lifetime: one reading belongs to one result, and is read on until it says `done`.
 */
export interface CanonicalReading {
  readonly text: string;
  readonly form: CanonicalForm;
  at: number;
  /** The containers that are open, innermost last; the first holds the whole value. */
  readonly open: OpenContainer[];
}

type OpenContainer = OpenArray | OpenObject;

interface OpenArray {
  readonly kind: 'array';
  /** The values so far, commas between. Grows by concatenation, which copies nothing however deep it all is. */
  values: string;
}

interface OpenObject {
  readonly kind: 'object';
  /** By name; of a name that is repeated the last value counts, as most readers take it. */
  readonly members: Map<string, string>;
  /** The name whose value comes next; undefined where a name comes next. */
  name: string | undefined;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

const hexText = /^"0x[0-9a-fA-F]*"$/;

/** Starts to read a result: valid JSON, as it was checked when it came. */
export function startCanonical(result: Buffer, form: CanonicalForm): CanonicalReading {
  return { text: result.toString('utf8'), form, at: 0, open: [{ kind: 'array', values: '' }] };
}

/**
 * Reads on, to the end or a little beyond `count` characters: `more` says to call again. Linear in the text but for the sorting of
 * names; no recursion; never throws.
 */
export function readCanonical(reading: CanonicalReading, count: number): 'more' | 'done' {
  const { text } = reading;
  const pause = reading.at + count;
  while (reading.at < text.length) {
    if (reading.at >= pause) return 'more';
    readToken(reading);
  }
  return 'done';
}

/** The canonical text of a result that was read to its end: equal for equal results, and for no others. */
export function canonicalText({ open }: CanonicalReading): string {
  return open[0]?.kind === 'array' ? open[0].values : '';
}

function readToken(reading: CanonicalReading): void {
  const { text, at, open } = reading;
  const code = text.charCodeAt(at);
  if (code <= SPACE || code === COMMA || code === COLON) {
    reading.at += 1;
  } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
    open.push(
      code === OPEN_ARRAY ? { kind: 'array', values: '' } : { kind: 'object', members: new Map(), name: undefined },
    );
    reading.at += 1;
  } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
    reading.at += 1;
    const closed = open.pop();
    if (closed !== undefined) addValue(reading, textOf(closed));
  } else if (code === QUOTE) {
    readString(reading);
  } else {
    readScalar(reading);
  }
}

function readString(reading: CanonicalReading): void {
  const { text, at, form } = reading;
  let end = at + 1;
  let hasEscape = false;
  for (let code = text.charCodeAt(end); code !== QUOTE && end < text.length; code = text.charCodeAt(end)) {
    if (code === BACKSLASH) hasEscape = true;
    end += code === BACKSLASH ? 2 : 1;
  }
  reading.at = end + 1;
  const written = text.slice(at, reading.at);
  const spelled = hasEscape ? JSON.stringify(JSON.parse(written)) : written;
  const inner = reading.open.at(-1);
  if (inner?.kind === 'object' && inner.name === undefined) inner.name = spelled;
  else addValue(reading, form.hexCase === 'ignored' && hexText.test(spelled) ? spelled.toLowerCase() : spelled);
}

/** A number, or one of the three words. */
function readScalar(reading: CanonicalReading): void {
  const { text, at } = reading;
  let end = at;
  while (end < text.length && !isEnd(text.charCodeAt(end))) end += 1;
  reading.at = end;
  const written = text.slice(at, end);
  const isWord = written === 'true' || written === 'false' || written === 'null';
  addValue(reading, isWord ? written : canonicalNumber(written));
}

function isEnd(code: number): boolean {
  return code <= SPACE || code === COMMA || code === CLOSE_ARRAY || code === CLOSE_OBJECT;
}

function addValue({ open, form }: CanonicalReading, value: string): void {
  const inner = open.at(-1);
  if (inner === undefined) return;
  if (inner.kind === 'array') {
    inner.values = joined(inner.values, value);
    return;
  }
  const name = inner.name ?? '';
  inner.name = undefined;
  if (!form.volatile.has(name.slice(1, -1))) inner.members.set(name, value);
}

function textOf(container: OpenContainer): string {
  if (container.kind === 'array') return `[${container.values}]`;
  const { members } = container;
  let text = '';
  for (const name of [...members.keys()].sort()) text = joined(text, `${name}:${members.get(name)}`);
  return `{${text}}`;
}

function joined(list: string, value: string): string {
  return list === '' ? value : `${list},${value}`;
}
