import type { ChainDocuments } from '../model/chain-document.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { Family } from '../model/names.ts';
import { chainWithId } from './chain-names.ts';
import { compileChain, compileUndocumented, type SpecOverrides } from './compile-chain.ts';
import type { Compiled } from './compiled.ts';

/** Decimal, without leading zeros: an EVM chain id is a 256-bit number. */
const evmChainId = /^[1-9][0-9]{0,77}$/;

/**
 * The spec of an EVM chain by its decimal id: the chain's own document where there is one, else the evm family alone under the
 * name `evm-<id>`, with a guessed block time. Never throws.
 */
export function specForChainId(
  all: ChainDocuments,
  chainId: string,
  overrides: SpecOverrides = {},
): Compiled<ChainSpec> {
  return familySpec(all, { family: 'evm', chainId }, overrides);
}

/**
 * The spec of a chain by its family and the id by which that family tells chains apart: a decimal id on evm, a name on cosmos,
 * the genesis hash on solana and utxo. A chain that has a document of its own gets that one.
 *
 * Fails for an id the family cannot have, and for a family whose rules leave a vital fact to each chain (`generic`).
 */
export function familySpec(
  all: ChainDocuments,
  { family, chainId }: { readonly family: Family; readonly chainId: string },
  overrides: SpecOverrides = {},
): Compiled<ChainSpec> {
  const message = reasonAgainst(family, chainId);
  if (message !== undefined) {
    return { kind: 'failed', problems: [{ file: `chains/family/${family}.json`, path: '/chainId', message }] };
  }
  const documented = chainWithId(all, family, chainId);
  if (documented !== undefined) return compileChain(all, documented, overrides);
  return compileUndocumented(all, { name: nameFor(family, chainId), family, chainId }, overrides);
}

function reasonAgainst(family: Family, chainId: string): string | undefined {
  if (family === 'evm' && !evmChainId.test(chainId)) {
    return `"${chainId.slice(0, 80)}" is no EVM chain id; write it in decimal, as in "1"`;
  }
  if (!/^[\x21-\x7e]{1,128}$/.test(chainId)) return 'is no chain id; write 1 to 128 visible ASCII characters';
  return undefined;
}

/** A chain name may hold small letters, digits and hyphens only, and 64 characters at most. */
function nameFor(family: Family, chainId: string): string {
  return `${family}-${chainId.toLowerCase().replaceAll(/[^a-z0-9-]/g, '-')}`.slice(0, 64);
}
