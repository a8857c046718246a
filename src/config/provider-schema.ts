import { Type } from 'typebox';
import { budgetProperties, rateLimit } from './account-schema.ts';
import { headerMap } from './header-map.ts';
import { choice, count, text, upstreamUrl } from './schema-leaf.ts';
import { overridesOf, section } from './section-schema.ts';
import { nameForm, type TextForm } from './text-form.ts';

/** The form of a method's name. */
export const methodForm: TextForm = {
  pattern: '^[\\x21-\\x7e]{1,128}$',
  expects: 'a method name of at most 128 characters, without spaces',
};

/** A list of method names. */
export function methodList(description: string) {
  return Type.Array(text(undefined, 'A method.', methodForm), {
    maxItems: 1_000,
    expects: 'a list of at most 1000 method names',
    description,
  });
}

/** How a provider behaves: the keys of `defaults`, each of which a provider may set for itself. */
export const behaviourProperties = {
  weight: count(1, 'Share of traffic against other providers of the tier.', { max: 1_000 }),
  order: choice(
    ['fastest', 'listed'],
    'fastest',
    '`fastest` chooses by latency and load; `listed` prefers the order of the file as long as a provider is healthy.',
  ),
  writes: choice(
    ['public', 'private', 'never'],
    'public',
    'Which writes it is sent: `private` keeps signed transactions of the chain to itself, `never` takes none.',
  ),
  kind: choice(
    ['single', 'pool'],
    'single',
    '`pool` is a URL behind which many stand: it may step back and lags more loosely.',
  ),
  identity: choice(['check', 'trust'], 'check', '`trust` takes the chain on your word, without asking the endpoint.'),
  methods: section(
    {
      allow: Type.Optional(methodList('The only methods it is sent.')),
      deny: Type.Optional(methodList('Methods it is not sent.')),
    },
    'Methods a provider is, or is not, sent.',
  ),
  addons: Type.Array(choice(['archive', 'debug', 'trace'], undefined, 'An add-on.'), {
    default: [],
    maxItems: 3,
    expects: 'a list of archive, debug and trace',
    description: 'What it offers beyond the ordinary.',
  }),
  history: Type.Optional(count(undefined, 'Blocks of state it keeps below the tip.', { max: 1_000_000_000 })),
  concurrency: Type.Optional(
    count(undefined, 'Calls in flight to one endpoint of it. Without it `limits.upstreamConcurrency`.'),
  ),
  rateLimit: Type.Optional(rateLimit),
};

const urlWithSocketExpects = 'a URL, or a map of url and ws';

const urlWithSocket = Type.Object(
  {
    url: upstreamUrl('An HTTP URL.'),
    ws: Type.Optional(upstreamUrl('The WebSocket URL of the same endpoint.', 'wss')),
  },
  { expects: urlWithSocketExpects },
);

/** One provider in full. */
export const providerObject = Type.Object(
  {
    name: Type.Optional(
      text(
        undefined,
        "Its name in metrics, logs and headers. Without it the registrable domain of the URL's host.",
        nameForm,
      ),
    ),
    group: Type.Optional(
      text(
        undefined,
        'Who operates it: providers of one group are not independent of each other. Without it `own` for a private address, else the registrable domain.',
        nameForm,
      ),
    ),
    url: Type.Optional(upstreamUrl('Its HTTP URL. User info in it becomes an `Authorization` header.')),
    ws: Type.Optional(upstreamUrl('Its WebSocket URL, beside `url`.', 'wss')),
    urls: Type.Optional(
      Type.Array(Type.Union([upstreamUrl('A URL.'), urlWithSocket], { expects: urlWithSocketExpects }), {
        minItems: 1,
        maxItems: 16,
        expects: 'a list of 1 to 16 URLs',
        description: 'Several URLs in place of `url`. A `ws:` URL of the list belongs to the HTTP URL before it.',
      }),
    ),
    headers: Type.Optional(headerMap('Headers sent with every request, such as an API key.')),
    account: Type.Optional(
      text(
        undefined,
        'The account it is billed to, one of `accounts`; without a URL of its own it has that of the account.',
        nameForm,
      ),
    ),
    network: Type.Optional(
      text(undefined, `What stands for \`\${network}\` in the account's URL, such as \`mainnet\`.`, nameForm),
    ),
    ...budgetProperties,
    interface: Type.Optional(
      Type.Unsafe<'json-rpc'>({
        ...choice(['json-rpc'], undefined, 'The wire dialect: `json-rpc` is the one this version serves.'),
        expects: 'json-rpc (rest, tendermint and grpc are not served by this version)',
      }),
    ),
    ...overridesOf(behaviourProperties, { description: '', sameAs: 'defaults' }).properties,
  },
  { expects: 'a URL, or a map of keys such as url and name' },
);

/** A tier's list of providers; a URL alone stands for `{ url: … }`. */
export const providerUnion = Type.Union([upstreamUrl('The URL of a provider.'), providerObject], {
  expects: 'a URL, or a map of keys such as url and name',
});
