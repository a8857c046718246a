import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startGuardian } from '../../src/demo/guardian.ts';
import { createFakeChain } from '../support/fake-chain.ts';
import { startFakeUpstream } from '../support/fake-upstream.ts';

/** One fenced block of the guide. */
interface Block {
  readonly language: string;
  readonly text: string;
}

/** One line that is typed, and what the guide says it prints. */
interface Step {
  readonly command: string;
  readonly expected: string | undefined;
}

const guide = readFileSync(fileURLToPath(new URL('../../docs/internet.md', import.meta.url)), 'utf8');

const blocks: readonly Block[] = [...guide.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(
  ([, language = '', text = '']) => ({
    language,
    text,
  }),
);

/** The commands of a block: a `sh` block is one, each `$` line of a `console` block is one with its output. */
function stepsOf({ language, text }: Block): readonly Step[] {
  if (language === 'sh') return [{ command: text, expected: undefined }];
  if (language !== 'console') return [];
  return text.split(/^\$ /m).flatMap((part) => {
    const [command = '', ...output] = part.split('\n');
    return command === '' ? [] : [{ command: `${command}\n`, expected: output.join('\n') }];
  });
}

const steps = blocks.flatMap(stepsOf);

const folder = mkdtempSync(join(tmpdir(), 'switchyard-internet-'));
const mark = '--- end of a step ---';
const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true })];
let outputs: readonly string[] = [];
let complaints = '';
let log = '';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** What differs here from a machine on the internet: ports, the address, and the vendor. */
async function adapted(): Promise<(text: string) => string> {
  const upstream = await startFakeUpstream({ chain: createFakeChain({ chainId: 1 }) });
  closing.push(() => upstream.close());
  const [port, adminPort] = [await freePort(), await freePort()];
  return (text) =>
    text
      .replaceAll('3400', String(port))
      .replaceAll('3401', String(adminPort))
      .replaceAll('0.0.0.0', '127.0.0.1')
      .replaceAll(/https:\/\/eth-\$\{network\}\.vendor\.example/g, `${upstream.url}/\${network}`);
}

beforeAll(async () => {
  const adapt = await adapted();
  const main = join(inject('projectFolder'), 'dist', 'main.js');
  writeFileSync(join(folder, 'switchyard'), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  chmodSync(join(folder, 'switchyard'), 0o755);
  const file = blocks.find(({ language }) => language === 'yaml')?.text ?? '';
  writeFileSync(join(folder, 'switchyard.yaml'), adapt(file));
  const script = steps.map(({ command }) => `${adapt(command)}echo\necho '${mark}'\n`).join('');
  const child = spawn('bash', ['-c', `set -euo pipefail\ntrap 'kill %% 2>/dev/null || true; wait' EXIT\n${script}`], {
    cwd: folder,
    env: { PATH: `${folder}:${process.env.PATH}`, HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const guardian = await startGuardian();
  guardian.watch(child.pid ?? 0);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  await once(child, 'close');
  guardian.release(child.pid ?? 0);
  outputs = said.split(`${mark}\n`);
  log = readFileSync(join(folder, 'switchyard.log'), { encoding: 'utf8', flag: 'a+' });
}, 120_000);

afterAll(async () => {
  for (const close of closing) await close();
});

/** The guide's words, `…` standing for anything on a line. */
function patternOf(expected: string): RegExp {
  const escaped = expected.trim().replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('…', '.*')}$`, 's');
}

test('the guide has commands to be run, and every one of them went well', () => {
  expect(steps.length).toBeGreaterThan(10);
  expect({ done: outputs.length - 1, complaints }).toEqual({ done: steps.length, complaints });
});

test.each(steps.flatMap(({ expected, command }, at) => (expected === undefined ? [] : [{ at, command, expected }])))(
  'the guide prints what it says: $command',
  ({ at, expected }) => {
    expect((outputs[at] ?? '').trim()).toMatch(patternOf(expected));
  },
);

test('nothing in the log of all that is secret', () => {
  expect(log).toContain('"msg":"serving"');
  expect(log).not.toContain('the-vendor-gave-it-to-you');
});

test('the page on operating leads here', () => {
  expect(readFileSync(fileURLToPath(new URL('../../docs/operate.md', import.meta.url)), 'utf8')).toContain(
    '(internet.md)',
  );
});
