import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type BuiltProject, buildProject, type RunningProcess } from '../../support/built-project.ts';

let project: BuiltProject;

beforeAll(() => {
  project = buildProject();
});

afterAll(() => project.remove());

/** Secrets wherever a loopback upstream can have them; nobody listens there. */
const upstream =
  '{ name: a, url: "http://SECRET-user:SECRET-pass@127.0.0.1:1/SECRET-path?k=SECRET-query", headers: { x-key: SECRET-header } }';

function config(...lines: readonly string[]): string {
  const path = join(project.folder, 'c.yaml');
  const server = lines.some((line) => line.startsWith('server:')) ? [] : ['server: { port: 0, drainDelay: 0s }'];
  const usual = [...server, 'admin: { port: 0, token: SECRET-token }', 'state: memory'];
  const chains = `chains: { ethereum: { primary: [${upstream}] } }`;
  writeFileSync(path, `${[...usual, ...lines, chains].join('\n')}\n`);
  return path;
}

function started(...args: readonly string[]): RunningProcess {
  const running = project.run(['start', ...args]);
  onTestFinished(async () => {
    running.signal('SIGINT');
    running.signal('SIGINT');
    await running.ended;
  });
  return running;
}

/** A loopback port that somebody else has. */
async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('switchyard as a process', () => {
  test('--help and --version print and end with 0', async () => {
    const [help, version] = await Promise.all([project.run(['--help']).ended, project.run(['--version']).ended]);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('Exit codes');
    expect(version).toMatchObject({ code: 0, stderr: '' });
    expect(version.stdout).toMatch(/^switchyard \d+\.\d+\.\d+\n$/);
  });

  test('start with nothing to serve ends with 2 and says what to do', async () => {
    expect(await project.run(['start']).ended).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^switchyard: nothing to serve \(.*--config FILE.*\)\n$/),
    });
  });

  test('F-236: a wrong file ends with 2 and all that is wrong', async () => {
    const path = config('tls: {}', 'startWait: 2');
    const { code, stdout, stderr } = await project.run(['start', '--config', path]).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringContaining(`${path}:4 tls: is no key of this configuration`),
      expect.stringContaining(`${path}:5 startWait: must be a duration with its unit`),
    ]);
  });

  test('F-223: it serves until SIGTERM, then ends with 0', async () => {
    const running = started('--config', config());
    const [, url = ''] = /on (http:\S+),/.exec(await running.saying(/serves ethereum on .*\n/)) ?? [];
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    running.signal('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0 });
  });

  test('F-224: a second signal ends it at once, with 1', async () => {
    const running = started('--config', config('server: { port: 0, drainDelay: 1h, drainTimeout: 1h }'));
    await running.saying(/serves/);
    running.signal('SIGTERM');
    running.signal('SIGINT');
    expect(await running.ended).toMatchObject({ code: 1 });
  });

  test('F-233: a port in use ends it with 1 and one line', async () => {
    const port = await takenPort();
    const { code, stderr } = await project.run(['start', '--config', config(), '--port', `${port}`]).ended;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `switchyard: the public server cannot listen on 127.0.0.1 port ${port}: the port is in use (stop what uses it, or choose another port)\n`,
    });
  });

  test('F-232: an address this machine has not ends it with 1 and one line', async () => {
    const { code, stderr } = await project.run(['start', '--config', config(), '--host', '192.0.2.1']).ended;
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'switchyard: the public server cannot listen on 192.0.2.1 port 0: this machine has no such address (choose one it has, or 127.0.0.1)\n',
    });
  });

  test('F-130: nothing a process writes holds a secret', async () => {
    const running = started('--config', config('log: { level: trace, access: on }'));
    const [, url = ''] = /on (http:\S+),/.exec(await running.saying(/serves ethereum on .*\n/)) ?? [];
    const body = '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber"}';
    const answer = await (await fetch(`${url}/ethereum`, { method: 'POST', body })).text();
    running.signal('SIGTERM');
    const { stdout, stderr } = await running.ended;
    const [check, health] = await Promise.all([
      project.run(['check', join(project.folder, 'c.yaml')]).ended,
      project.run(['health', join(project.folder, 'c.yaml')]).ended,
    ]);
    expect([check.code, health.code]).toEqual([0, 1]);
    const written = [answer, stdout, stderr, check.stdout, check.stderr, health.stdout, health.stderr].join('\n');
    expect(written.length).toBeGreaterThan(1_000);
    expect(written).not.toMatch(/SECRET|U0VDUkVU/i);
  });
});
