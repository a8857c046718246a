import type { AnswerRule } from '../../src/model/answer-rule.ts';
import type { ChainSpec } from '../../src/model/chain-spec.ts';
import type { MethodPolicy } from '../../src/model/method-policy.ts';

/** A light read of no block, save what is said. */
export function policyOf(said: Partial<MethodPolicy> = {}): MethodPolicy {
  return {
    name: 'm',
    kind: 'read',
    class: 'normal',
    block: { kind: 'none' },
    cost: 1,
    cache: 'never',
    retry: true,
    hedge: true,
    deterministic: true,
    denied: false,
    nullMayBeLag: false,
    ...said,
  };
}

/** A chain of the evm family with no methods, save what is said. */
export function chainSpecOf(said: Partial<ChainSpec> = {}): ChainSpec {
  const head = { method: 'head', params: '[]', height: [], quantity: 'hex' } as const;
  return {
    name: 'test',
    display: 'Test',
    aliases: [],
    family: 'evm',
    state: 'experimental',
    interfaces: ['json-rpc'],
    identity: [],
    blockTimeMs: 1000,
    blockTimeKnown: true,
    epochBlocks: 900,
    lagLimit: 10,
    safeDepth: 64,
    head,
    finality: { kind: 'instant' },
    broadcast: 1,
    envelope: '2.0',
    methods: new Map(),
    unknownMethod: policyOf({ name: 'other', kind: 'write', class: 'heavy', write: { kind: 'once' } }),
    deniedPrefixes: [],
    addons: [],
    answerRules: [],
    rateLimitedCode: -32005,
    ...said,
  };
}

/** A rule that means `generic` and blames nobody, save what is said. */
export function ruleOf(said: Partial<AnswerRule> & Pick<AnswerRule, 'id' | 'when'>): AnswerRule {
  return { meaning: 'generic', blame: 'none', retry: 'once', holdOff: false, cache: false, ...said };
}
