import { Type } from 'typebox';
import { choice, count, flag, text } from './schema-leaf.ts';
import { section } from './section-schema.ts';
import { nameForm, type TextForm } from './text-form.ts';

const keyForm: TextForm = {
  pattern: '^[\\x21-\\x7e]{16,512}$',
  expects: '16 to 512 printable ASCII characters without spaces',
};
const digestForm: TextForm = { pattern: '^[0-9a-fA-F]{64}$', expects: 'a SHA-256 digest of 64 hex digits' };
const methodForm: TextForm = { pattern: '^[\\x21-\\x7e]{1,256}$', expects: 'a method name' };
const addressForm: TextForm = { pattern: '^0x[0-9a-fA-F]{40}$', expects: 'an address of 0x and 40 hex digits' };
const functionForm: TextForm = { pattern: '^0x[0-9a-fA-F]{8}$', expects: 'a function selector of 0x and 8 hex digits' };

function listOf(form: TextForm, description: string, of: string) {
  return Type.Optional(
    Type.Array(text(undefined, of, form), { maxItems: 1000, expects: 'a list of at most 1000', description }),
  );
}

function rates(description: string) {
  return Type.Optional(
    Type.Object(
      {
        callsPerSecond: Type.Optional(count(undefined, 'Calls in one second, each call of a batch by itself.')),
        costPerSecond: Type.Optional(
          count(undefined, 'Cost units of methods in one second; what a method costs is in its chain spec.', {
            max: 1_000_000_000,
          }),
        ),
        concurrency: Type.Optional(count(undefined, 'Calls in flight.')),
      },
      { description, expects: 'a map with callsPerSecond, costPerSecond or concurrency' },
    ),
  );
}

const contract = Type.Object(
  {
    address: text(undefined, 'Its address.', addressForm),
    functions: listOf(
      functionForm,
      'First four bytes of the inputs that are let through; absent means any.',
      'A selector.',
    ),
  },
  { description: 'One contract.', expects: 'a map with address, and functions where not all are meant' },
);

const key = Type.Object(
  {
    name: text(undefined, 'What the key is called in metrics and logs.', nameForm),
    key: Type.Optional(
      text(undefined, 'The key itself, best taken from the environment. Only its digest is kept.', keyForm),
    ),
    sha256: Type.Optional(text(undefined, 'SHA-256 of the key in hex, instead of the key.', digestForm)),
    chains: listOf(nameForm, 'Chains it may call; absent means all.', 'A chain of this file.'),
    methods: section(
      {
        allow: listOf(methodForm, 'Methods it may call; absent means all that the chain serves.', 'A method.'),
        deny: listOf(methodForm, 'Methods it may not call; stands above `allow`.', 'A method.'),
      },
      'Which methods it may call. Opens nothing that the chain denies.',
    ),
    contracts: Type.Optional(
      Type.Array(contract, {
        maxItems: 1000,
        expects: 'a list of at most 1000 contracts',
        description:
          'Contracts it may call. Calls that name another address are refused; of methods that name none, light reads are served, and what `methods.allow` lists.',
      }),
    ),
    limits: rates('What it may use, all its holders together.'),
    getLogsMaxRange: Type.Optional(
      count(undefined, "Blocks one log query may span, where that is less than the chain's limit.", {
        max: 1_000_000_000,
      }),
    ),
    steer: flag('false', 'Whether its steering headers are obeyed.'),
  },
  { description: 'One key.', expects: 'a map with name, and key or sha256' },
);

/** Who may call, and how much. */
export const authSection = section(
  {
    anonymous: Type.Optional(
      choice(
        ['allow', 'deny'],
        undefined,
        'Whether calls without a key are served. Without it: only while there are no keys.',
      ),
    ),
    anonymousLimits: rates(
      'What each address may use that shows no key (of IPv6 its network of 64 bits). Without it there is no limit on loopback, and beyond it 100 calls and 4,000 cost units per second, 200 in flight.',
    ),
    keys: Type.Array(key, {
      default: [],
      maxItems: 100_000,
      expects: 'a list of keys',
      description: 'Keys: in `Authorization: Bearer`, in `x-api-key`, behind the chain in the path, or as `?key=`.',
    }),
  },
  'Who may call, and how much.',
);
