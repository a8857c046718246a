import { Type } from 'typebox';
import { meanings } from '../model/verdict.ts';

const closed = { additionalProperties: false } as const;
const codes = (description: string) =>
  Type.Optional(Type.Array(Type.Integer(), { minItems: 1, maxItems: 64, description }));
const words = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { minItems: 1, maxItems: 256, description }));

/** One line of knowledge about how upstreams say things (`model/answer-rule.ts`), as a file writes it. */
const FiledRule = Type.Object(
  {
    id: Type.String({ title: 'a rule id', pattern: '^[a-z0-9][a-z0-9-]{0,63}$' }),
    when: Type.Object(
      {
        httpStatus: codes('Only where the body is no valid answer of the protocol.'),
        code: codes('JSON-RPC error codes.'),
        grpcCode: codes('gRPC status codes.'),
        abciCode: codes('Codes inside a successful Cosmos answer.'),
        texts: words('Plain words contained in the message or in `error.data`, ignoring case.'),
        pattern: Type.Optional(
          Type.String({
            minLength: 1,
            maxLength: 1024,
            description: 'A regular expression over the same, ignoring case; linear time.',
          }),
        ),
        methods: words('Only for these methods.'),
      },
      { ...closed, minProperties: 1, description: 'Conditions that must all hold.' },
    ),
    widest: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1024,
        description:
          'A regular expression that finds how many blocks may be asked at once: a group `blocks`, or groups `from` and `to`.',
      }),
    ),
    meaning: Type.Enum([...meanings]),
    blame: Type.Enum(['none', 'client', 'upstream', 'capability']),
    retry: Type.Enum(['no', 'other', 'once', 'same-later']),
    holdOff: Type.Boolean(),
    cache: Type.Boolean(),
  },
  { ...closed, title: 'an answer rule' },
);

/** What a file of `chains/answers/` may say. `chains/answers.schema.json` is made from this, and a test keeps them equal. */
export const AnswerFileSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    rules: Type.Array(FiledRule, { maxItems: 2048, description: 'In the order of matching.' }),
  },
  { ...closed, $schema: 'http://json-schema.org/draft-07/schema#', title: 'a file of answer rules' },
);
