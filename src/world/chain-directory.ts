import type { ChainSpec } from '../model/chain-spec.ts';
import type { ChainName } from '../model/names.ts';

/** What a directory lists. */
export interface Listed {
  readonly name: ChainName;
  readonly spec: ChainSpec;
}

/**
 * Finds chains by what a path calls them: the config's name, `evm/<id>` or the bare decimal id of an EVM chain (the first such
 * chain of the file), an alias of the spec; and by nothing at all where only one chain is configured.
 */
export function createDirectory<T extends Listed>(chains: readonly T[]): (name: string | undefined) => T | undefined {
  const byName = new Map<string, T>();
  const put = (name: string, chain: T): void => {
    if (!byName.has(name)) byName.set(name, chain);
  };
  for (const chain of chains) put(chain.name, chain);
  for (const chain of chains) {
    const { family, chainId } = chain.spec;
    if (family !== 'evm' || chainId === undefined) continue;
    put(chainId, chain);
    put(`evm/${chainId}`, chain);
  }
  for (const chain of chains) for (const alias of [chain.spec.name, ...chain.spec.aliases]) put(alias, chain);
  const only = chains.length === 1 ? chains[0] : undefined;
  return (name) => (name === undefined ? only : byName.get(name));
}
