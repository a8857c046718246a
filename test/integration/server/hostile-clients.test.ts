import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { securityHeaders } from '../../../src/server/page/security-headers.ts';
import { openWire } from '../../../src/server/wire.ts';
import { openAdmin, openPublic, replyOf } from './open-doors.ts';

function open(url: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.setEncoding('latin1').on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Sends bytes as they are and reads until the door closes the connection. */
async function sendRaw(url: string, bytes: string): Promise<string> {
  const socket = open(url);
  let said = '';
  socket.on('data', (piece) => {
    said += piece;
  });
  socket.write(Buffer.from(bytes, 'latin1'));
  await once(socket, 'close');
  return said;
}

const head = 'POST /eth HTTP/1.1\r\nHost: a\r\n';
const close = 'Connection: close\r\n';

/** Requests of which two readers may think differently where they end, or that are none. */
const ambiguous: readonly (readonly [what: string, bytes: string])[] = [
  ['two ways to say its length', `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['two lengths', `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
  ['a negative length', `${head}Content-Length: -2\r\n\r\n{}`],
  ['an unknown transfer encoding', `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ['two transfer encodings', `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`],
  ['lines that end without a return', 'POST /eth HTTP/1.1\nHost: a\nContent-Length: 2\n\n{}'],
  ['a space before a colon', `${head}Content-Length : 2\r\n\r\n{}`],
  ['a header folded over two lines', `${head}X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}`],
  ['a transfer encoding on a line of its own', `${head}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
  ['a NUL in a header', `${head}X-A: b\0c\r\nContent-Length: 2\r\n\r\n{}`],
  ['no host', 'POST /eth HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}'],
  ['two hosts', `${head}HOST: b\r\n${close}Content-Length: 2\r\n\r\n{}`],
  ['a verb nobody knows', 'BREW /eth HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['endless remarks on a chunk', `${head}Transfer-Encoding: chunked\r\n\r\n2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`],
];

test.each(ambiguous)('F-112, F-113: a request with %s is refused, and its connection closed', async (_what, bytes) => {
  const { url, visits } = await openPublic();
  expect(await sendRaw(url, bytes)).toMatch(/^HTTP\/1\.1 (?:400|413) /);
  expect(visits).toEqual([]);
});

test.each([
  ['a whole URL', `POST http://169.254.169.254/eth HTTP/1.1\r\nHost: a\r\n${close}Content-Length: 2\r\n\r\n{}`, 400],
  ['all of the door', `OPTIONS * HTTP/1.1\r\nHost: a\r\n${close}\r\n`, 400],
  ['a tunnel', 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n', 405],
])('F-119: who asks for %s finds no proxy', async (_what, bytes, status) => {
  const { url, visits } = await openPublic();
  expect(await sendRaw(url, bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*INVALID_REQUEST`, 's'));
  expect(visits).toEqual([]);
});

test.each(['GET', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'])(
  'the verb %s is refused, and nothing of it is sent back',
  async (verb) => {
    const { url, visits } = await openPublic();
    const said = await sendRaw(url, `${verb} /eth HTTP/1.1\r\nHost: a\r\nX-Secret: canary\r\n${close}\r\n`);
    expect(said).toMatch(/^HTTP\/1\.1 405 .*allow: POST, OPTIONS/s);
    expect(said).not.toContain('canary');
    expect(visits).toEqual([]);
  },
);

describe('headers', () => {
  test('are refused above a hundred', async () => {
    const { url, visits } = await openPublic();
    const many = (count: number): string => `${head}${'X-A: b\r\n'.repeat(count)}${close}Content-Length: 2\r\n\r\n{}`;
    expect(await sendRaw(url, many(98))).toMatch(/^HTTP\/1\.1 431 .*INVALID_REQUEST/s);
    expect(visits).toEqual([]);
    expect(await sendRaw(url, many(97))).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('are refused above 16 KiB', async () => {
    const { url, visits } = await openPublic();
    expect(await sendRaw(url, `${head}X-A: ${'b'.repeat(17_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 .*INVALID_REQUEST/s,
    );
    expect(visits).toEqual([]);
  });
});

test('F-112: what is no request is not answered in place of the request before it', async () => {
  let answer = (): void => undefined;
  const { url } = await openPublic({
    handle: () =>
      new Promise((resolve) => {
        answer = () => resolve(replyOf('late'));
      }),
  });
  const said = await sendRaw(url, `${head}Content-Length: 2\r\n\r\n{}no request\r\n\r\n`);
  answer();
  expect(said).toBe('');
});

test('F-128: an answer is never taken for anything but JSON', async () => {
  const { url } = await openPublic();
  const said = await sendRaw(url, `${head}${close}Content-Length: 2\r\n\r\n{}`);
  expect(said).toMatch(/content-type: application\/json/);
  expect(said).toMatch(/x-content-type-options: nosniff/);
});

describe('the operators’ door', () => {
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${close}\r\n`;

  test.each([
    ['metrics', get('/metrics')],
    ['a probe', get('/livez')],
    ['status', get('/api/status')],
    ['a path that is not there', get('/nowhere')],
    ['a path nobody can read', get('/%zz')],
    ['a write that is refused', `POST /api/cordon HTTP/1.1\r\nHost: evil.example\r\n${close}Content-Length: 0\r\n\r\n`],
    ['a request without a host', `GET /livez HTTP/1.1\r\n${close}\r\n`],
    ['a body that is too large', `POST /api/cordon HTTP/1.1\r\nHost: a\r\n${close}Content-Length: 99999999\r\n\r\n`],
    ['a tunnel', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['what is no HTTP', 'no request\r\n\r\n'],
  ])('tells browsers to trust nothing, also in its answer to %s', async (_what, bytes) => {
    const { url } = await openAdmin();
    const said = await sendRaw(url, bytes);
    for (const [name, value] of Object.entries(securityHeaders)) expect(said).toContain(`${name}: ${value}\r\n`);
    expect(said).not.toContain('%zz');
  });
});

test('F-114, F-115: a door has little patience, and room for so many connections and no more', async () => {
  const { server } = openWire({}, undefined);
  const { headersTimeout, requestTimeout, keepAliveTimeout, maxConnections, maxRequestsPerSocket } = server;
  expect({ headersTimeout, requestTimeout, keepAliveTimeout, maxConnections, maxRequestsPerSocket }).toEqual({
    headersTimeout: 15_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
    maxConnections: 20_000,
    maxRequestsPerSocket: 100_000,
  });
});
