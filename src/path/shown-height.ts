import { readJsonValue } from '../codec/read-json-value.ts';
import { readMember } from '../codec/read-member.ts';
import type { ClassifiedCall } from '../model/call.ts';
import { type JsonPath, valueAt } from '../model/json-path.ts';
import { type QuantityForm, readQuantity } from '../model/quantity.ts';

/** What is looked at of a result: one member at the top of this many bytes, anything in fewer. */
const maxMemberBytes = 1024 * 1024;
const maxParsedBytes = 64 * 1024;

type Asked = Pick<ClassifiedCall, 'policy' | 'block'>;

/** A result, and how its chain writes heights. */
export interface ShownIn {
  readonly result: Buffer;
  readonly form: QuantityForm;
}

/** The height a result shows as the newest of its upstream; undefined for all that do not ask for the newest block. Never throws. */
export function shownHead(asked: Asked, shown: ShownIn): number | undefined {
  const path = newestAt(asked);
  return path === undefined ? undefined : heightAt(path, shown);
}

/** Where a result shows the newest height; undefined for all that do not ask for the newest block. */
export function newestAt({ policy, block }: Asked): JsonPath | undefined {
  if (policy.showsHead !== undefined) return policy.showsHead;
  return block.kind === 'tag' && block.tag === 'latest' ? policy.showsBlock?.height : undefined;
}

/** The height a result shows at all, be it the newest or that of the block it is of. Never throws. */
export function shownHeight(asked: Asked, shown: ShownIn): number | undefined {
  const path = asked.policy.showsHead ?? asked.policy.showsBlock?.height;
  return path === undefined ? undefined : heightAt(path, shown);
}

function heightAt(path: JsonPath, { result, form }: ShownIn): number | undefined {
  return readQuantity(memberAt(result, path), form);
}

/** What stands in a result at a place, or undefined: a member at the top is found in larger results than one further down. Never throws. */
export function memberAt(result: Buffer, path: JsonPath): unknown {
  const [name, below] = path;
  if (name !== undefined && below === undefined) return readMember(result, name, maxMemberBytes);
  return result.length > maxParsedBytes ? undefined : valueAt(readJsonValue(result), path);
}
