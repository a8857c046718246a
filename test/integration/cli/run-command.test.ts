import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { canListen } from '../../../src/config/can-listen.ts';
import { runCommand } from '../../../src/config/run-command.ts';
import { createFakeWorld, type FakeWorld, type FakeWorldOptions } from '../../support/fake-world.ts';
import { chainText } from '../../support/read-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const good = file('good.yaml', chainText(['primary: [https://SECRET.h.example/SECRET-130]']));
const bad = file('bad.yaml', 'server: { port: x }\nchains: { ethereum: { primary: [] } }\n');

async function run(line: string, options: FakeWorldOptions = {}): Promise<FakeWorld & { readonly code: number }> {
  const fake = createFakeWorld(options);
  const code = await runCommand(
    line.split(' ').filter((word) => word !== ''),
    fake.world,
  );
  return { ...fake, code };
}

describe('commands that only print', () => {
  test('--help, --version and chains print and end with 0', async () => {
    const [help, version, chains] = await Promise.all([run('--help'), run('--version'), run('chains')]);
    expect([help.code, version.code, chains.code]).toEqual([0, 0, 0]);
    expect(help.printed.join('')).toContain('switchyard: one URL in front of');
    expect(version.printed).toEqual(['switchyard 1.2.3\n']);
    expect(chains.printed.join('').split('\n').slice(0, 3)).toEqual([
      'CHAIN     FAMILY  INTERFACES  CHAIN ID  STATE     ALIASES',
      'ethereum  evm     json-rpc    1         verified  eth, ethereum-mainnet',
      'base      evm     json-rpc    1         verified  -',
    ]);
  });

  test('a misuse is one line and ends with 2', async () => {
    const { code, said, printed } = await run('strat');
    expect({ code, said, printed }).toEqual({
      code: 2,
      said: ['switchyard: strat is no command (did you mean start?)'],
      printed: [],
    });
  });
});

describe('check', () => {
  test('prints what a right file amounts to, without secrets', async () => {
    const { code, printed, said } = await run(`check ${good}`);
    expect({ code, said }).toEqual({ code: 0, said: [] });
    expect(printed.join('')).toContain('name: h.example');
    expect(printed.join('')).toContain('background calls a day to h.example');
    expect(printed.join('')).not.toMatch(/SECRET/i);
  });

  test('F-236: says all that is wrong with a file and ends with 2', async () => {
    const { code, said, printed } = await run(`check ${bad}`);
    expect({ code, printed }).toEqual({ code: 2, printed: [] });
    expect(said).toEqual([
      `${bad}:1 server.port: must be a whole number from 0 to 65535`,
      `${bad}:2 chains.ethereum.primary: must be a list of 1 to 100 providers`,
    ]);
  });

  test('without a file here and named says so', async () => {
    const { code, said } = await run('check');
    expect({ code, said }).toEqual({
      code: 2,
      said: ['switchyard: no file is named, and there is no switchyard.yaml here'],
    });
  });
});

describe('health', () => {
  test.each([
    [{ ok: true, chains: [] }, 0],
    [{ ok: false, chains: [] }, 1],
  ])('prints the report %o and ends with %d', async (report, exit) => {
    const { code, printed } = await run(`health ${good}`, { report });
    expect(code).toBe(exit);
    expect(JSON.parse(printed.join(''))).toEqual(report);
  });

  test('F-130: hides what a report should not have held', async () => {
    const report = { ok: true, detail: 'https://secret.h.example/SECRET-130 answered' };
    expect(JSON.parse((await run(`health ${good}`, { report })).printed.join(''))).toEqual({
      ok: true,
      detail: '*** answered',
    });
  });

  test('of a wrong file probes nothing and ends with 2', async () => {
    const { code, calls } = await run(`health ${bad}`);
    expect({ code, calls }).toEqual({ code: 2, calls: [] });
  });
});

describe('start', () => {
  test('serves a file until SIGTERM, which drains before it closes', async () => {
    const { code, calls, said, started } = await run(`start --config ${good}`);
    expect({ code, calls }).toEqual({ code: 0, calls: ['start', 'drain', 'close'] });
    expect(said).toEqual([
      'switchyard 1.2.3 serves ethereum on http://127.0.0.1:3400, status on http://127.0.0.1:3401',
    ]);
    expect(started[0]?.settings.chains[0]?.name).toBe('ethereum');
    expect(started[0]?.options.version).toBe('1.2.3');
  });

  test('SIGINT does not wait for load balancers', async () => {
    const { code, calls } = await run(`start --config ${good}`, { stop: { kind: 'signal', signal: 'SIGINT' } });
    expect({ code, calls }).toEqual({ code: 0, calls: ['start', 'close'] });
  });

  test('F-222: a stray error ends it in order, with a line and code 1', async () => {
    const error = new TypeError('x of https://secret.h.example/SECRET-130 is\nundefined');
    const { code, calls, said } = await run(`start --config ${good}`, { stop: { kind: 'crash', error } });
    expect({ code, calls }).toEqual({ code: 1, calls: ['start', 'close'] });
    expect(said[1]).toBe('switchyard: ending after a bug: TypeError: x of *** is undefined');
  });

  test('the command line overrides the doors of the file', async () => {
    const { started } = await run(`start --config ${good} --host 0.0.0.0 --port 1 --admin-host :: --admin-port 2`);
    expect(started[0]?.settings).toMatchObject({
      server: { host: '0.0.0.0', port: 1 },
      admin: { host: '::', port: 2 },
    });
  });

  test('reads the file again when asked, overrides included, and says what is wrong with it then', async () => {
    const path = file('changing.yaml', chainText(['primary: [https://a.example]']));
    const { started } = await run(`start --config ${path} --port 9`);
    file('changing.yaml', chainText(['primary: [https://b.example]']));
    expect(await started[0]?.options.reread()).toMatchObject({
      settings: { server: { port: 9 }, chains: [{ endpoints: [{ url: 'https://b.example/' }] }] },
    });
    file('changing.yaml', 'chains: 5\n');
    expect(await started[0]?.options.reread()).toEqual({
      kind: 'refused',
      problems: [`${path}:1 chains: must be a map of 1 to 500 chains by name`],
    });
  });

  test('serves URLs alone, their chain to be detected', async () => {
    const { code, started, said } = await run('start https://h.example wss://h.example');
    expect(code).toBe(0);
    expect(started[0]?.settings.chains).toMatchObject([
      { detect: true, endpoints: [{ url: 'https://h.example/', ws: 'wss://h.example/' }] },
    ]);
    expect(said[0]).toContain('serves the chain of the URLs on');
  });

  test('takes switchyard.yaml where it is, before the demo', async () => {
    const { said, code, calls } = await run('start --demo', { usualFile: 'there' });
    // The fake process says the file is there; the real folder of the tests has none.
    expect({ said, code, calls }).toEqual({
      said: ['switchyard.yaml: is not there (check the path)'],
      code: 2,
      calls: [],
    });
  });

  test('runs the demo where there is nothing else, and only when asked', async () => {
    const asked = await run('start --demo --port 5');
    expect({ code: asked.code, calls: asked.calls }).toEqual({
      code: 0,
      calls: ['devnet', 'start', 'drain', 'close', 'close devnet'],
    });
    expect(asked.started[0]?.settings.server.port).toBe(5);
    const unasked = await run('start');
    expect({ code: unasked.code, calls: unasked.calls }).toEqual({ code: 2, calls: [] });
    expect(unasked.said.join()).toContain('nothing to serve (name a file with --config FILE, give URLs, or put a');
  });

  test('F-236: a wrong file, or a wrong URL, starts nothing and ends with 2', async () => {
    const [wrongFile, wrongUrl] = [await run(`start --config ${bad}`), await run('start gopher://SECRET.example')];
    expect([wrongFile.code, wrongFile.calls, wrongUrl.code, wrongUrl.calls]).toEqual([2, [], 2, []]);
    expect(wrongUrl.said).toEqual(['URL 1 has a scheme that is not served (https, http, wss and ws are)']);
  });

  test.each([
    [
      'F-233: a port in use',
      { code: 'EADDRINUSE', port: 3400 },
      'public server cannot listen on 127.0.0.1 port 3400: the port is in use',
    ],
    [
      'F-233: an admin port in use',
      { code: 'EADDRINUSE', port: 3401 },
      'admin server cannot listen on 127.0.0.1 port 3401: the port is in use',
    ],
    ['F-233: a port without permission', { code: 'EACCES', port: 3400 }, 'the port is not permitted'],
    [
      'F-232: an address this machine has not',
      { code: 'EADDRNOTAVAIL', port: 3400 },
      'this machine has no such address',
    ],
    [
      'F-232: a kind of address this machine has not',
      { code: 'EAFNOSUPPORT', port: 3400 },
      'choose IPv4 instead of IPv6',
    ],
    ['a host nobody knows', { code: 'ENOTFOUND', hostname: '127.0.0.1' }, 'the host name is not known'],
    ['anything else', { name: 'Error' }, 'switchyard: listen EBOOM'],
  ])('%s is told in one line, with code 1', async (_, members, said) => {
    const startFailure = Object.assign(new Error('listen EBOOM'), { syscall: 'listen', ...members });
    const result = await run(`start --config ${good}`, { startFailure });
    expect(result.code).toBe(1);
    expect(result.said).toHaveLength(1);
    expect(result.said[0]).toContain(said);
  });

  test('F-130: a failure that holds a secret is told without it', async () => {
    const startFailure = new Error('getaddrinfo ENOTFOUND secret.h.example for https://secret.h.example/SECRET-130');
    const { said } = await run(`start --config ${good}`, { startFailure });
    expect(said).toEqual(['switchyard: getaddrinfo ENOTFOUND *** for ***']);
  });
});

describe('demo', () => {
  test('serves the devnet, says what to try, and ends the gateway before the devnet', async () => {
    const { code, calls, printed, said, started } = await run('demo', { stop: { kind: 'signal', signal: 'SIGINT' } });
    expect({ code, calls, said }).toEqual({ code: 0, calls: ['devnet', 'start', 'close', 'close devnet'], said: [] });
    expect(printed).toEqual(['try http://127.0.0.1:3400 and http://127.0.0.1:3401\n']);
    expect(started[0]?.settings).toMatchObject({
      server: { host: '127.0.0.1', port: 3400 },
      admin: { host: '127.0.0.1', port: 3401 },
      chains: [{ name: 'dev', family: 'evm', chainId: '31337' }],
    });
    expect(await started[0]?.options.reread()).toEqual({ kind: 'read', settings: started[0]?.settings });
  });

  test('takes free ports where the usual ones are taken, unless it was told which', async () => {
    const taken = [3400, 3401, 3402];
    expect((await run('demo', { takenPorts: taken })).started[0]?.settings).toMatchObject({
      server: { port: 0 },
      admin: { port: 0 },
    });
    const told = await run('demo --port 3402 --admin-host :: --admin-port 7', { takenPorts: taken });
    expect(told.started[0]?.settings).toMatchObject({ server: { port: 3402 }, admin: { host: '::', port: 7 } });
  });

  test('that has no anvil says what to do on one line and ends with 1', async () => {
    const devnetFailure = new Error('anvil is not installed (npm install it)');
    const { code, calls, said } = await run('demo', { devnetFailure });
    expect({ code, calls, said }).toEqual({
      code: 1,
      calls: ['devnet'],
      said: ['switchyard: anvil is not installed (npm install it)'],
    });
  });

  test('whose gateway does not start ends the devnet too', async () => {
    const startFailure = Object.assign(new Error('x'), { code: 'EADDRINUSE', syscall: 'listen', port: 3402 });
    const { code, calls, said } = await run('demo --port 3402', { startFailure });
    expect({ code, calls }).toEqual({ code: 1, calls: ['devnet', 'start', 'close devnet'] });
    expect(said).toEqual([expect.stringContaining('the public server cannot listen on 127.0.0.1 port 3402: the port')]);
  });

  test('F-222: a stray error ends both, with a line and code 1', async () => {
    const { code, calls, said } = await run('demo', { stop: { kind: 'crash', error: new Error('oh') } });
    expect({ code, calls, said }).toEqual({
      code: 1,
      calls: ['devnet', 'start', 'close', 'close devnet'],
      said: ['switchyard: ending after a bug: oh'],
    });
  });
});

describe('whether a door could be opened', () => {
  test('is told by the operating system', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    expect(await canListen('127.0.0.1', port)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await canListen('127.0.0.1', port)).toBe(true);
    expect(await canListen('192.0.2.1', 0)).toBe(false);
  });
});
