import {
  type ChainDocument,
  type ChainDocuments,
  type DocumentProblem,
  type PointerText,
  pointerTo,
} from '../model/chain-document.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import { chainDocuments } from './chain-names.ts';
import { compileChain } from './compile-chain.ts';
import { traceLineage } from './lineage.ts';

/**
 * Everything wrong with a set of documents: every chain compiled, every family's ancestors followed, every name and alias
 * unique and free to be a path, and one document per chain. Empty when all is well. Never throws.
 */
export function checkDocuments(all: ChainDocuments): readonly DocumentProblem[] {
  const { specs, problems: uncompiled } = compileAll(all);
  const problems = [...uncompiled, ...reservedNames(all), ...sharedNames(all), ...sharedIdentities(all, specs)];
  const seen = new Set<string>();
  return problems.filter(({ file, path, message }) => {
    const key = JSON.stringify([file, path, message]);
    return !seen.has(key) && seen.add(key);
  });
}

interface CompiledAll {
  readonly specs: ReadonlyMap<string, ChainSpec>;
  readonly problems: readonly DocumentProblem[];
}

/** A parent's problem shows in each of its children; it is listed once, above. */
function compileAll(all: ChainDocuments): CompiledAll {
  const specs = new Map<string, ChainSpec>();
  const problems: DocumentProblem[] = [];
  for (const name of all.documents.keys()) {
    const outcome = name.includes('/') ? traceLineage(all, name) : compileChain(all, name);
    if (outcome.kind === 'failed') problems.push(...outcome.problems);
    else if ('identity' in outcome.value) specs.set(name, outcome.value);
  }
  return { specs, problems };
}

/** First words of paths that lead elsewhere. */
const reserved: ReadonlySet<string> = new Set(['rest', 'tendermint', 'grpc', 'livez', 'readyz', 'evm']);

function reservedNames(all: ChainDocuments): readonly DocumentProblem[] {
  return [...chainDocuments(all)].flatMap(([name, { aliases = [] }]) => {
    const file = fileNamed(all, name);
    const problem = (path: PointerText, word: string) => ({
      file,
      path,
      message: `"${word}" is a path of the gateway's own; choose another name`,
    });
    const taken = aliases.flatMap((alias, position) =>
      reserved.has(alias) ? [problem(pointerTo('/aliases', position), alias)] : [],
    );
    return reserved.has(name) ? [problem('', name), ...taken] : taken;
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

/**
 * One canonical document per chain: what an upstream says of itself must lead to one set of rules. Two chains may share an id or
 * a genesis where one of them adds a fact of its own, and the small numbers of generic chains mean nothing beside their question.
 */
function sharedIdentities(all: ChainDocuments, specs: ReadonlyMap<string, ChainSpec>): readonly DocumentProblem[] {
  const owners = new Map<string, string>();
  return [...chainDocuments(all)].flatMap(([name, document]) => {
    const spec = specs.get(name);
    if (spec === undefined) return [];
    const key = JSON.stringify(spec.identity);
    const owner = owners.get(key);
    owners.set(key, owner ?? name);
    if (owner === undefined) return [];
    const { path, value } = ownIdentity(document);
    const message = `${value} is already the chain ${owner}; keep one of the two`;
    return [{ file: fileNamed(all, name), path, message }];
  });
}

function ownIdentity({ chainId, genesis }: ChainDocument): { readonly path: PointerText; readonly value: string } {
  if (chainId !== undefined) return { path: '/chainId', value: `"${chainId}"` };
  if (genesis !== undefined) return { path: '/genesis', value: `"${genesis}"` };
  return { path: '/identity', value: 'this' };
}

function fileNamed(all: ChainDocuments, name: string): string {
  return all.documents.get(name)?.file ?? name;
}
