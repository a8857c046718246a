import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { legendText, stateText } from './control-text.ts';
import type { Faults } from './faults.ts';
import { readFault } from './switches.ts';

/** The door through which providers are broken and mended. */
export interface ControlDoor {
  readonly url: string;
  close(): Promise<void>;
}

interface Said {
  readonly status: number;
  readonly text: string;
}

/**
 * Opens the control door on 127.0.0.1: `GET /` shows the state, `POST /<provider>/<switch>[?n=…]` throws a switch, `all` in place
 * of a provider throws it for each. Port 0 takes a free one.
 */
export async function openControlDoor(faults: Faults, port: number): Promise<ControlDoor> {
  const server = createServer(async (request, response) => {
    request.resume();
    const { status, text } = await answer(faults, request);
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(faults: Faults, { method, url = '/' }: IncomingMessage): Promise<Said> {
  const [path = '/', query = ''] = url.split('?');
  if (path === '/' && (method === 'GET' || method === 'HEAD')) return overview(faults);
  const [provider, name, ...rest] = path.slice(1).split('/');
  if (provider === undefined || name === undefined || rest.length > 0) return refused(404, usage);
  if (method !== 'POST') return refused(405, usage);
  const names = provider === 'all' ? faults.providers : faults.providers.filter((known) => known === provider);
  if (names.length === 0) return refused(404, `there is no such provider (${faults.providers.join(', ')}, all)`);
  const reading = readFault(name, new URLSearchParams(query).get('n') ?? undefined);
  if (reading.kind === 'refused') return refused(400, reading.why);
  try {
    await Promise.all(names.map((each) => faults.set(each, reading.fault)));
  } catch (error) {
    return refused(500, error instanceof Error ? error.message : 'the switch failed');
  }
  return { status: 200, text: stateText(faults.view()) };
}

const usage = 'GET / shows the state, POST /<provider>/<switch>?n=<number> throws a switch';

function refused(status: number, text: string): Said {
  return { status, text };
}

function overview(faults: Faults): Said {
  return { status: 200, text: `${stateText(faults.view())}\n\n${usage}:\n${legendText()}` };
}
