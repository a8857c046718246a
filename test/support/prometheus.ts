import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Guardian, startGuardian } from '../../src/demo/guardian.ts';

/** One series of an answer, with its values in the order of time; what is not finite is left out. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

/** A rule as Prometheus has it loaded. */
export interface LoadedRule {
  readonly name: string;
  readonly type: 'recording' | 'alerting';
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
  readonly state?: 'inactive' | 'pending' | 'firing';
}

/** A Prometheus of Debian's, with a storage of its own. */
export interface PrometheusProcess {
  readonly url: string;
  /** The series an expression has now. @throws Error where Prometheus refuses it. */
  ask(expression: string): Promise<readonly Series[]>;
  /** The series an expression had in the last `seconds`, one value per second. @throws Error where Prometheus refuses it. */
  askRange(expression: string, seconds: number): Promise<readonly Series[]>;
  rules(): Promise<readonly LoadedRule[]>;
  /** Ends it and removes what it stored. */
  stop(): Promise<void>;
}

/** What a command said and how it ended. */
export interface CommandEnd {
  readonly code: number | null;
  /** Standard output and standard error. */
  readonly output: string;
}

const install = 'apt-get update && apt-get install -y --no-install-recommends prometheus';

/** The path of a program of Debian's package `prometheus`. @throws Error with the command that installs it. */
export function programOf(name: 'prometheus' | 'promtool'): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
  const found = folders.map((folder) => join(folder, name)).find(isProgram);
  if (found === undefined) throw new Error(`${name} is not on this machine. Install it: ${install}`);
  return found;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs promtool to its end. */
export function promtool(args: readonly string[], input = ''): CommandEnd {
  const { status, stdout, stderr } = spawnSync(programOf('promtool'), args, { input, encoding: 'utf8' });
  return { code: status, output: `${stdout}${stderr}` };
}

let guardianOnce: Promise<Guardian> | undefined;

/**
 * Starts a Prometheus with this configuration (its JSON is YAML) and resolves once it answers. Where a test run is killed
 * before it could stop it, Prometheus ends too.
 */
export async function startPrometheus(config: object): Promise<PrometheusProcess> {
  guardianOnce ??= startGuardian();
  const guardian = await guardianOnce;
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-prometheus-'));
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(
    programOf('prometheus'),
    [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`, '--web.listen-address=127.0.0.1:0'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const { pid = 0 } = child;
  guardian.watch(pid);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      guardian.release(pid);
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const url = await untilReady(child);
    return { url, ...questionsTo(url), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Reads the address it took off its log. Rejects with the log where it ends before it is ready. */
function untilReady(child: ChildProcess): Promise<string> {
  let written = '';
  return new Promise((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      written += text;
      const address = /msg="Listening on" address=(\S+)/.exec(written)?.[1];
      if (address !== undefined && written.includes('Server is ready')) resolve(`http://${address}`);
    });
    child.once('close', (code) => reject(new Error(`Prometheus ended with ${code}: ${written}`)));
  });
}

interface Found {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

function questionsTo(url: string): Pick<PrometheusProcess, 'ask' | 'askRange' | 'rules'> {
  return {
    async ask(query) {
      const { result } = await answerOf<{ readonly result: readonly Found[] }>(`${url}/api/v1/query`, { query });
      return result.map(readSeries);
    },
    async askRange(query, seconds) {
      const end = Date.now() / 1000;
      const range = { query, start: `${end - seconds}`, end: `${end}`, step: '1' };
      const { result } = await answerOf<{ readonly result: readonly Found[] }>(`${url}/api/v1/query_range`, range);
      return result.map(readSeries);
    },
    async rules() {
      const { groups } = await answerOf<{ readonly groups: readonly { readonly rules: readonly LoadedRule[] }[] }>(
        `${url}/api/v1/rules`,
        {},
      );
      return groups.flatMap(({ rules }) => rules);
    },
  };
}

function readSeries({ metric, value, values }: Found): Series {
  const texts = value === undefined ? (values ?? []) : [value];
  return { labels: metric, values: texts.map(([, text]) => Number(text)).filter(Number.isFinite) };
}

async function answerOf<Data>(url: string, question: Readonly<Record<string, string>>): Promise<Data> {
  const response = await fetch(`${url}?${new URLSearchParams(question)}`);
  const answer: { readonly data?: Data; readonly error?: string } = JSON.parse(await response.text());
  if (answer.data === undefined) throw new Error(`${question.query}: ${answer.error}`);
  return answer.data;
}
