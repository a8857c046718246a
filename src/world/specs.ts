import { readChainDocuments } from '../config/read-chain-documents.ts';
import { type ChainDocuments, problemText } from '../model/chain-document.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { Interface } from '../model/names.ts';
import type { ChainSettings } from '../model/settings.ts';
import { compileChain } from '../spec/compile-chain.ts';
import type { Compiled } from '../spec/compiled.ts';
import { familySpec } from '../spec/spec-by-id.ts';

/** A gateway that cannot start says why in one line: a bad spec, a port in use, a chain nobody could tell. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/**
 * Reads the shipped chain documents.
 * @throws StartError where they are damaged.
 */
export async function loadDocuments(): Promise<ChainDocuments> {
  const reading = await readChainDocuments();
  if (reading.kind === 'read') return reading.documents;
  throw new StartError(reading.problems.map(problemText).join('\n'));
}

/**
 * The spec of a configured chain: its document, or its family and id.
 * @throws StartError where there is none, its first interface is not served, or a quorum is asked for a method that is no read of it.
 */
export function specOf(documents: ChainDocuments, chain: ChainSettings): ChainSpec {
  const overrides = { blockTimeMs: chain.blockTimeMs, epochBlocks: chain.epochBlocks, broadcast: chain.broadcast };
  const compiled = compileFor(documents, chain, overrides);
  if (compiled.kind === 'compiled') return withReadQuorums(servable(compiled.value, chain), chain);
  throw new StartError(`chains.${chain.name}: ${compiled.problems.map(problemText).join('; ')}`);
}

/** Tendermint's RPC is JSON-RPC too. Heads and identity are read over the first interface, so that one decides. */
const served: readonly (Interface | undefined)[] = ['json-rpc', 'tendermint'];

function servable(spec: ChainSpec, { name }: ChainSettings): ChainSpec {
  const [first] = spec.interfaces;
  if (served.includes(first)) return spec;
  throw new StartError(
    `chains.${name}: ${spec.name} is spoken to over ${first}, which this version does not serve (json-rpc is)`,
  );
}

/** Whoever asks for agreement must not get answers without it: a write, or a method nobody knows, goes to no quorum. */
function withReadQuorums(spec: ChainSpec, { name, quorum = {} }: ChainSettings): ChainSpec {
  const wrong = Object.keys(quorum).filter((method) => spec.methods.get(method)?.kind !== 'read');
  if (wrong.length === 0) return spec;
  throw new StartError(`chains.${name}.quorum: ${wrong.join(', ')}: a quorum is for reads that the chain's spec names`);
}

type Overrides = NonNullable<Parameters<typeof compileChain>[2]>;

function compileFor(documents: ChainDocuments, chain: ChainSettings, overrides: Overrides): Compiled<ChainSpec> {
  if (chain.spec !== undefined) return compileChain(documents, chain.spec, overrides);
  return familySpec(documents, { family: chain.family ?? 'evm', chainId: chain.chainId ?? '' }, overrides);
}
