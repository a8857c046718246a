// biome-ignore-all lint/suspicious/noTemplateCurlyInString: such texts are what is tested.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandVariables } from '../../src/config/expand-variables.ts';
import { printable } from '../../src/config/printable.ts';
import { formatDuration, formatSize, parseDuration, parseSize } from '../../src/config/quantity.ts';
import { hideSecrets, secretsOf } from '../../src/config/secrets.ts';
import { problemsOf, readText, settingsOf } from '../support/read-text.ts';

const canary = 'SECRET-c4n4ry';

/** A configuration with something at every level, right as it stands. */
const whole = {
  server: { host: '127.0.0.1', port: 3400, cors: ['https://a.example'], readiness: ['ethereum'] },
  admin: { port: 3401, token: 'abcdefgh' },
  limits: { maxBodyBytes: '1MiB', callTimeout: '30s' },
  health: { probeFirst: '1s', probationShares: [0.1, 0.5] },
  background: { maxCallsPerDay: 1000 },
  startWait: '1s',
  serveWhileStarting: true,
  state: { path: 'x' },
  log: { level: 'info' },
  answerRules: [{ id: 'a', when: { code: [1], texts: ['b'] }, meaning: 'reverted', blame: 'client', retry: 'no' }],
  defaults: { weight: 2, methods: { deny: ['c'] } },
  chains: {
    ethereum: {
      spec: 'ethereum',
      limits: { lightTimeout: '1s' },
      methods: { unknown: 'reject' },
      primary: [
        {
          name: 'd',
          url: 'https://h.example/e',
          ws: 'wss://h.example',
          headers: { 'x-key': 'f' },
          addons: ['archive'],
        },
        { urls: ['https://i.example', { url: 'https://j.example' }], writes: 'private' },
      ],
      backup: ['https://k.example'],
    },
    devnet: { family: 'evm', chainId: 31337, primary: ['http://127.0.0.1:8545'] },
  },
};

type Path = readonly (string | number)[];

/** Every place of a tree, the root apart. */
function placesOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [];
  const steps: readonly (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return steps.flatMap((step) => [[...path, step], ...placesOf(Reflect.get(value, step), [...path, step])]);
}

/** The tree with another value at one place. */
function withValue(tree: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined || typeof tree !== 'object' || tree === null) return value;
  const changed = withValue(Reflect.get(tree, step), rest, value);
  return Array.isArray(tree) ? tree.with(Number(step), changed) : { ...tree, [step]: changed };
}

const place = fc.constantFrom(...placesOf(whole));

const strange = fc.oneof(
  fc.constant(canary),
  fc.constant(`https://${canary}.example/${canary}`),
  fc.constant(`https://${canary}:${canary}@h.example:x/${canary}#${canary}`),
  fc.constant([canary]),
  fc.constant({ url: canary, name: canary, [`https://${canary}`]: canary }),
  fc.constant({ [`https://h.example/${canary}`]: {} }),
  fc.jsonValue({ maxDepth: 2 }),
);

describe('texts of configurations', () => {
  test('whatever a file holds, it is read or refused with reasons, never thrown at', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.json()), (text) => {
        const reading = readText(text);
        expect(reading.kind === 'read' || reading.problems.length > 0).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('wherever a strange value stands, it is read or refused, and no reason repeats it', () => {
    expect(problemsOf(JSON.stringify(whole))).toEqual([]);
    fc.assert(
      fc.property(place, strange, (path, value) => {
        const problems = problemsOf(JSON.stringify(withValue(whole, path, value)));
        for (const problem of problems) expect(problem).toMatch(/^c\.yaml(:\d+)? ?.*: .+/);
        expect(problems.join('\n')).not.toContain(canary);
        expect(problems.join('\n')).not.toContain(canary.toLowerCase());
      }),
      { numRuns: 200 },
    );
  });

  test('every problem has the line of the place it is about', () => {
    const leaves = placesOf(whole).filter((path) => typeof path.at(-1) === 'string');
    fc.assert(
      fc.property(fc.constantFrom(...leaves), (path) => {
        const broken = JSON.stringify(withValue(whole, path, { 'no such key': 1 }), undefined, 1);
        const at = broken.split('\n').findIndex((line) => line.includes('no such key'));
        const named = problemsOf(broken).map((problem) => Number(/^c\.yaml:(\d+)/.exec(problem)?.[1]));
        expect(named.some((line) => line === at || line === at + 1)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('variables', () => {
  test('a text whose ${ are escaped expands to itself', () => {
    const text = fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', ':', '-') });
    fc.assert(
      fc.property(text, (plain) => {
        expect(
          expandVariables(
            plain.replaceAll('${', () => '$${'),
            {},
          ),
        ).toEqual({ kind: 'expanded', text: plain });
      }),
    );
  });

  test('a value is taken over as it is, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        expect(expandVariables('a${KEY}b', { KEY: value })).toEqual({ kind: 'expanded', text: `a${value}b` });
      }),
    );
  });
});

describe('units', () => {
  test('what is written is what is read', () => {
    fc.assert(
      fc.property(fc.nat({ max: 86_400_000 * 24 }), (amount) => {
        expect(parseDuration(formatDuration(amount))).toBe(amount);
        expect(parseSize(formatSize(amount))).toBe(amount);
      }),
    );
  });
});

describe('F-130: secrets', () => {
  const key = fc.stringMatching(/^[A-Za-z0-9_-]{10,40}$/).filter((text) => /[A-Z]/.test(text) && /\d/.test(text));
  const spots: readonly ((secret: string) => string)[] = [
    (secret) => `https://h.example/v2/${secret}`,
    (secret) => `https://h.example/v2/${secret}/rpc?a=b`,
    (secret) => `https://h.example/?token=${secret}`,
    (secret) => `https://user:${secret}@h.example`,
    (secret) => `https://${secret}:@h.example`,
  ];

  test('wherever a key stands in a URL, it is hidden from any text and not in what is printed', () => {
    fc.assert(
      fc.property(key, fc.constantFrom(...spots), (secret, urlWith) => {
        const settings = settingsOf(JSON.stringify({ chains: { ethereum: { primary: [urlWith(secret)] } } }));
        const said = `bad key ${secret} at ${urlWith(secret)}, ${secret.toLowerCase()}, ${encodeURIComponent(secret)}`;
        expect(hideSecrets(said, secretsOf(settings)).toLowerCase()).not.toContain(secret.toLowerCase());
        expect(printable(settings, () => undefined)).not.toContain(secret);
      }),
    );
  });
});
