import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInstalled, type Measured, startMeasured } from './processes.ts';

/** What is measured side by side: each passes calls on to the same upstream. */
export interface Contender extends Measured {
  readonly path: string;
  /** Header lines that are sent to it beside the usual ones, each with its end. */
  readonly headers?: string;
}

/** The gateway, with the door its metrics are read at. */
export interface Gateway extends Contender {
  readonly adminPort: number;
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'switchyard-bench-'));

/** Starts the upstream everybody forwards to: as fast as it can, or so many milliseconds slower. */
export function startUpstream(delayMs = 0): Promise<Measured> {
  return startMeasured('upstream', [process.execPath, here('upstream.js'), String(delayMs)]);
}

/** Starts the bare forwarder: the floor. */
export async function startForwarder(upstreamPort: number): Promise<Contender> {
  const measured = await startMeasured('bare forwarder', [
    process.execPath,
    here('forwarder.js'),
    `http://127.0.0.1:${upstreamPort}`,
  ]);
  return { ...measured, path: '/dev' };
}

/** Starts a server that answers every call by itself, with an answer as the upstream's: the floor of what is kept. */
export async function startReply(): Promise<Contender> {
  const measured = await startMeasured('bare reply', [process.execPath, here('reply.js')]);
  return { ...measured, path: '/dev' };
}

/** Starts the gateway as a user would, with these upstream ports as primaries, and further keys of the configuration. */
export async function startSwitchyard(upstreamPorts: readonly number[], keys: object = {}): Promise<Gateway> {
  const port = await freePort();
  const adminPort = await freePort();
  const config = {
    server: { port },
    admin: { port: adminPort },
    state: 'memory',
    log: { level: 'error' },
    ...keys,
    chains: {
      dev: {
        family: 'evm',
        chainId: 31337,
        primary: upstreamPorts.map((upstream, index) => ({ name: `up-${index}`, url: `http://127.0.0.1:${upstream}` })),
      },
    },
  };
  const file = join(folder, `switchyard-${port}.json`);
  writeFileSync(file, JSON.stringify(config));
  const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
  const measured = await startMeasured(
    'switchyard',
    [process.execPath, main, 'start', '--config', file],
    /127\.0\.0\.1:(\d+)/,
  );
  return { ...measured, port, adminPort, path: '/dev' };
}

/** Starts haproxy in front of the upstream, where it is installed. */
export async function startHaproxy(upstreamPort: number): Promise<Contender | undefined> {
  if (!isInstalled('haproxy')) return undefined;
  const port = await freePort();
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(
    file,
    `global\n  maxconn 256\ndefaults\n  mode http\n  timeout client 30s\n  timeout server 30s\n  timeout connect 2s\nfrontend f\n  bind 127.0.0.1:${port}\n  default_backend b\nbackend b\n  server s 127.0.0.1:${upstreamPort}\n`,
  );
  return startSilent({ name: 'haproxy', port, command: ['haproxy', '-db', '-f', file] });
}

/** Starts nginx in front of the upstream, where it is installed. */
export async function startNginx(upstreamPort: number): Promise<Contender | undefined> {
  if (!isInstalled('nginx')) return undefined;
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off;\nmaster_process off;\npid ${folder}/nginx.pid;\nerror_log stderr crit;\nevents { worker_connections 256; }\nhttp {\n  access_log off;\n  keepalive_requests 1000000000;\n  client_body_temp_path ${folder};\n  proxy_temp_path ${folder};\n  upstream u { server 127.0.0.1:${upstreamPort}; keepalive 64; keepalive_requests 1000000000; }\n  server { listen 127.0.0.1:${port}; location / { proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection ""; } }\n}\n`,
  );
  return startSilent({ name: 'nginx', port, command: ['nginx', '-c', file] });
}

interface Silent {
  readonly name: string;
  readonly port: number;
  readonly command: readonly string[];
}

/** These say nothing when they listen: a shell says it for them once the port answers. */
async function startSilent({ name, port, command }: Silent): Promise<Contender> {
  const wait = `${command.map((word) => `'${word}'`).join(' ')} & child=$!; trap 'kill $child' TERM EXIT; for i in $(seq 50); do (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null && break; sleep 0.1; done; echo "pid $child"; echo "listening ${port}"; wait $child`;
  let pid = 0;
  const measured = await startMeasured(name, ['bash', '-c', wait], /pid \d+\s+listening (\d+)/);
  const { readFileSync } = await import('node:fs');
  const shell = measured.pids[0] ?? 0;
  pid = Number(readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim().split(' ')[0]);
  const stop = async (): Promise<void> => {
    process.kill(pid, 'SIGTERM');
    await measured.stop();
  };
  return { ...measured, name, port, pids: [pid], stop, path: '/dev' };
}

/** A port nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
