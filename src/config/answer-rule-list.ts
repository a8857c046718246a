import { Type } from 'typebox';
import { meanings } from '../model/verdict.ts';
import { choice, count, flag, text } from './schema-leaf.ts';
import { nameForm } from './text-form.ts';

const words = { pattern: '^[^\\p{Cc}]{1,200}$', expects: 'a text of at most 200 characters on one line' };

function numbers(description: string) {
  return Type.Array(count(undefined, 'A code.', { min: -2_147_483_648, max: 2_147_483_647 }), {
    minItems: 1,
    maxItems: 64,
    expects: 'a list of 1 to 64 whole numbers',
    description,
  });
}

function texts(description: string) {
  return Type.Array(text(undefined, 'A text.', words), {
    minItems: 1,
    maxItems: 64,
    expects: 'a list of 1 to 64 texts',
    description,
  });
}

const conditions = Type.Object(
  {
    httpStatus: Type.Optional(numbers('HTTP status of the answer.')),
    code: Type.Optional(numbers('JSON-RPC code of the error.')),
    grpcCode: Type.Optional(numbers('gRPC status of the answer.')),
    abciCode: Type.Optional(numbers('ABCI code of the answer.')),
    texts: Type.Optional(texts('Words of the message or of `error.data`, ignoring case; one of them must be there.')),
    pattern: Type.Optional(
      text(
        undefined,
        'A regular expression over the same, ignoring case; every repetition has a bound (`.{0,80}`).',
        words,
      ),
    ),
    methods: Type.Optional(texts('The only methods it holds for.')),
  },
  { default: {}, expects: 'a map of conditions', description: 'The conditions, all of which must hold.' },
);

const answerRule = Type.Object(
  {
    id: text(undefined, 'Its name in the log and in `explain`.', nameForm),
    when: conditions,
    widest: Type.Optional(
      text(
        undefined,
        'A regular expression that finds how many blocks may be asked at once: a group `blocks`, or groups `from` and `to`.',
        words,
      ),
    ),
    meaning: choice(meanings, undefined, 'What the answer means.'),
    blame: choice(['none', 'client', 'upstream', 'capability'], undefined, 'Whom it speaks against.'),
    retry: choice(['no', 'other', 'once', 'same-later'], undefined, 'Whether asking another upstream can help a read.'),
    holdOff: flag('false', 'Whether the upstream asked to slow down.'),
    cache: flag('false', 'Whether the answer is the same every time on a finalized block.'),
  },
  { expects: 'a map of keys such as id, when and meaning' },
);

/** A list of answer rules: how upstreams say things, in front of what the chain files know. */
export function answerRuleList(description: string, notes: { readonly sameAs?: string } = {}) {
  return Type.Array(answerRule, {
    ...notes,
    default: [],
    maxItems: 200,
    expects: 'a list of at most 200 rules',
    description,
  });
}
