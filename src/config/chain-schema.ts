import { Type } from 'typebox';
import { quorumForm } from '../model/quorum.ts';
import { answerRuleList } from './answer-rule-list.ts';
import { chainCacheSection } from './cache-schema.ts';
import { healthProperties } from './health-schema.ts';
import { chainLimitProperties, gatewayLimitProperties } from './limits-schema.ts';
import { methodForm, methodList, providerUnion } from './provider-schema.ts';
import { chainId, choice, count, duration, flag, text } from './schema-leaf.ts';
import { overridesOf, section } from './section-schema.ts';
import { nameForm } from './text-form.ts';

/** The keys of `background`: what the gateway sends on its own account. */
export const backgroundProperties = {
  maxCallsPerDay: Type.Optional(
    count(undefined, 'Background calls per provider and day; polling slows down to keep to it. Without it no limit.', {
      min: 100,
      max: 100_000_000,
    }),
  ),
  idleAfter: duration('10m', 'Time without a client call after which a chain is polled less.'),
  idlePoll: duration('15s', 'How often an idle chain is polled.', { min: 1_000 }),
};

/** First words of paths at the doors: no chain can be called so. */
const reservedChainNames = ['api', 'evm', 'grpc', 'livez', 'metrics', 'readyz', 'rest', 'tendermint'];

const quorumByMethod = Type.Record(
  Type.String({ pattern: methodForm.pattern }),
  text(undefined, 'A quorum.', {
    pattern: quorumForm,
    expects: 'a quorum such as 2/3: how many must agree, of how many that are asked, 1 to 16',
  }),
  {
    maxProperties: 100,
    expects: 'a map of at most 100 methods, such as eth_getBalance: 2/3',
    keyExpects: `a method is ${methodForm.expects}`,
    description:
      'Reads whose answers independent providers must agree on, by method: `2/3` asks three groups at once and answers as soon as two say the same.',
  },
);

function tier(description: string, least: 0 | 1, notes: { readonly sameAs?: string } = {}) {
  return Type.Array(providerUnion, {
    ...notes,
    default: [],
    minItems: least,
    maxItems: 100,
    expects: `a list of ${least} to 100 providers`,
    description,
  });
}

const chain = Type.Object(
  {
    spec: Type.Optional(
      text(
        undefined,
        "Name of the chain's spec. Without it the chain's own name, where a spec or alias is called so.",
        nameForm,
      ),
    ),
    family: Type.Optional(
      choice(['evm', 'solana', 'cosmos', 'utxo'], undefined, 'For a chain without a spec, together with `chainId`.'),
    ),
    chainId: Type.Optional(
      chainId(
        'Id of a chain without a spec: the chain id on evm, its name on cosmos, the genesis hash on solana and utxo.',
      ),
    ),
    epochBlocks: Type.Optional(
      count(undefined, 'Finalized blocks in an epoch. Without it the number of the spec.', { max: 100_000_000 }),
    ),
    blockTime: Type.Optional(duration(undefined, 'Time between blocks. Without it that of the spec, or as measured.')),
    broadcast: Type.Optional(
      count(undefined, 'Upstreams a signed transaction goes to at once. Without it the number of the spec.', {
        max: 8,
      }),
    ),
    consistency: choice(
      ['tip', 'session'],
      'tip',
      'What heights clients see. `tip`: head reads never go back. `session`: nobody reads the newest block from below what its session saw; a session is named in `x-switchyard-session`, which counts under `tip` too, or else goes by key or address.',
    ),
    quorum: Type.Optional(quorumByMethod),
    writes: section(
      {
        publicFallback: flag(
          'false',
          'Whether signed transactions may go to public providers where a private one fails.',
        ),
      },
      'Where transactions go.',
    ),
    methods: section(
      {
        allow: Type.Optional(methodList('Methods opened although the family denies them.')),
        deny: Type.Optional(methodList('Methods refused on this chain.')),
        unknown: choice(['forward', 'reject'], 'forward', 'What becomes of methods the spec does not name.'),
      },
      'Methods of the chain.',
    ),
    answerRules: answerRuleList("Rules for reading this chain's upstream errors, before all others.", {
      sameAs: 'answerRules',
    }),
    startWait: Type.Optional(duration(undefined, 'As at the top level, for this chain.', { min: 0 })),
    serveWhileStarting: Type.Optional(flag(undefined, 'As at the top level, for this chain.')),
    limits: overridesOf(chainLimitProperties, {
      description: 'Limits of this chain, those of the gateway as a whole excepted.',
      sameAs: 'limits',
      elsewhere: Object.keys(gatewayLimitProperties),
    }),
    health: overridesOf(healthProperties, {
      description: 'Numbers of the health machine, for this chain.',
      sameAs: 'health',
    }),
    cache: chainCacheSection,
    background: overridesOf(backgroundProperties, {
      description: 'Background calls of this chain.',
      sameAs: 'background',
    }),
    primary: tier('Providers asked first.', 1),
    backup: tier('Providers asked only when no primary can be.', 0, { sameAs: 'chains.<chain>.primary' }),
  },
  { expects: 'a map of keys such as primary and backup' },
);

/** The chains, by the names they are served under. */
export const chainMap = Type.Record(Type.String({ pattern: '^(?!\\d+$)[a-z0-9][a-z0-9-]{0,63}$' }), chain, {
  default: {},
  minProperties: 1,
  maxProperties: 500,
  expects: 'a map of 1 to 500 chains by name',
  keyExpects: `a chain is called by lower-case letters, digits and dashes, at most 64, not a number alone, none of ${reservedChainNames.join(', ')}`,
  keyName: 'chain',
  reserved: reservedChainNames,
  description: 'The chains, by the names they are served under.',
});
