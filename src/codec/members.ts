import { byteAt, skipSpace } from './json-text.ts';
import {
  breakWalk,
  enterContainer,
  type JsonWalk,
  leaveContainer,
  type Progress,
  refuseShape,
  walkValue,
} from './json-walk.ts';
import { skipString } from './skip-string.ts';
import { type Span, spelledWord } from './span.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
/** The present member is none of those asked for, as `spelledWord` says it. */
const OTHER = -1;

/** One object being read: where the values of some of its members stand. Only its own members count, not those of objects inside. */
export interface Members {
  readonly walk: JsonWalk;
  readonly names: readonly string[];
  /** The value of each name; undefined where it is absent. The last one, as most readers take it, where it is repeated. */
  readonly found: (Span | undefined)[];
  /** Bit `i` is set where the name at `i` stands more than once, in whatever escapes it is spelled. */
  repeated: number;
  /** Position in `names` of the member being read. */
  present: number;
  /** Where the present member's value begins; -1 before the first member. */
  start: number;
}

/** Prepares to read the object at `walk.at`; what stands there and is none breaks the walk. At most 30 names, plain ASCII. */
export function membersOf(walk: JsonWalk, names: readonly string[]): Members {
  return { walk, names, found: names.map(() => undefined), repeated: 0, present: OTHER, start: -1 };
}

/**
 * Reads on, up to the object's end: `done`, with `walk.at` right after it. Past `softEnd` it stops inside a value and says `more`.
 * Never throws.
 */
export function readMembers(members: Members, softEnd: number): Progress {
  const { walk } = members;
  if (members.start === -1) {
    if (byteAt(walk.bytes, walk.at) !== OPEN_OBJECT) return refuseShape(walk);
    if (enterContainer(walk) === 'broken') return 'broken';
    if (byteAt(walk.bytes, walk.at) === CLOSE_OBJECT) return leaveContainer(walk);
    if (readKey(members) === 'broken') return 'broken';
  }
  for (;;) {
    const progress = walkValue(walk, softEnd);
    if (progress !== 'done') return progress;
    keepSpan(members, walk.at);
    walk.at = skipSpace(walk.bytes, walk.at);
    const next = byteAt(walk.bytes, walk.at);
    if (next === CLOSE_OBJECT) return leaveContainer(walk);
    if (next !== COMMA) return breakWalk(walk, ~walk.at);
    walk.at = skipSpace(walk.bytes, walk.at + 1);
    if (readKey(members) === 'broken') return 'broken';
  }
}

/** Reads the key at `walk.at` and its colon, up to the value. */
function readKey(members: Members): Progress {
  const { walk } = members;
  const { bytes, at } = walk;
  if (byteAt(bytes, at) !== QUOTE) return breakWalk(walk, ~at);
  const end = skipString(walk, at);
  if (end < 0) return breakWalk(walk, end);
  const colon = skipSpace(bytes, end);
  if (byteAt(bytes, colon) !== COLON) return breakWalk(walk, ~colon);
  members.present = spelledWord(bytes, { start: at, end }, members.names);
  walk.at = skipSpace(bytes, colon + 1);
  members.start = walk.at;
  return 'done';
}

function keepSpan(members: Members, end: number): void {
  const { present, found } = members;
  if (present === OTHER) return;
  if (found[present] !== undefined) members.repeated |= 1 << present;
  found[present] = { start: members.start, end };
}
