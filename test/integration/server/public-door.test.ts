import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { FaultAnswer } from '../../../src/model/faults.ts';
import type { GatewayReply, GatewayRequest } from '../../../src/ports/handle.ts';
import { createPublicServer } from '../../../src/server/public-server.ts';
import { post } from '../../support/ask-gateway.ts';
import { buildServerSettings } from '../../support/server-settings.ts';

const settings = buildServerSettings();

interface Door {
  readonly url: string;
  readonly port: number;
  readonly seen: readonly GatewayRequest[];
}

/** A door before nothing: it notes what it is handed, answers `"served"`, and refuses with the fault's name alone. */
async function openDoor(reply: Partial<GatewayReply> = {}): Promise<Door> {
  const seen: GatewayRequest[] = [];
  const refuse = ({ fault, http }: FaultAnswer): GatewayReply => {
    return { status: http ?? 400, headers: {}, body: [Buffer.from(fault)] };
  };
  const server = await createPublicServer({
    settings,
    maxBodyBytes: 1024,
    handle: async (request) => {
      seen.push(request);
      return { status: 200, headers: {}, body: [Buffer.from('"served"')], ...reply };
    },
    refuse,
    readies: { readiness: () => ({ ready: true, chains: {} }), chain: () => undefined },
    isDraining: () => false,
  });
  onTestFinished(() => server.close());
  const url = await server.listen({ host: settings.host, port: 0 });
  return { url, port: Number(new URL(url).port), seen };
}

/** Sends bytes as they are and reads until the door has nothing more to say. */
async function sendRaw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('latin1').end(text);
  let said = '';
  socket.on('data', (piece) => {
    said += piece;
  });
  await once(socket, 'close');
  return said;
}

test.each(['text/plain', 'application/json; charset=utf-16', 'no type at all', ''])(
  'a call is taken whatever type it says it is (F-092): %j',
  async (type) => {
    const { url, seen } = await openDoor();
    expect((await post(`${url}/ethereum`, '{}', { 'content-type': type })).status).toBe(200);
    expect(seen.map(({ chain, body }) => [chain, body.toString()])).toEqual([['ethereum', '{}']]);
  },
);

test.each(['/%zz', '/readyz/%zz', `/${'a'.repeat(3000)}`])(
  'a path that nobody can read is an unknown chain, and is not repeated (F-118): %j',
  async (path) => {
    const { url, seen } = await openDoor();
    expect((await post(`${url}${path}`, '{}')).text).toBe('UNKNOWN_CHAIN');
    expect(seen).toEqual([]);
  },
);

test('a request that names two hosts is refused (F-113)', async () => {
  const { port, seen } = await openDoor();
  const said = await sendRaw(port, 'POST /ethereum HTTP/1.1\r\nHost: a\r\nHOST: b\r\nContent-Length: 2\r\n\r\n{}');
  expect(said).toMatch(/^HTTP\/1\.1 400 .*INVALID_REQUEST$/s);
  expect(seen).toEqual([]);
});

test('what counts as held is let go once it has left', async () => {
  let letGo: () => void = () => undefined;
  const left = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const { url } = await openDoor({ letGo: () => letGo() });
  expect((await post(`${url}/ethereum`, '{}')).text).toBe('"served"');
  await left;
});

test('what counts as held is let go when its client goes without reading it', async () => {
  let letGo: () => void = () => undefined;
  const left = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const { port, seen } = await openDoor({ body: [Buffer.alloc(64 * 1024 * 1024)], letGo: () => letGo() });
  const socket = connect(port, '127.0.0.1');
  socket.write('POST /ethereum HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}');
  await once(socket, 'readable');
  socket.destroy();
  await left;
  expect(seen.length).toBe(1);
});
