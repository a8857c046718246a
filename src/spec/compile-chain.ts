import type { AnswerRule } from '../model/answer-rule.ts';
import type { ChainDocument, ChainDocuments, DocumentProblem } from '../model/chain-document.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { Family } from '../model/names.ts';
import { assumedBlockTimeMs, defaultEpochBlocks, defaultLagLimit, defaultSafeDepth } from './chain-pace.ts';
import type { Compiled, Complain } from './compiled.ts';
import { type ChainFacts, compilePerInterface } from './interface-readings.ts';
import { fileOf, traceLineage } from './lineage.ts';
import { compileMethods } from './method-policies.ts';
import {
  compileAddons,
  compileBlockByHeight,
  compileFinality,
  compileIdentity,
  compileLookUp,
  compileQuestion,
  compileReading,
} from './readings.ts';

/** What a configuration may say of a chain in the document's stead; undefined leaves the document's word. */
export interface SpecOverrides {
  readonly blockTimeMs?: number | undefined;
  readonly epochBlocks?: number | undefined;
  readonly lagLimit?: number | undefined;
  readonly safeDepth?: number | undefined;
  readonly broadcast?: number | undefined;
}

/** A chain without a document of its own: its family, and the id by which the family tells chains apart. */
export interface Undocumented {
  readonly name: string;
  readonly family: Family;
  /** Decimal chain id on evm, chain name on cosmos, genesis hash on solana and utxo. */
  readonly chainId: string;
}

/**
 * A chain's spec from its document and its ancestors', every default filled in. Never throws.
 *
 * `name` is the document's own (`resolveChainName` knows the aliases). On failure all problems are listed, each under the file
 * that said it.
 */
export function compileChain(all: ChainDocuments, name: string, overrides: SpecOverrides = {}): Compiled<ChainSpec> {
  const traced = traceLineage(all, name);
  if (traced.kind === 'failed') return traced;
  const { documents, merged } = traced.value;
  const fileFor = (path: string) => fileOf({ documents }, path);
  return compileMerged(merged, { name, fileFor, answers: all.answers }, overrides);
}

/**
 * The spec of a chain that has no document: its family's rules with that one id.
 *
 * Its block time is a guess (`blockTimeKnown` is false) unless the overrides name it.
 */
export function compileUndocumented(
  all: ChainDocuments,
  { name, family, chainId }: Undocumented,
  overrides: SpecOverrides = {},
): Compiled<ChainSpec> {
  const traced = traceLineage(all, `family/${family}`);
  if (traced.kind === 'failed') return traced;
  const { documents, merged } = traced.value;
  const own: ChainDocument = { display: `${family} ${chainId}`, [identityKey(merged)]: chainId };
  return compileMerged(
    { ...merged, ...own },
    { name, fileFor: () => documents[0].file, answers: all.answers },
    overrides,
  );
}

/** By what the family tells its chains apart. */
function identityKey({ identity = [] }: ChainDocument): 'chainId' | 'genesis' {
  return identity.some(({ all }) => all.some(({ expect }) => expect === '$genesis')) ? 'genesis' : 'chainId';
}

interface Surroundings {
  readonly name: string;
  readonly fileFor: (path: string) => string;
  readonly answers: ChainDocuments['answers'];
}

function compileMerged(merged: ChainDocument, around: Surroundings, overrides: SpecOverrides): Compiled<ChainSpec> {
  const problems: DocumentProblem[] = [];
  const complain: Complain = (path, message) => problems.push({ file: around.fileFor(path), path, message });
  const vitals = compileVitals(merged, complain);
  const rest = compileRest(merged, complain);
  const own = vitals && { vitals, pace: pace(merged, vitals.finality, overrides) };
  const perInterface = own && compilePerInterface(merged, factsOf(merged, own), complain);
  if (own === undefined || problems.length > 0) return { kind: 'failed', problems };
  const value: ChainSpec = {
    name: around.name,
    ...own.vitals,
    ...rest,
    ...own.pace,
    ...(perInterface && { perInterface }),
    answerRules: rulesFor(own.vitals.family, around.answers),
  };
  return { kind: 'compiled', value };
}

interface Own {
  readonly vitals: Vitals;
  readonly pace: Pace;
}

/** What the readings of further interfaces take from the chain. */
function factsOf({ chainId, genesis }: ChainDocument, own: Own): ChainFacts {
  return { marks: { chainId, genesis }, finality: own.vitals.finality, safeDepth: own.pace.safeDepth };
}

type Vitals = Pick<ChainSpec, 'family' | 'display' | 'head' | 'finality' | 'identity' | 'interfaces'>;

/** What no chain can be served without. Undefined where something is missing, which is complained of. */
function compileVitals(merged: ChainDocument, complain: Complain): Vitals | undefined {
  const { family, display, head, finality, identity, interfaces, chainId, genesis } = merged;
  const needed = { family, display, head, finality, identity, interfaces };
  for (const [key, value] of Object.entries(needed)) {
    if (value === undefined) complain(`/${key}`, 'is missing; say it here, or extend a document that does');
  }
  const compiled = {
    head: head && compileReading(head, '/head', complain),
    finality: finality && compileFinality(finality, complain),
    identity: identity && compileIdentity(identity, { chainId, genesis }, complain),
  };
  if (!family || !display || !interfaces || !compiled.head || !compiled.finality || !compiled.identity)
    return undefined;
  return { family, display, interfaces, head: compiled.head, finality: compiled.finality, identity: compiled.identity };
}

type Rest = Omit<ChainSpec, keyof Vitals | keyof Pace | 'name' | 'answerRules' | 'perInterface'>;

function compileRest(merged: ChainDocument, complain: Complain): Rest {
  const { chainId, transactionHash, transactionLookUp, blockByHeight, health } = merged;
  return {
    aliases: merged.aliases ?? [],
    state: merged.verifiedOn === undefined ? 'experimental' : 'verified',
    envelope: merged.envelope ?? '2.0',
    ...compileMethods(merged, complain),
    deniedPrefixes: merged.deniedPrefixes ?? [],
    addons: compileAddons(merged.addons ?? []),
    rateLimitedCode: merged.rateLimitedCode ?? -32065,
    ...(chainId === undefined ? {} : { chainId }),
    ...(transactionHash === undefined ? {} : { transactionHash }),
    ...(health && { health: compileQuestion(health) }),
    ...(transactionLookUp && { transactionLookUp: compileLookUp(transactionLookUp, complain) }),
    ...(blockByHeight && { blockByHeight: compileBlockByHeight(blockByHeight, '/blockByHeight', complain) }),
  };
}

type Pace = Pick<ChainSpec, 'blockTimeMs' | 'blockTimeKnown' | 'epochBlocks' | 'lagLimit' | 'safeDepth' | 'broadcast'>;

/** A block time from the configuration replaces numbers that were worked out, never numbers a document states. */
function pace(merged: ChainDocument, finality: ChainSpec['finality'], overrides: SpecOverrides): Pace {
  const said = overrides.blockTimeMs ?? merged.blockTimeMs;
  const blockTimeMs = said ?? assumedBlockTimeMs;
  return {
    blockTimeMs,
    blockTimeKnown: said !== undefined,
    epochBlocks: overrides.epochBlocks ?? merged.epochBlocks ?? defaultEpochBlocks(blockTimeMs),
    lagLimit: overrides.lagLimit ?? merged.lagLimit ?? defaultLagLimit(blockTimeMs),
    safeDepth: overrides.safeDepth ?? merged.safeDepth ?? defaultSafeDepth(finality, blockTimeMs),
    broadcast: overrides.broadcast ?? merged.broadcast ?? 2,
  };
}

/** The family's own words outrank what everybody says. */
function rulesFor(family: Family, answers: ChainDocuments['answers']): readonly AnswerRule[] {
  return [...(answers.get(family) ?? []), ...(answers.get('common') ?? [])];
}
