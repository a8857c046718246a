import { type Static, Type } from 'typebox';
import { accountMap } from './account-schema.ts';
import { answerRuleList } from './answer-rule-list.ts';
import { authSection } from './auth-schema.ts';
import { cacheSection } from './cache-schema.ts';
import { backgroundProperties, chainMap } from './chain-schema.ts';
import { healthProperties } from './health-schema.ts';
import { chainLimitProperties, gatewayLimitProperties } from './limits-schema.ts';
import { behaviourProperties } from './provider-schema.ts';
import { choice, count, duration, flag, text } from './schema-leaf.ts';
import { section } from './section-schema.ts';
import { hostForm, nameForm } from './text-form.ts';

const originForm = { pattern: '^https?://[^\\s/?#@]{1,253}$', expects: 'an origin such as https://app.example' };

const proxyForm = {
  pattern: '^[0-9a-fA-F:.]{2,45}(?:/[0-9]{1,3})?$',
  expects: 'an address such as 10.0.0.1, or a network such as 10.0.0.0/8',
};

const pathForm = { pattern: '^[^\\p{Cc}]{1,1024}$', expects: 'a path of at most 1024 characters' };

const server = section(
  {
    host: text('127.0.0.1', 'Address the public server listens on; `0.0.0.0` or `::` for all.', hostForm),
    port: count(3400, 'Port of the public server; 0 takes a free one.', { min: 0, max: 65_535 }),
    drainDelay: duration('5s', 'Time between `SIGTERM`, when `/readyz` turns 503, and the last new call.', { min: 0 }),
    drainTimeout: duration('25s', 'Time from `SIGTERM` to the end, in all.', { min: 0 }),
    cors: Type.Union(
      [
        choice(['*', 'off'], undefined, 'All origins, or none.'),
        Type.Array(text(undefined, 'An origin.', originForm), {
          maxItems: 100,
          expects: 'a list of at most 100 origins',
        }),
      ],
      {
        default: '*',
        expects: '"*", off or a list of origins',
        description: 'Browser origins that may read answers: `"*"`, `off` or a list. Never with credentials.',
      },
    ),
    trustedProxies: Type.Array(text(undefined, 'An address or a network.', proxyForm), {
      default: [],
      maxItems: 100,
      expects: 'a list of at most 100 addresses and networks',
      description:
        'Proxies in front of this door, as addresses or networks (`10.0.0.0/8`): the client is whom they name in `X-Forwarded-For`.',
    }),
    steering: choice(
      ['keys-and-loopback', 'open', 'off'],
      'keys-and-loopback',
      "Whose steering headers (`x-switchyard-provider` and kin) are obeyed: those of loopback clients, everybody's, nobody's.",
    ),
    faultStatus: choice(
      ['http', '200'],
      'http',
      "HTTP status of the gateway's own errors: `http` by the fault, `200` always.",
    ),
    readiness: Type.Union(
      [
        choice(['any', 'all'], undefined, 'One chain, or all.'),
        Type.Array(text(undefined, 'A chain.', nameForm), {
          minItems: 1,
          maxItems: 500,
          expects: 'a list of chain names',
        }),
      ],
      {
        default: 'any',
        expects: 'any, all or a list of chain names',
        description: 'Which chains must be ready for `/readyz`: `any` one of them, `all`, or those of a list.',
      },
    ),
    headers: choice(['on', 'off'], 'on', 'Whether answers carry the `x-switchyard-` headers.'),
    tls: Type.Optional(
      Type.Object(
        {
          cert: text(
            undefined,
            'PEM file of the certificate, and after it those of the authorities between it and the root.',
            pathForm,
          ),
          key: text(undefined, 'PEM file of its key.', pathForm),
        },
        {
          expects: 'a map with cert and key',
          description: 'Without it the door speaks plain HTTP. The files are read again whenever they have changed.',
        },
      ),
    ),
  },
  'The public server.',
);

const admin = section(
  {
    host: text('127.0.0.1', 'Address the admin server listens on.', hostForm),
    port: count(3401, 'Port of the admin server; 0 takes a free one.', { min: 0, max: 65_535 }),
    token: Type.Optional(
      text(
        undefined,
        'Token for what changes something. Beyond loopback, without it, only metrics and probes are served.',
        {
          pattern: '^[\\x21-\\x7e]{8,512}$',
          expects: '8 to 512 printable ASCII characters without spaces',
        },
      ),
    ),
  },
  'The admin server: metrics, status page, operations.',
);

const statePath = section(
  {
    path: text('.switchyard/state', 'Folder of the store, from the working directory.', pathForm),
  },
  'What is remembered across restarts.',
);

/** The whole configuration file. `Static` of it is the file after defaults, with durations in milliseconds and sizes in bytes. */
export const settingsSchema = section(
  {
    server,
    admin,
    limits: section(
      { ...gatewayLimitProperties, ...chainLimitProperties },
      'Limits of the gateway and of every chain.',
    ),
    health: section(healthProperties, 'The numbers of the health machine.'),
    cache: cacheSection,
    background: section(backgroundProperties, 'What the gateway sends to upstreams on its own account.'),
    startWait: duration('2s', 'How long a call waits for a first proven upstream while its chain starts.', { min: 0 }),
    serveWhileStarting: flag(
      'true',
      'Whether calls are served as soon as one upstream is proven, before the start is complete.',
    ),
    state: Type.Union([choice(['memory'], undefined, 'Nothing.'), statePath], {
      default: {},
      expects: 'memory, or a map with path',
      description: 'Where standing is remembered across restarts: `memory` for nowhere, or a `path`.',
    }),
    log: section(
      {
        level: choice(['trace', 'debug', 'info', 'warn', 'error', 'silent'], 'info', 'The least that is logged.'),
        access: choice(['off', 'on'], 'off', 'Whether every call is logged.'),
      },
      'The log, as JSON lines on standard output.',
    ),
    explain: section(
      {
        remember: count(
          1_000,
          'Calls that are remembered: those whose client sent an `x-request-id`, and those that came to no result; 0 for none.',
          { min: 0, max: 100_000 },
        ),
      },
      'What `/api/explain` can tell of past calls.',
    ),
    auth: authSection,
    answerRules: answerRuleList('Rules for reading upstream errors, before those of the chain files.'),
    accounts: accountMap,
    watch: flag('false', 'Whether this file is read again by itself whenever it has changed.'),
    defaults: section(behaviourProperties, 'What providers do not say themselves.'),
    chains: chainMap,
  },
  'The configuration.',
);

/** The configuration file after defaults and units. */
export type ConfigFile = Static<typeof settingsSchema>;

/** One chain of the file. */
export type ChainConfig = ConfigFile['chains'][string];

/** One entry of a tier: a URL alone, or a provider in full. */
export type ProviderConfig = ChainConfig['primary'][number];
