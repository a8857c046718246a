// biome-ignore-all lint/suspicious/noTemplateCurlyInString: such texts are what is tested.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readConfig, readConfigFile } from '../../../src/config/read-config.ts';
import {
  chainText,
  ethereumOf,
  memoryBytes,
  problemsOf,
  readText,
  settingsOf,
  surroundings,
} from '../../support/read-text.ts';

const primary = 'primary: [https://h.example]';
const smallest = chainText([primary]);

describe('defaults', () => {
  test('of the doors are those of the contract', () => {
    const { server, admin, startWaitMs, serveWhileStarting, state, log } = settingsOf(smallest);
    expect(server).toEqual({
      host: '127.0.0.1',
      port: 3400,
      drainDelayMs: 5_000,
      drainTimeoutMs: 25_000,
      cors: { origins: ['*'] },
      steering: 'keys-and-loopback',
      faultStatus: 'http',
      readiness: 'any',
      headers: 'on',
      trustedProxies: [],
    });
    expect(admin).toEqual({ host: '127.0.0.1', port: 3401 });
    expect({ startWaitMs, serveWhileStarting }).toEqual({ startWaitMs: 2_000, serveWhileStarting: true });
    expect(state).toEqual({ kind: 'lmdb', path: '.switchyard/state' });
    expect(log).toEqual({ level: 'info', access: 'off' });
  });

  test('of what is remembered of calls is the last thousand', () => {
    expect(settingsOf(smallest).explain).toEqual({ remember: 1_000 });
  });

  test('of the limits are those of the contract, a quarter of the memory for held answers', () => {
    expect(settingsOf(smallest).limits).toEqual({
      maxBodyBytes: 10 * 1024 ** 2,
      maxBatchCalls: 1_000,
      maxNesting: 128,
      maxResponseBytes: 256 * 1024 ** 2,
      maxHeldBytes: 16 * 1024 ** 2,
      maxBufferedBytes: memoryBytes / 4,
      callTimeoutMs: 30_000,
      lightTimeoutMs: 2_000,
      normalTimeoutMs: 5_000,
      heavyTimeoutMs: 20_000,
      writeTimeoutMs: 10_000,
      connectTimeoutMs: 2_000,
      getLogsMaxRange: 10_000,
      concurrency: 10_000,
      upstreamConcurrency: 1_000,
    });
  });

  test('of a process with little memory still hold a few answers', () => {
    const reading = readConfig(smallest, 'c.yaml', { ...surroundings(), memoryBytes: 64 * 1024 ** 2 });
    expect(reading).toMatchObject({ settings: { limits: { maxBufferedBytes: 64 * 1024 ** 2 } } });
  });

  test('of the health machine are those of the contract', () => {
    expect(ethereumOf([primary]).health).toEqual({
      identityIntervalMs: 60_000,
      consecutiveFailures: 5,
      consecutiveSpanMs: 1_000,
      refusedConnections: 3,
      errorRateWindowMs: 30_000,
      errorRateMinimum: 20,
      errorRateGood: 0.8,
      failedPolls: 3,
      failedPollsSpanMs: 5_000,
      staleBlockTimes: 10,
      staleMinimumMs: 30_000,
      outlierPolls: 2,
      avoidMethodMs: 60_000,
      avoidMethodMaxMs: 600_000,
      probeFirstMs: 2_000,
      probeMaxMs: 60_000,
      probeTripMaxMs: 300_000,
      probeCleanMs: 2_000,
      probeJitter: 0.2,
      replayMaxBytes: 8_192,
      replayFailures: 3,
      tripDecayMs: 900_000,
      probationShares: [0.05, 0.25],
      probationAnswers: 10,
      probationStepMs: 10_000,
      probationPolls: 3,
      holdOffFirstMs: 1_000,
      holdOffMaxMs: 300_000,
      retryAfterMaxMs: 3_600_000,
      retryAfterJitter: 0.2,
      quotaHoldOffMs: 600_000,
      rateLimitedShare: 0.5,
      rateLimitedWindow: 20,
      rateLimitedMinimum: 5,
      admittedGrowthPerSecond: 0.05,
    });
  });

  test('of a chain', () => {
    const { endpoints: _, health: __, limits: ___, ...chain } = ethereumOf([primary]);
    expect(chain).toEqual({
      name: 'ethereum',
      spec: 'ethereum',
      consistency: 'tip',
      methods: { allow: [], deny: [], unknown: 'forward' },
      writesPublicFallback: false,
      answerRules: [],
      cache: { maxBytes: 256 * 1024 ** 2, tipMs: 0, finalizedMs: 86_400_000 },
      background: { idleAfterMs: 600_000, idlePollMs: 15_000 },
      startWaitMs: 2_000,
      serveWhileStarting: true,
    });
  });
});

describe('levels', () => {
  const text = `
limits: { callTimeout: 10s, getLogsMaxRange: 500 }
health: { probeFirst: 1s, lagLimit: 7 }
background: { maxCallsPerDay: 5000 }
startWait: 1s
answerRules: [{ id: top, when: { code: [-32099] }, meaning: internal-error, blame: upstream, retry: other }]
chains:
  ethereum: { primary: [https://a.example] }
  base:
    limits: { getLogsMaxRange: 100 }
    health: { lagLimit: 9 }
    background: { idlePoll: 1m }
    startWait: 0s
    serveWhileStarting: false
    answerRules: [{ id: own, when: { texts: [busy] }, meaning: chain-busy, blame: none, retry: same-later }]
    primary: [https://b.example]
`;

  test('a chain takes what it does not say from the top level', () => {
    const { chains } = settingsOf(text);
    expect(chains[0]).toMatchObject({
      limits: { callTimeoutMs: 10_000, getLogsMaxRange: 500, lightTimeoutMs: 2_000 },
      health: { probeFirstMs: 1_000, lagLimit: 7 },
      background: { maxCallsPerDay: 5_000, idlePollMs: 15_000 },
      startWaitMs: 1_000,
      serveWhileStarting: true,
    });
  });

  test('a chain says the rest for itself alone', () => {
    const { chains, limits } = settingsOf(text);
    expect(chains[1]).toMatchObject({
      limits: { callTimeoutMs: 10_000, getLogsMaxRange: 100 },
      health: { probeFirstMs: 1_000, lagLimit: 9 },
      background: { maxCallsPerDay: 5_000, idlePollMs: 60_000 },
      startWaitMs: 0,
      serveWhileStarting: false,
    });
    expect(limits.getLogsMaxRange).toBe(500);
  });

  test("a chain's answer rules come before those of the top level", () => {
    const [ethereum, base] = settingsOf(text).chains;
    expect(ethereum?.answerRules.map(({ id }) => id)).toEqual(['top']);
    expect(base?.answerRules.map(({ id }) => id)).toEqual(['own', 'top']);
    expect(base?.answerRules[0]).toEqual({
      id: 'own',
      when: { texts: ['busy'] },
      meaning: 'chain-busy',
      blame: 'none',
      retry: 'same-later',
      holdOff: false,
      cache: false,
    });
  });
});

describe('settings', () => {
  test('are frozen all the way down', () => {
    const settings = settingsOf(smallest);
    const [endpoint] = settings.chains[0]?.endpoints ?? [];
    expect([settings, settings.chains, settings.chains[0], endpoint, endpoint?.headers].every(Object.isFrozen)).toBe(
      true,
    );
  });

  test('keep the order of the chains', () => {
    const text = 'chains:\n  polygon: { primary: [https://p.example] }\n  base: { primary: [https://b.example] }\n';
    expect(settingsOf(text).chains.map(({ name }) => name)).toEqual(['polygon', 'base']);
  });

  test.each([
    ['"*"', { origins: ['*'] }],
    ['off', 'off'],
    ['[https://a.example, "http://localhost:3000"]', { origins: ['https://a.example', 'http://localhost:3000'] }],
  ])('cors: %s is understood', (written, cors) => {
    expect(settingsOf(`server: { cors: ${written} }\n${smallest}`).server.cors).toEqual(cors);
  });

  test('state, fault status and readiness have their short forms', () => {
    const text = `state: memory\nserver: { faultStatus: 200, readiness: [ethereum] }\n${smallest}`;
    const { state, server } = settingsOf(text);
    expect({ state, status: server.faultStatus, readiness: server.readiness }).toEqual({
      state: { kind: 'memory', path: '' },
      status: 'always-200',
      readiness: ['ethereum'],
    });
  });

  test('JSON with numbers from the environment is read like YAML', () => {
    const text = JSON.stringify({
      server: { port: '${PORT}' },
      chains: { ethereum: { primary: [{ url: 'https://h.example/${KEY}', headers: { 'x-key': '${KEY}' } }] } },
    });
    const settings = settingsOf(text, { PORT: '8080', KEY: '12345678' });
    expect(settings.server.port).toBe(8_080);
    expect(settings.chains[0]?.endpoints[0]).toMatchObject({
      url: 'https://h.example/12345678',
      headers: { 'x-key': '12345678' },
    });
  });
});

describe('problems', () => {
  test('F-236: all of them are listed by line and path, each with what to do', () => {
    const text = `server: { port: 70000, hots: x, drainDelay: 30s }
limits:
  callTimeout: 30
chains:
  ethereun:
    primary: [https://h.example]
  base:
    primary:
      - { name: a, url: https://a.example, weight: -1 }
      - { name: a, url: "\${NOPE}" }
    backup: {}
  polygon:
    primary: []
`;
    expect(problemsOf(text)).toEqual([
      'c.yaml:1 server.hots: is no key of this configuration (did you mean host?)',
      'c.yaml:1 server.port: must be a whole number from 0 to 65535',
      'c.yaml:1 server.drainDelay: exceeds drainTimeout, which is the whole (lower it)',
      'c.yaml:3 limits.callTimeout: must be a duration with its unit, such as 250ms, 5s, 15m, 1h or 2d, from 1ms to 24d',
      'c.yaml:5 chains.ethereun: is no chain that has a spec (did you mean ethereum? name the chain it is as `spec`, or give `family` and `chainId`; `switchyard chains` lists the specs)',
      'c.yaml:9 chains.base.primary[0].weight: must be a whole number from 1 to 1000',
      'c.yaml:10 chains.base.primary[1].url: needs the environment variable NOPE, which is not set (set it, or write ${NOPE:-default})',
      'c.yaml:10 chains.base.primary[1].name: names two providers of this chain (choose another; primary and backup count together)',
      'c.yaml:11 chains.base.backup: must be a list of 0 to 100 providers',
      'c.yaml:13 chains.polygon.primary: must be a list of 1 to 100 providers',
    ]);
  });

  test.each([
    ['no text', '', 'c.yaml: has no keys (name at least one chain under chains)'],
    ['only comments', '# nothing\n', 'c.yaml: has no keys (name at least one chain under chains)'],
    ['a lone value', 'https://h.example', 'c.yaml: has no keys (name at least one chain under chains)'],
    ['no chain', 'log: { level: info }', 'c.yaml chains: must be a map of 1 to 500 chains by name'],
    [
      'an empty chain',
      'chains: { ethereum: }',
      'c.yaml:1 chains.ethereum.primary: must be a list of 1 to 100 providers',
    ],
    [
      'broken YAML',
      'a: [',
      'c.yaml:1: a bracket is not closed, or the indentation is wrong (indent each level by the same number of spaces)',
    ],
  ])('F-236: %s is a problem', (_, text, said) => {
    expect(problemsOf(text)).toEqual([said]);
  });

  test.each(['rest', 'tendermint', 'grpc', 'livez', 'readyz', 'evm', 'api', 'metrics'])('%s is reserved', (name) => {
    const text = `chains:\n  ${name}: { spec: base, primary: [https://h.example] }\n`;
    expect(problemsOf(text).join()).toContain(`c.yaml:2 chains.${name}: is a reserved word`);
  });

  test.each(['1', 'Ethereum', 'a_b', '-a', '"a/b"', 'é'])('%s is no name for a chain', (name) => {
    expect(problemsOf(`chains:\n  ${name}: { spec: base, primary: [https://h.example] }\n`).join()).toContain(
      'is no name',
    );
  });

  test.each([
    ['health: { probeFirst: 2m }', 'health.probeFirst: exceeds probeMax'],
    ['health: { avoidMethod: 1h }', 'health.avoidMethod: exceeds avoidMethodMax'],
    ['health: { rateLimitedMinimum: 21 }', 'health.rateLimitedMinimum: exceeds rateLimitedWindow'],
    ['health: { probationShares: [0.5, 0.1] }', 'health.probationShares: falls'],
    ['health: { probationShares: [0.5] }', 'health.probationShares: must be a list of two numbers'],
    ['admin: { port: 3400 }', 'admin.port: is the port of the public server'],
    ['server: { readiness: [base] }', 'server.readiness[0]: is no chain of this file'],
    ['answerRules: [{ id: a, meaning: reverted, blame: client, retry: no }]', 'answerRules[0].when: has no condition'],
    [
      'answerRules: [{ id: a, when: { pattern: "(" }, meaning: reverted, blame: client, retry: no }]',
      'answerRules[0].when.pattern: is no valid regular expression',
    ],
    [
      'answerRules: [{ id: a, when: { pattern: "(a+)+b" }, meaning: reverted, blame: client, retry: no }]',
      'answerRules[0].when.pattern: repeats without a bound',
    ],
    ['admin: { token: short }', 'admin.token: must be 8 to 512'],
    ['tls: {}', 'tls: is no key of this configuration'],
  ])('what contradicts itself is told: %s', (line, said) => {
    const found = problemsOf(`${line}\n${smallest}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`c.yaml:1 ${said}`);
  });

  test('numbers of a chain are checked together with those above it', () => {
    const text = `health: { probeMax: 10s, probeTripMax: 20s }\n${chainText(['health: { probeFirst: 15s }', primary])}`;
    expect(problemsOf(text)).toEqual([
      'c.yaml:4 chains.ethereum.health.probeFirst: exceeds probeMax (lower it, or raise probeMax)',
    ]);
  });
});

describe('what a chain promises', () => {
  test('is read: heights that never go back for anybody, and agreement by method', () => {
    const chain = ethereumOf(['consistency: session', 'quorum: { eth_getBalance: 2/3, eth_call: 2/2 }', primary]);
    expect(chain).toMatchObject({
      consistency: 'session',
      quorum: { eth_getBalance: { agree: 2, of: 3 }, eth_call: { agree: 2, of: 2 } },
    });
  });

  test('is refused where it cannot be kept', () => {
    expect(problemsOf(chainText(['quorum: { eth_call: 3/2, eth_getLogs: most }', primary]))).toEqual([
      'c.yaml:3 chains.ethereum.quorum.eth_getLogs: must be a quorum such as 2/3: how many must agree, of how many that are asked, 1 to 16',
      'c.yaml:3 chains.ethereum.quorum.eth_call: asks for more agreement than answers (write n/m with n no more than m)',
    ]);
  });
});

describe('files', () => {
  async function file(bytes: string | Uint8Array): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'config-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'c.yaml'), bytes);
    return join(folder, 'c.yaml');
  }

  test('a file is read with a byte order mark or without', async () => {
    for (const text of [smallest, `\uFEFF${smallest}`]) {
      expect(await readConfigFile(await file(text), surroundings())).toMatchObject({ kind: 'read' });
    }
  });

  test('a file that is not there, is a folder, or is no text is a problem like others', async () => {
    const path = await file(new Uint8Array([0x61, 0x3a, 0xff, 0xfe]));
    const readings = [`${path}.nope`, join(path, '..'), path].map((name) => readConfigFile(name, surroundings()));
    expect(await Promise.all(readings)).toEqual([
      { kind: 'refused', problems: [`${path}.nope: is not there (check the path)`] },
      { kind: 'refused', problems: [`${join(path, '..')}: is a folder (name the file in it)`] },
      { kind: 'refused', problems: [`${path}: cannot be read (check that it is a file in UTF-8)`] },
    ]);
  });

  test('a huge file is not read as a configuration', async () => {
    const path = await file(new Uint8Array(5 * 1024 ** 2));
    expect(await readConfigFile(path, surroundings())).toEqual({
      kind: 'refused',
      problems: [`${path}: is larger than 4194304 bytes`],
    });
  });
});

test('a reading of the same text is the same', () => {
  expect(readText(smallest)).toEqual(readText(smallest));
});
