import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askHttp, eventually, post } from '../../support/ask-gateway.ts';
import { openPublic, readiesOf, readyChain, replyOf } from './open-doors.ts';

/** A connection to write bytes on as they are. */
function dial(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding('utf8');
  onTestFinished(() => void socket.destroy());
  return socket;
}

async function said(url: string, request: string): Promise<string> {
  const socket = dial(url);
  socket.write(request);
  return (await socket.toArray()).join('');
}

describe('a request', () => {
  test.each([
    ['/eth', 'eth'],
    ['/', undefined],
    ['/1', '1'],
    ['/evm/1', 'evm/1'],
    ['/eth?x=1', 'eth'],
  ])('to %s is handed over as a call to the chain %j, bytes and all', async (path, chain) => {
    const { url, visits } = await openPublic();
    const answer = await post(`${url}${path}`, Buffer.from([0x7b, 0xff, 0x00]));
    expect(answer).toMatchObject({ status: 200, text: 'ok' });
    expect(visits[0]?.request).toMatchObject({
      chain,
      body: Buffer.from([0x7b, 0xff, 0x00]),
      client: { loopback: true },
    });
  });

  test('F-089: over the size limit is refused, and nobody is bothered', async () => {
    const { url, visits } = await openPublic();
    const answer = await post(`${url}/eth`, 'x'.repeat(1025));
    expect(JSON.parse(answer.text)).toEqual({ fault: 'BODY_TOO_LARGE' });
    expect(visits).toEqual([]);
  });

  test.each([
    ['with its length told', (body: Buffer) => ({ body })],
    ['in chunks', (body: Buffer) => ({ body: new Blob([body]).stream(), duplex: 'half' as const })],
  ])(
    'F-089: far over the size limit, sent %s, learns so each time: its connection is not reset',
    async (_how, inForm) => {
      const { url, visits } = await openPublic();
      const large = Buffer.alloc(8 * 1024 * 1024, 0x20);
      for (let nth = 0; nth < 5; nth += 1) {
        const answer = await fetch(`${url}/eth`, { method: 'POST', ...inForm(large) });
        expect(await answer.json()).toEqual({ fault: 'BODY_TOO_LARGE' });
      }
      expect(visits).toEqual([]);
    },
  );

  test('F-089: without end is cut off', async () => {
    const { url } = await openPublic();
    const socket = dial(url);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined).resume();
    socket.write('POST /eth HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000000\r\n\r\n');
    const megabyte = Buffer.alloc(1024 * 1024, 0x20);
    const sendMore = (): void => {
      while (socket.writable && socket.write(megabyte));
    };
    socket.on('drain', sendMore);
    sendMore();
    await closed;
    expect(socket.bytesWritten).toBeGreaterThan(64 * 1024 * 1024);
  });

  test('without a body is handed over with none', async () => {
    const { url, visits } = await openPublic();
    await askHttp(`${url}/eth`, { method: 'POST' });
    expect(visits[0]?.request.body.length).toBe(0);
  });

  test('keeps its id in the answer, where that is not too long', async () => {
    const { url } = await openPublic();
    const [short, long] = await Promise.all(
      ['abc', 'x'.repeat(200)].map((id) => post(`${url}/eth`, '', { 'x-request-id': id })),
    );
    expect(short?.headers.get('x-request-id')).toBe('abc');
    expect(long?.headers.get('x-request-id')).toBeNull();
  });

  test('hands its id on, where it can be repeated as it is', async () => {
    const { url, visits } = await openPublic();
    for (const id of ['abc', 'a b']) await post(`${url}/eth`, '', { 'x-request-id': id });
    expect(visits.map(({ request }) => request.requestId)).toEqual(['abc', undefined]);
  });

  test('that meets a bug behind the door is answered as one', async () => {
    const { url } = await openPublic({ handle: () => Promise.reject(new Error('a bug with a secret')) });
    const answer = await post(`${url}/eth`, '');
    expect(answer.text).toBe('{"fault":"INTERNAL"}');
  });

  test.each([
    ['F-112: two lengths', 'POST /eth HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    [
      'F-112: a length beside chunks',
      'POST /eth HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['F-112: a transfer nobody knows', 'POST /eth HTTP/1.1\r\nhost: x\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n'],
    ['F-113: no host', 'POST /eth HTTP/1.1\r\ncontent-length: 0\r\n\r\n'],
    ['bytes that are no HTTP', '\x16\x03\x01\x02\x00\x01\r\n\r\n'],
  ])('with %s is refused and never reaches the handle', async (_, request) => {
    const { url, visits } = await openPublic();
    expect(await said(url, request)).toMatch(/^HTTP\/1\.1 400 /);
    expect(visits).toEqual([]);
  });

  test.each(['GET http://169.254.169.254/latest HTTP/1.1', 'CONNECT 169.254.169.254:80 HTTP/1.1'])(
    'F-119: as to a proxy, %s, goes nowhere',
    async (line) => {
      const { url, visits } = await openPublic();
      const answer = await said(url, `${line}\r\nhost: x\r\nconnection: close\r\n\r\n`);
      expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
      expect(visits).toEqual([]);
    },
  );
});

describe('steering headers', () => {
  const sent = { 'x-switchyard-provider': 'alpha', 'X-Switchyard-Timeout-Ms': '500', 'x-other': '1' };

  test('of a client on this machine are handed over, without their prefix', async () => {
    const { url, visits } = await openPublic();
    await post(`${url}/eth`, '', sent);
    expect(visits[0]?.request.steering).toEqual(
      new Map([
        ['provider', 'alpha'],
        ['timeout-ms', '500'],
      ]),
    );
  });
});

describe('an answer', () => {
  test('of many pieces arrives as one, whatever its size', async () => {
    const pieces = [Buffer.from('['), Buffer.alloc(100_000, '1'), Buffer.from(']')];
    const { url } = await openPublic({ handle: async () => replyOf(pieces) });
    const { text, headers } = await post(`${url}/eth`, '');
    expect(text).toBe(Buffer.concat(pieces).toString());
    expect(headers.get('content-length')).toBe('100002');
  });

  test('without a body is no content', async () => {
    const { url } = await openPublic({ handle: async () => ({ status: 204, headers: {}, body: undefined }) });
    expect(await post(`${url}/eth`, '')).toMatchObject({ status: 204, text: '' });
  });

  test('closes the connection while the replica drains', async () => {
    const { url } = await openPublic({ isDraining: () => true });
    expect((await post(`${url}/eth`, '')).headers.get('connection')).toBe('close');
  });
});

test('F-249: a client that goes is told of while its call is under way, and not after its answer', async () => {
  const gone: string[] = [];
  let answer: (() => void) | undefined;
  const { url } = await openPublic({
    handle: (request, onCancel) =>
      new Promise((resolve) => {
        onCancel(() => void gone.push(request.body.toString()));
        answer = () => resolve(replyOf('ok'));
      }),
  });
  const socket = dial(url);
  socket.write('POST /eth HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nfirst');
  await eventually(
    async () => answer,
    (found) => found !== undefined,
  );
  socket.destroy();
  await eventually(
    async () => gone.length,
    (count) => count === 1,
  );
  answer = undefined;
  const other = dial(url);
  other.write('POST /eth HTTP/1.1\r\nhost: x\r\ncontent-length: 6\r\nconnection: close\r\n\r\nsecond');
  await eventually(
    async () => answer,
    (found) => found !== undefined,
  );
  (answer as (() => void) | undefined)?.();
  await other.toArray();
  expect(gone).toEqual(['first']);
});

describe('probes of the public door', () => {
  test.each([
    ['/livez', 200],
    ['/readyz', 200],
    ['/readyz/eth', 200],
    ['/readyz/other', 404],
  ])('%s is %i, not to be kept by anybody, and no call', async (path, status) => {
    const { url, visits } = await openPublic();
    for (const method of ['GET', 'HEAD']) {
      const answer = await askHttp(`${url}${path}`, { method });
      expect({ status: answer.status, cache: answer.headers.get('cache-control') }).toEqual({
        status,
        cache: 'no-store',
      });
    }
    expect(visits).toEqual([]);
  });

  test('say 503 and when to come back where no chain is ready, while the process lives', async () => {
    const { url } = await openPublic({ readies: readiesOf({ ...readyChain, ready: false, reason: 'why' }) });
    for (const path of ['/readyz', '/readyz/eth']) {
      const answer = await askHttp(`${url}${path}`);
      expect({ status: answer.status, after: answer.headers.get('retry-after') }).toEqual({ status: 503, after: '2' });
      expect(answer.text).toContain('why');
    }
    expect((await askHttp(`${url}/livez`)).status).toBe(200);
  });

  test('say 503 in a drain, whatever the chains are', async () => {
    const { url } = await openPublic({ isDraining: () => true });
    const answers = await Promise.all(['/readyz', '/readyz/eth'].map((path) => askHttp(`${url}${path}`)));
    expect(answers.map(({ status, text }) => [status, JSON.parse(text).state])).toEqual([
      [503, 'draining'],
      [503, 'draining'],
    ]);
    expect((await askHttp(`${url}/livez`)).status).toBe(200);
  });

  test('F-121: are all of the operators’ door that is to be had here', async () => {
    const { url } = await openPublic();
    const paths = ['/metrics', '/api/status', '/api/explain', '/api/probe'];
    const answers = await Promise.all(paths.map((path) => askHttp(`${url}${path}`)));
    expect(answers.filter(({ status }) => status === 200)).toEqual([]);
  });
});

describe('browsers', () => {
  const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };

  test('F-122: of a listed origin may read, and no others', async () => {
    const { url } = await openPublic({ settings: { cors: { origins: ['https://app.example'] } } });
    const allowed = await post(`${url}/eth`, '', { origin: 'https://app.example' });
    const other = await post(`${url}/eth`, '', { origin: 'https://evil.example' });
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('of any origin may not read where that is turned off', async () => {
    const { url } = await openPublic({ settings: { cors: 'off' } });
    const answer = await post(`${url}/eth`, '', { origin: 'https://app.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    const asked = await askHttp(`${url}/eth`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', ...preflight },
    });
    expect(asked.headers.get('access-control-allow-origin')).toBeNull();
  });
});
