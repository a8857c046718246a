import type { AccountSettings } from '../model/account.ts';
import { nearest } from '../model/nearest.ts';
import { type Quorum, readQuorum } from '../model/quorum.ts';
import type { ChainSettings } from '../model/settings.ts';
import { checkHealth, checkRules } from './check-contradictions.ts';
import { backgroundSettings, chainCacheSettings, healthPolicy, limitSettings } from './policy-settings.ts';
import type { KnownChain, ResolveContext } from './resolve-context.ts';
import { resolveProviders } from './resolve-providers.ts';
import type { ChainConfig, ConfigFile } from './settings-schema.ts';

/** One chain of the file under its name. */
export interface NamedChain {
  readonly name: string;
  readonly chain: ChainConfig;
}

/** A chain, and the accounts of those of its providers that have limits of their own. */
export interface ResolvedChain {
  readonly settings: ChainSettings;
  readonly accounts: readonly AccountSettings[];
}

/** A chain with everything it takes from the levels above. Notes what is wrong with it. Never throws. */
export function resolveChain(file: ConfigFile, named: NamedChain, context: ResolveContext): ResolvedChain {
  const { endpoints, accounts } = resolveProviders(file, named, context);
  return { settings: { ...chainSettings(file, named, context), endpoints }, accounts };
}

function chainSettings(
  file: ConfigFile,
  { name, chain }: NamedChain,
  context: ResolveContext,
): Omit<ChainSettings, 'endpoints'> {
  const health = { ...file.health, ...chain.health };
  if (Object.keys(chain.health).length > 0) checkHealth(health, chain.health, context);
  checkRules(chain.answerRules, context);
  return {
    name,
    ...kindOf({ name, chain }, context),
    ...(chain.epochBlocks === undefined ? {} : { epochBlocks: chain.epochBlocks }),
    ...(chain.blockTime === undefined ? {} : { blockTimeMs: chain.blockTime }),
    ...(chain.broadcast === undefined ? {} : { broadcast: chain.broadcast }),
    consistency: chain.consistency,
    ...quorumsOf(chain, context),
    methods: { allow: chain.methods.allow ?? [], deny: chain.methods.deny ?? [], unknown: chain.methods.unknown },
    writesPublicFallback: chain.writes.publicFallback,
    answerRules: [...chain.answerRules, ...file.answerRules],
    limits: limitSettings({ ...file.limits, ...chain.limits }, context.memoryBytes),
    health: healthPolicy(health),
    cache: chainCacheSettings(file.cache, chain.cache),
    background: backgroundSettings({ ...file.background, ...chain.background }),
    startWaitMs: chain.startWait ?? file.startWait,
    serveWhileStarting: chain.serveWhileStarting ?? file.serveWhileStarting,
  };
}

/** Quorums by method; one that asks for more agreement than answers is complained of. */
function quorumsOf({ quorum = {} }: ChainConfig, context: ResolveContext): Pick<ChainSettings, 'quorum'> {
  const entries = Object.entries(quorum).flatMap(([method, text]): readonly [string, Quorum][] => {
    const read = readQuorum(text);
    if (read !== undefined) return [[method, read]];
    context.complain({
      path: [...context.pathOf(quorum), method],
      text: 'asks for more agreement than answers (write n/m with n no more than m)',
    });
    return [];
  });
  return entries.length === 0 ? {} : { quorum: Object.fromEntries(entries) };
}

type ChainKind = Pick<ChainSettings, 'spec' | 'family' | 'chainId' | 'detect'>;

/** Which chain it is: by `spec`, by `family` and `chainId`, or by its own name, in this order. */
function kindOf({ name, chain }: NamedChain, context: ResolveContext): ChainKind {
  if (context.chains === 'detected') return { detect: true };
  if (chain.spec !== undefined) return kindBySpec(chain.spec, chain, context);
  if (chain.family !== undefined && chain.chainId !== undefined) return kindById(chain, context);
  const path = context.pathOf(chain);
  if (chain.family !== undefined || chain.chainId !== undefined) {
    context.complain({
      path,
      text: 'has only one of family and chainId (they belong together)',
      absent: ['family', 'chainId'],
    });
    return {};
  }
  const known = knownChain(name, context.known);
  if (known !== undefined) return { spec: known.name };
  const advice = 'name the chain it is as `spec`, or give `family` and `chainId`; `switchyard chains` lists the specs';
  const text = `is no chain that has a spec (${meant(name, context.known)}${advice})`;
  context.complain({ path, text, absent: ['spec', 'family', 'chainId'] });
  return {};
}

function kindBySpec(spec: string, chain: ChainConfig, context: ResolveContext): ChainKind {
  const path = context.pathOf(chain);
  if (chain.family !== undefined || chain.chainId !== undefined) {
    context.complain({ path, text: 'has family or chainId beside spec, which says both (remove them)' });
  }
  const known = knownChain(spec, context.known);
  if (known !== undefined) return { spec: known.name };
  const advice = '`switchyard chains` lists the specs';
  context.complain({ path: [...path, 'spec'], text: `is no spec (${meant(spec, context.known)}${advice})` });
  return {};
}

function kindById(chain: ChainConfig, context: ResolveContext): ChainKind {
  const { family, chainId } = chain;
  if (family === undefined || chainId === undefined) return {};
  if (family !== 'evm') return { family, chainId };
  if (/^(?:[1-9]\d{0,77}|0x[0-9a-f]{1,64})$/i.test(chainId)) return { family, chainId: BigInt(chainId).toString() };
  context.complain({
    path: [...context.pathOf(chain), 'chainId'],
    text: 'must be a number such as 1 or 0x2105 on evm',
  });
  return {};
}

/** A name outranks an alias; both ignore case. */
function knownChain(word: string, known: readonly KnownChain[]): KnownChain | undefined {
  const wanted = word.toLowerCase();
  return known.find(({ name }) => name === wanted) ?? known.find(({ aliases }) => aliases.includes(wanted));
}

function meant(word: string, known: readonly KnownChain[]): string {
  const candidates = known.flatMap(({ name, aliases }) => [name, ...aliases]);
  const found = nearest(word, candidates);
  return found === undefined ? '' : `did you mean ${found}? `;
}
