import { Type } from 'typebox';
import { methodClasses } from '../model/method-policy.ts';
import {
  Blocks,
  closed,
  Finality,
  Identity,
  MethodName,
  PerInterface,
  Pointer,
  question,
  Reading,
} from './chain-reading-schema.ts';

const Word = Type.String({ title: 'a word', pattern: '^[a-z0-9][a-z0-9-]{0,63}$' });
const Line = Type.String({ title: 'one line of text', pattern: '^[ -~]{1,128}$' });

const Block = Type.Union(
  [
    Type.Enum(['none', 'tip']),
    Type.Object(
      {
        at: Type.Optional(Pointer),
        from: Type.Optional(Pointer),
        to: Type.Optional(Pointer),
        hash: Type.Optional(Pointer),
        missing: Type.Optional(Line),
      },
      closed,
    ),
  ],
  {
    title: '"none", "tip" or an object with pointers into the params',
    description:
      'Which block is read. `at`: a height, tag or hash; `from` and `to`: a range, `hash` pinning one block instead; `hash` alone: the hash of a block or transaction. `missing`: what an absent value means.',
  },
);

const Write = Type.Union(
  [
    Type.Enum(['once']),
    Type.Object(
      { raw: Pointer, encoding: Type.Enum(['hex', 'base64', 'base58']), encodingAt: Type.Optional(Pointer) },
      closed,
    ),
  ],
  {
    title: '"once" or an object that says where the signed bytes are',
    description:
      '`once`: at most one send that may have arrived. `raw`: where the signed bytes are, which may go to several upstreams.',
  },
);

const Method = Type.Object(
  {
    kind: Type.Optional(Type.Enum(['read', 'write', 'subscribe', 'unsubscribe', 'filter', 'local'])),
    class: Type.Optional(Type.Enum([...methodClasses])),
    block: Type.Optional(Block),
    cost: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, description: 'Cost units.' })),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 600_000, description: 'Deadline of one attempt.' })),
    cache: Type.Optional(Type.Enum(['finalized', 'tip', 'never'])),
    retry: Type.Optional(Type.Boolean()),
    hedge: Type.Optional(Type.Boolean()),
    deterministic: Type.Optional(Type.Boolean({ description: 'Two honest upstreams answer alike for one block.' })),
    write: Type.Optional(Write),
    showsHead: Type.Optional(Pointer),
    showsBlock: Type.Optional(
      Type.Object(
        { height: Pointer, hash: Type.Optional(Pointer) },
        {
          ...closed,
          title: 'an object that says where height and hash are',
          description: 'Where the result shows the block it is of.',
        },
      ),
    ),
    splits: Type.Optional(
      Type.Object(
        { unless: Type.Optional(Type.Array(Pointer, { maxItems: 8 })) },
        {
          ...closed,
          title: 'an object that says when not',
          description:
            'The list over a range of blocks is the lists over its parts in turn, so that it may be asked in pieces; not where one of these params is there.',
        },
      ),
    ),
    readsNonce: Type.Optional(
      Type.Literal(true, {
        title: 'true',
        description: 'The result counts what an account has sent: asked where its client has just written.',
      }),
    ),
    carriesSigned: Type.Optional(
      Type.Literal(true, {
        title: 'true',
        description: 'The params of this read may hold a signed transaction: where those are kept private, so is this.',
      }),
    ),
    volatile: Type.Optional(
      Type.Array(Line, {
        minItems: 1,
        maxItems: 64,
        description: 'Members that honest upstreams fill differently, wherever they stand: not compared in a quorum.',
      }),
    ),
    contract: Type.Optional(
      Type.Object(
        { address: Pointer, input: Type.Optional(Type.Array(Pointer, { maxItems: 4 })) },
        { ...closed, title: 'an object that says where address and input are' },
      ),
    ),
    addon: Type.Optional(Word),
    denied: Type.Optional(Type.Boolean({ description: 'Refused unless the configuration opens it.' })),
    nullMayBeLag: Type.Optional(Type.Boolean({ description: '`null` may mean: not seen yet.' })),
  },
  {
    ...closed,
    title: 'what is said of a method',
    description:
      'What is absent follows from kind (read, or write where `write` is there), class (normal, or write) and block (none).',
  },
);

/** What a file of `chains/` or `chains/family/` may say. `chains/schema.json` is made from this, and a test keeps them equal. */
export const ChainDocumentSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    extends: Type.Optional(
      Type.String({
        title: 'the name of a document',
        pattern: '^(family/)?[a-z0-9][a-z0-9-]{0,63}$',
        description: 'The one parent: `family/evm`, or another chain. At most two ancestors in all.',
      }),
    ),
    family: Type.Optional(Type.Enum(['evm', 'solana', 'cosmos', 'utxo', 'generic'])),
    display: Type.Optional(Line),
    aliases: Type.Optional(Type.Array(Word, { maxItems: 16 })),
    chainId: Type.Optional(
      Type.String({
        title: 'a chain id',
        pattern: '^[!-~]([ -~]{0,126}[!-~])?$',
        description: 'Decimal on evm, else as an upstream answers it.',
      }),
    ),
    genesis: Type.Optional(
      Type.String({ title: 'a hash', pattern: '^[!-~]{1,128}$', description: 'As an upstream answers it.' }),
    ),
    verifiedOn: Type.Optional(
      Type.String({
        title: 'a date, YYYY-MM-DD',
        pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
        description: 'The day all of it was checked against a real upstream. Absent: experimental.',
      }),
    ),
    interfaces: Type.Optional(Type.Array(Type.Enum(['json-rpc', 'rest', 'tendermint', 'grpc']), { minItems: 1 })),
    identity: Type.Optional(Identity),
    blockTimeMs: Type.Optional(Type.Integer({ minimum: 1, maximum: 86_400_000, description: 'Target or average.' })),
    epochBlocks: Type.Optional(Blocks),
    lagLimit: Type.Optional(Blocks),
    safeDepth: Type.Optional(Blocks),
    head: Type.Optional(Reading),
    finality: Type.Optional(Finality),
    blockByHeight: Type.Optional(Reading),
    perInterface: Type.Optional(PerInterface),
    broadcast: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 16, description: 'Upstreams a signed write goes to at once.' }),
    ),
    envelope: Type.Optional(Type.Enum(['2.0', 'legacy'])),
    rateLimitedCode: Type.Optional(Type.Integer()),
    transactionHash: Type.Optional(
      Type.Enum(['keccak256-hex', 'solana-signature', 'bitcoin-txid', 'sha256-hex-upper']),
    ),
    missingBlock: Type.Optional(Line),
    health: Type.Optional(
      Type.Object(question, {
        ...closed,
        title: 'a question',
        description: 'Asks an upstream whether it is well. One that answers that it is behind counts as lagging.',
      }),
    ),
    transactionLookUp: Type.Optional(
      Type.Object(
        { ...question, found: Pointer },
        {
          ...closed,
          title: 'a question about a transaction',
          description:
            'Asks an upstream for a transaction, `"$hash"` standing for its name: it is known where the value at `found` is there and not null.',
        },
      ),
    ),
    addons: Type.Optional(Type.Array(Type.Object({ name: Word, ...question }, closed), { maxItems: 16 })),
    deniedPrefixes: Type.Optional(Type.Array(MethodName, { maxItems: 256 })),
    deniedMethods: Type.Optional(Type.Array(MethodName, { maxItems: 1024 })),
    unknownMethod: Type.Optional(Method),
    remove: Type.Optional(Type.Array(MethodName, { maxItems: 1024, description: "The parent's methods left out." })),
    methods: Type.Optional(
      Type.Record(Type.String(), Method, {
        description: 'By name (a method, a REST route, a gRPC method); merged with the parent’s field by field.',
      }),
    ),
  },
  {
    ...closed,
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'a chain document',
    description:
      'A chain, or the rules of a family. Every key replaces the whole value of the parent, but `methods` merge by name and field by field, and `perInterface` by interface.',
  },
);
