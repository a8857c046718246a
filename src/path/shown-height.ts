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
  const { policy, block } = asked;
  if (policy.showsHead !== undefined) return heightAt(policy.showsHead, shown);
  const isNewest = policy.showsBlock !== undefined && block.kind === 'tag' && block.tag === 'latest';
  return isNewest ? heightAt(policy.showsBlock.height, shown) : undefined;
}

/** The height a result shows at all, be it the newest or that of the block it is of. Never throws. */
export function shownHeight(asked: Asked, shown: ShownIn): number | undefined {
  const path = asked.policy.showsHead ?? asked.policy.showsBlock?.height;
  return path === undefined ? undefined : heightAt(path, shown);
}

function heightAt(path: JsonPath, { result, form }: ShownIn): number | undefined {
  const [name, below] = path;
  if (name !== undefined && below === undefined) return readQuantity(readMember(result, name, maxMemberBytes), form);
  return result.length > maxParsedBytes ? undefined : readQuantity(valueAt(readJsonValue(result), path), form);
}
