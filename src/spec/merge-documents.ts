import { type ChainDocument, type MethodDocument, ownKeys } from '../model/chain-document.ts';

/**
 * What a child is, given its parent. Makes a new document and changes neither; never throws.
 *
 * Every key of the child replaces the parent's whole value (a number, a list, a reading), and three keys are special: `methods`
 * merge by name and each method field by field, the parent's methods in `remove` are left out before that, and `perInterface`
 * merges by interface. What names one chain (`ownKeys`) and `remove` itself are never inherited. Without `remove`, merging is
 * associative.
 */
export function mergeDocuments(parent: ChainDocument, child: ChainDocument): ChainDocument {
  const { remove: _, ...said } = child;
  const merged = { ...withoutOwnKeys(parent), ...said };
  const { methods, perInterface } = merged;
  return {
    ...merged,
    ...(methods && { methods: mergeMethods(parent.methods ?? {}, child) }),
    ...(perInterface && { perInterface: { ...parent.perInterface, ...child.perInterface } }),
  };
}

type Methods = Readonly<Record<string, MethodDocument>>;

/** Through a Map, so that no name (`__proto__`) is more than a name. */
function mergeMethods(inherited: Methods, { remove = [], methods = {} }: ChainDocument): Methods {
  const merged = new Map(Object.entries(inherited));
  for (const name of remove) merged.delete(name);
  for (const [name, method] of Object.entries(methods)) merged.set(name, { ...merged.get(name), ...method });
  return Object.fromEntries(merged);
}

function withoutOwnKeys(parent: ChainDocument): ChainDocument {
  const never = new Set<string>([...ownKeys, 'remove']);
  return Object.fromEntries(Object.entries(parent).filter(([key]) => !never.has(key)));
}
