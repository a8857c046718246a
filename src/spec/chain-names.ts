import type { ChainDocument, ChainDocuments } from '../model/chain-document.ts';
import type { Family, Interface } from '../model/names.ts';
import { nearest } from '../model/nearest.ts';
import { traceKey } from './lineage.ts';

/** What a name stands for: a chain's document, or nothing, with the known name most like it. */
export type ResolvedName =
  | { readonly kind: 'found'; readonly name: string }
  | { readonly kind: 'unknown'; readonly nearest: string | undefined };

/** One line of `switchyard chains`. */
export interface ListedChain {
  readonly name: string;
  readonly display: string;
  readonly aliases: readonly string[];
  readonly family: Family;
  readonly interfaces: readonly Interface[];
  readonly chainId?: string;
  readonly state: 'verified' | 'experimental';
  /** `YYYY-MM-DD`, where the state is `verified`. */
  readonly verifiedOn?: string;
}

/** The document of a chain by its name or one of its aliases, ignoring case. A name outranks an alias. Never throws. */
export function resolveChainName(all: ChainDocuments, nameOrAlias: string): ResolvedName {
  const wanted = nameOrAlias.toLowerCase();
  const chains = [...chainDocuments(all)];
  const found =
    chains.find(([name]) => name === wanted) ?? chains.find(([, { aliases = [] }]) => aliases.includes(wanted));
  if (found !== undefined) return { kind: 'found', name: found[0] };
  const known = chains.flatMap(([name, { aliases = [] }]) => [name, ...aliases]);
  return { kind: 'unknown', nearest: nearest(wanted, known) };
}

/** All chains by name. A chain whose ancestors cannot be followed is left out: `checkDocuments` says why. */
export function listChains(all: ChainDocuments): readonly ListedChain[] {
  return [...chainDocuments(all)]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([name]) => {
      const family = familyOf(all, name);
      return family === undefined ? [] : [listed(all, name, family)];
    });
}

/**
 * The chain of a family that has this id or this genesis for its own, where there is one. An id of the generic family tells no
 * chain apart: many networks count theirs from one.
 */
export function chainWithId(all: ChainDocuments, family: Family, chainId: string): string | undefined {
  if (family === 'generic') return undefined;
  for (const [name, document] of chainDocuments(all)) {
    const isIts = document.chainId === chainId || document.genesis === chainId;
    if (isIts && familyOf(all, name) === family) return name;
  }
  return undefined;
}

/** Documents of chains, with their names; a slash in the name marks what is only there to be extended. */
export function* chainDocuments(all: ChainDocuments): Generator<readonly [string, ChainDocument]> {
  for (const [name, { document }] of all.documents) if (!name.includes('/')) yield [name, document];
}

/** A chain's family, its own or its ancestors'; undefined where they cannot be followed. */
export function familyOf(all: ChainDocuments, name: string): Family | undefined {
  return traceKey(all, name, 'family');
}

function listed(all: ChainDocuments, name: string, family: Family): ListedChain {
  const { display = name, aliases = [], chainId, verifiedOn } = all.documents.get(name)?.document ?? {};
  return {
    name,
    display,
    aliases,
    family,
    interfaces: traceKey(all, name, 'interfaces') ?? [],
    state: verifiedOn === undefined ? 'experimental' : 'verified',
    ...(chainId === undefined ? {} : { chainId }),
    ...(verifiedOn === undefined ? {} : { verifiedOn }),
  };
}
