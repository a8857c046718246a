import {
  type ChainDocument,
  type ChainDocuments,
  type DocumentProblem,
  type PointerText,
  pointerTo,
} from '../model/chain-document.ts';
import { chainDocuments, familyOf } from './chain-names.ts';
import { compileChain } from './compile-chain.ts';
import { traceLineage } from './lineage.ts';

/**
 * Everything wrong with a set of documents: every chain compiled, every family's ancestors followed, every name and alias
 * unique, and one document per chain of a family. Empty when all is well. Never throws.
 */
export function checkDocuments(all: ChainDocuments): readonly DocumentProblem[] {
  const problems = [...uncompiled(all), ...sharedNames(all), ...sharedIds(all)];
  const seen = new Set<string>();
  return problems.filter(({ file, path, message }) => {
    const key = JSON.stringify([file, path, message]);
    return !seen.has(key) && seen.add(key);
  });
}

/** A parent's problem shows in each of its children; it is listed once. */
function uncompiled(all: ChainDocuments): readonly DocumentProblem[] {
  return [...all.documents.keys()].flatMap((name) => {
    const outcome = name.includes('/') ? traceLineage(all, name) : compileChain(all, name);
    return outcome.kind === 'failed' ? outcome.problems : [];
  });
}

function sharedNames(all: ChainDocuments): readonly DocumentProblem[] {
  const owners = new Map([...chainDocuments(all)].map(([name]) => [name, name]));
  return [...chainDocuments(all)].flatMap(([name, { aliases = [] }]) =>
    aliases.flatMap((alias, position) => {
      const owner = owners.get(alias);
      owners.set(alias, owner ?? name);
      if (owner === undefined) return [];
      const message = `"${alias}" already means ${owner}; take it out`;
      return [{ file: fileNamed(all, name), path: pointerTo('/aliases', position), message }];
    }),
  );
}

/** One canonical document per chain: an id or genesis must lead to one set of rules. */
function sharedIds(all: ChainDocuments): readonly DocumentProblem[] {
  const owners = new Map<string, string>();
  return [...chainDocuments(all)].flatMap(([name, document]) => {
    const id = identityOf(document);
    if (id === undefined) return [];
    const key = JSON.stringify([familyOf(all, name), id.value]);
    const owner = owners.get(key);
    owners.set(key, owner ?? name);
    if (owner === undefined) return [];
    const message = `"${id.value}" is already the chain ${owner}; keep one of the two`;
    return [{ file: fileNamed(all, name), path: id.path, message }];
  });
}

/** A genesis alone tells nothing where the document adds facts of its own: two chains may share it. */
function identityOf({ chainId, genesis, identity }: ChainDocument): { path: PointerText; value: string } | undefined {
  if (chainId !== undefined) return { path: '/chainId', value: chainId };
  if (genesis !== undefined && identity === undefined) return { path: '/genesis', value: genesis };
  return undefined;
}

function fileNamed(all: ChainDocuments, name: string): string {
  return all.documents.get(name)?.file ?? name;
}
