import { Type } from 'typebox';

/** Titles say what shape a value has, for messages; descriptions say what it means, for editors. */
export const closed = { additionalProperties: false } as const;

/** Points into a value, or is empty for the whole of it. */
export const Pointer = Type.String({ title: 'a JSON pointer (RFC 6901)', pattern: '^(/([^~/]|~[01])*)*$' });

/** What a method is called, in denials too. A space only between the verb and the path of a REST route, `GET /blocks/{height}`. */
export const MethodName = Type.String({ title: 'a method name', pattern: '^([A-Z]{3,7} (?=/))?[!-~]{1,128}$' });

/** A count of blocks. */
export const Blocks = Type.Integer({ title: 'a whole number of blocks', minimum: 1, maximum: 10_000_000 });

/** What every question says: its method, and the params that are sent with it. */
export const question = {
  method: MethodName,
  params: Type.Optional(
    Type.Union([Type.Array(Type.Unknown()), Type.Record(Type.String(), Type.Unknown())], {
      title: 'an array or an object',
      description: 'Params as they are sent; [] when absent.',
    }),
  ),
};

/** How one block is read. */
export const Reading = Type.Object(
  {
    ...question,
    height: Pointer,
    hash: Type.Optional(Pointer),
    parent: Type.Optional(Pointer),
    time: Type.Optional(Pointer),
    quantity: Type.Enum(['hex', 'number', 'decimal-text']),
  },
  {
    ...closed,
    title: 'a reading',
    description: 'How one block is read: a question, and where in its result the facts are. `time` is in seconds.',
  },
);

const IdentityCheck = Type.Object(
  {
    all: Type.Array(
      Type.Object(
        {
          ...question,
          path: Pointer,
          expect: Type.String({ minLength: 1, maxLength: 256, description: '`$chainId`, `$genesis`, or the value.' }),
          compare: Type.Enum(['quantity', 'text', 'text-ignore-case']),
        },
        closed,
      ),
      { minItems: 1, maxItems: 8, description: 'Facts that must all hold.' },
    ),
  },
  closed,
);

/** Ways to tell the chain from others: one must hold. */
export const Identity = Type.Array(IdentityCheck, {
  minItems: 1,
  maxItems: 8,
  description: 'Alternatives: one must hold.',
});

/** How the finalized height is found. */
export const Finality = Type.Union(
  [Type.Enum(['instant']), Type.Object({ depth: Type.Optional(Blocks), read: Type.Optional(Reading) }, closed)],
  {
    title: '"instant" or an object with `depth` or `read`',
    description: 'How the finalized height is found: the head itself, a depth below the tip, or a reading.',
  },
);

const InterfaceReadings = Type.Object(
  { identity: Identity, head: Reading, finality: Type.Optional(Finality), blockByHeight: Type.Optional(Reading) },
  { ...closed, title: 'the readings of one interface' },
);

/** The same readings over the interfaces beyond the first. */
export const PerInterface = Type.Object(
  {
    'json-rpc': Type.Optional(InterfaceReadings),
    rest: Type.Optional(InterfaceReadings),
    tendermint: Type.Optional(InterfaceReadings),
    grpc: Type.Optional(InterfaceReadings),
  },
  {
    ...closed,
    description:
      'The same readings over every interface but the first. rest: a method is `GET /path/{part}`, params fill the braces, then the query or the body; grpc: it is `package.Service/Method`, and pointers are made of field numbers.',
  },
);
