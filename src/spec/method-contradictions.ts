import type { MethodDocument } from '../model/chain-document.ts';
import type { MethodPolicy } from '../model/method-policy.ts';

/** A key of a method's document that cannot be meant. */
export interface Contradiction {
  readonly key: keyof MethodDocument;
  readonly message: string;
}

/** What one method says against itself, or against what its kind allows. Never throws. */
export function contradictionsOf(said: MethodDocument, policy: MethodPolicy): readonly Contradiction[] {
  const found: Contradiction[] = [];
  if (said.write !== undefined && policy.kind !== 'write') {
    found.push({ key: 'write', message: `a "${policy.kind}" sends nothing; take it out, or write "kind": "write"` });
  }
  if (policy.class === 'write' && policy.kind !== 'write') {
    found.push({ key: 'class', message: `only writes are of class "write"; write "light", "normal" or "heavy"` });
  }
  if (policy.kind === 'read') return found;
  if (policy.hedge) found.push({ key: 'hedge', message: `a "${policy.kind}" must not be sent twice; take it out` });
  if (policy.cache !== 'never') found.push({ key: 'cache', message: `a "${policy.kind}" cannot be kept; take it out` });
  return found;
}
