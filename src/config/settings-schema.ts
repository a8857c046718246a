import { type Static, Type } from 'typebox';
import { answerRuleList } from './answer-rule-list.ts';
import { backgroundProperties, chainMap } from './chain-schema.ts';
import { healthProperties } from './health-schema.ts';
import { chainLimitProperties, gatewayLimitProperties } from './limits-schema.ts';
import { behaviourProperties } from './provider-schema.ts';
import { choice, count, duration, flag, text } from './schema-leaf.ts';
import { section } from './section-schema.ts';
import { hostForm, nameForm } from './text-form.ts';

const originForm = { pattern: '^https?://[^\\s/?#@]{1,253}$', expects: 'an origin such as https://app.example' };

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
    path: text('.switchyard/state', 'Folder of the store, from the working directory.', {
      pattern: '^[^\\p{Cc}]{1,1024}$',
      expects: 'a path of at most 1024 characters',
    }),
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
    answerRules: answerRuleList('Rules for reading upstream errors, before those of the chain files.'),
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
