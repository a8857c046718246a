import { startWalk } from './json-walk.ts';
import { membersOf, readMembers } from './members.ts';
import { maxAnswerNesting } from './read-answer.ts';
import { readJsonValue } from './read-json-value.ts';
import { viewOf } from './span.ts';

/** Longer values are not what is looked for: heights, hashes. In bytes. */
const maxValueBytes = 256;

/** Bytes read before it is looked whether the member was among them. */
const strideBytes = 4096;

/**
 * Answers one small member of an object as a value, or undefined where there is none within the first `maxBytes`. Builds nothing, and
 * reads hardly further than to the member, so that a block with all its transactions costs little. Never throws.
 */
export function readMember(bytes: Buffer, name: string, maxBytes: number): unknown {
  const members = membersOf(startWalk(bytes, maxAnswerNesting), [name]);
  const { walk, found } = members;
  for (let end = strideBytes; found[0] === undefined; end = Math.max(end, walk.at) + strideBytes) {
    if (readMembers(members, Math.min(end, maxBytes)) !== 'more' || end >= maxBytes) break;
  }
  const [span] = found;
  if (span === undefined || span.end - span.start > maxValueBytes) return undefined;
  return readJsonValue(viewOf(bytes, span));
}
