import { type Members, readMembers } from './members.ts';

/** Shorter bodies are always read whole: it costs less than looking. In bytes. */
const worthwhileBytes = 64 * 1024;

/** How much of the beginning is looked at for the result's opening bracket. */
const headBytes = 4096;

/** The last item of the list has to begin within this many bytes of the end. */
const tailBytes = 64 * 1024;

/** Bytes that tell an item of the list from an object inside one: `{"address`. */
const stampBytes = 10;

const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;

/**
 * Reads a large answer whose transfer is known to be complete at both ends only: the envelope up to the result, and from the beginning of
 * the result's last item to the end. True where that holds together; then the members have their spans.
 *
 * Only for a result that is a list of objects alike, as logs are: nothing cut off can end in a whole item of the list, the list's
 * end and the envelope's. What lies between stays bytes. False where anything is unlike that; then the whole is to be read.
 */
export function readBothEnds(members: Members, resultName: number): boolean {
  const { walk } = members;
  const { bytes } = walk;
  if (bytes.length < worthwhileBytes || readMembers(members, headBytes) !== 'more') return false;
  if (members.present !== resultName) return false;
  const stampAt = members.start + 1;
  if (bytes.toString('latin1', members.start, stampAt + 2) !== '[{"') return false;
  const stamp = bytes.toString('latin1', stampAt, stampAt + stampBytes);
  const last = bytes.lastIndexOf(`},${stamp}`, undefined, 'latin1');
  if (last < Math.max(walk.at, bytes.length - tailBytes) || hasListEnd(bytes, walk.at, last)) return false;
  walk.at = last + 2;
  walk.closers.length = 0;
  walk.closers.push(CLOSE_OBJECT, CLOSE_ARRAY);
  return readMembers(members, Number.MAX_SAFE_INTEGER) === 'done';
}

/** True where a list ends and another member follows in between: the last item may then be one of another list. */
function hasListEnd(bytes: Buffer, from: number, to: number): boolean {
  const end = bytes.indexOf('}],"', from, 'latin1');
  return end !== -1 && end < to;
}
