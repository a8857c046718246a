import { describe, expect, it } from 'vitest';
import * as scripts from '../../support/fault-scripts.ts';
import { bodyOf, facing, until } from './open-transport.ts';

const kib = 1024;
const mib = 1024 * kib;

describe('the size of an answer', () => {
  it('may be just the cap', async () => {
    const { send } = await facing(scripts.answers('x'.repeat(4 * kib)));
    expect(bodyOf(await send({ maxBytes: 4 * kib })).length).toBe(4 * kib);
  });

  it('above the cap by its own content-length is refused before it is read', async () => {
    const { send, transport } = await facing(scripts.says(scripts.http('200 OK', [`content-length: ${4 * kib + 1}`])));
    expect(await send({ maxBytes: 4 * kib })).toMatchObject({ failure: 'too-large', sent: 'maybe' });
    expect(transport.bufferedBytes()).toBe(0);
  });

  it('F-012 a body that never ends stops at the cap, and its connection with it', async () => {
    const { send, upstream, transport } = await facing(scripts.neverEnds);
    expect(await send({ maxBytes: mib })).toMatchObject({ failure: 'too-large' });
    await until(() => upstream.open === 0);
    expect(transport.bufferedBytes()).toBe(0);
  });

  it('a large answer arrives whole, in one piece', async () => {
    const large = 'abcdefgh'.repeat(mib);
    const { send } = await facing(scripts.answers(large));
    expect(bodyOf(await send({ maxBytes: 16 * mib })) === large).toBe(true);
  });

  it('F-043 an empty answer is an empty answer', async () => {
    const { send, upstream } = await facing(scripts.says(scripts.http('200 OK', ['content-length: 0'])));
    expect(await send()).toMatchObject({ kind: 'answered', status: 200, body: Buffer.alloc(0) });
    upstream.play(scripts.says(scripts.http('204 No Content', [])));
    expect(await send()).toMatchObject({ kind: 'answered', status: 204, body: Buffer.alloc(0) });
  });
});

describe('the bytes of all answers together', () => {
  it('F-069 are bounded: the answer that would pass the bound is shed, the others are not', async () => {
    const options = { maxBufferedBytes: mib };
    const { start, transport, upstream } = await facing((peer) => {
      peer.write(scripts.http('200 OK', [`content-length: ${600 * kib}`]));
      peer.write(Buffer.alloc(600 * kib - 1, 'x'));
    }, options);
    const first = start();
    await until(() => transport.bufferedBytes() === 600 * kib - 1);
    expect(await start().result).toMatchObject({ failure: 'over-budget' });
    upstream.seen[0]?.write('y');
    expect(bodyOf(await first.result).length).toBe(600 * kib);
    expect(transport.bufferedBytes()).toBe(0);
  });

  it('are given back by a cancel', async () => {
    const { start, transport } = await facing(scripts.drips);
    const { cancel } = start();
    await until(() => transport.bufferedBytes() > 0);
    cancel();
    expect(transport.bufferedBytes()).toBe(0);
  });
});

describe('an encoding nobody asked for', () => {
  it.each(scripts.encodings)('F-044 is undone where it is known: $name', async ({ header, body }) => {
    const { send } = await facing(scripts.encoded(header, body));
    expect(bodyOf(await send())).toBe(scripts.goodBody);
  });

  it('is undone over many pieces', async () => {
    const large = Array.from({ length: 40_000 }, (_, i) => `{"logIndex":"0x${(i * 7919).toString(16)}"}`).join(',');
    const { gzipSync } = await import('node:zlib');
    const { send } = await facing(scripts.encoded('gzip', gzipSync(large)));
    expect(bodyOf(await send({ maxBytes: 4 * mib })) === large).toBe(true);
  });

  it.each(['zstd', 'compress', 'utf-16', 'gzip, gzip', 'gzip,br'])(
    'F-047 %s fails as bad-encoding: at most one layer, of a kind we know',
    async (header) => {
      const { send } = await facing(scripts.encoded(header, Buffer.from(scripts.goodBody)));
      expect(await send()).toMatchObject({ failure: 'bad-encoding', sent: 'maybe' });
    },
  );

  it('F-047 two headers are two layers', async () => {
    const twice = scripts.wellFormed('x', ['content-encoding: gzip', 'content-encoding: gzip']);
    const { send } = await facing(scripts.says(twice));
    expect(await send()).toMatchObject({ failure: 'bad-encoding' });
  });

  it.each([
    ['cut short', scripts.gzipBomb(1000).subarray(0, 15)],
    ['no gzip at all', Buffer.from(scripts.goodBody)],
    ['damaged', Buffer.from(scripts.gzipBomb(1000)).fill(0xff, 12, 18)],
  ] as const)('F-046 gzip that is %s fails as bad-encoding', async (_name, body) => {
    const { send } = await facing(scripts.encoded('gzip', body));
    expect(await send()).toMatchObject({ failure: 'bad-encoding' });
  });

  it.each([
    ['gzip', scripts.gzipBomb(100 * mib)],
    ['br', scripts.brotliBomb(100 * mib)],
  ] as const)('F-045 a %s bomb stops at the cap and holds no more than that', async (encoding, bomb) => {
    const { send, transport } = await facing(scripts.encoded(encoding, bomb));
    expect(bomb.length).toBeLessThan(mib);
    expect(await send({ maxBytes: mib })).toMatchObject({ failure: 'too-large' });
    expect(transport.bufferedBytes()).toBe(0);
  });

  it('an empty body is empty in any encoding', async () => {
    const { send } = await facing(scripts.encoded('gzip', Buffer.alloc(0)));
    expect(bodyOf(await send())).toBe('');
  });

  it('a deadline that comes while the answer is decoded still rules', async () => {
    const { start, clock, upstream } = await facing((peer) => {
      peer.write(scripts.http('200 OK', ['content-encoding: gzip', 'transfer-encoding: chunked']));
    });
    const arrived = upstream.nextRequest();
    const { result } = start({ timeoutMs: 100 });
    await arrived;
    await clock.advanceAsync(100);
    expect(await result).toMatchObject({ failure: 'timeout' });
  });
});

describe('what an answer shows', () => {
  it.each(['301 Moved Permanently', '302 Found', '307 Temporary Redirect', '308 Permanent Redirect'])(
    'F-042 %s is an answer like any other: nobody follows it, nobody sees where it leads',
    async (status) => {
      const { send, upstream } = await facing(scripts.redirects(status, 'http://127.0.0.1:1/secret'));
      const result = await send();
      expect(result).toEqual({
        kind: 'answered',
        status: Number(status.slice(0, 3)),
        body: Buffer.alloc(0),
        whole: 'proven',
        connection: result.connection,
      });
      expect(upstream.seen.length).toBe(1);
    },
  );

  it('F-049 headers of the upstream go no further', async () => {
    const headers = ['set-cookie: a=b', 'server: x', 'alt-svc: h3=":443"', 'retry-after: 5'];
    const { send } = await facing(scripts.says(scripts.wellFormed('{}', headers)));
    expect(Object.keys(await send()).sort()).toEqual(['body', 'connection', 'kind', 'status', 'whole']);
  });

  it('F-032 a 429 says how long to wait', async () => {
    const { send } = await facing(scripts.tooManyRequests('7'));
    expect(await send()).toMatchObject({ kind: 'answered', status: 429, retryAfterMs: 7_000 });
  });

  it('F-036 so does a 503', async () => {
    const { send } = await facing(scripts.tooManyRequests('7', '503 Service Unavailable'));
    expect(await send()).toMatchObject({ status: 503, retryAfterMs: 7_000 });
  });

  it('F-033 a date counts from our wall clock', async () => {
    const { send, upstream, clock } = await facing(scripts.silent);
    const inOneMinute = new Date(clock.wall() + 60_000).toUTCString();
    upstream.play(scripts.tooManyRequests(inOneMinute));
    expect(await send()).toMatchObject({ status: 429, retryAfterMs: 60_000 });
  });

  it('F-034 a 429 without the header says nothing of it', async () => {
    const { send } = await facing(scripts.tooManyRequests(undefined));
    expect(await send()).not.toHaveProperty('retryAfterMs');
  });

  it.each(['200 OK', '404 Not Found', '301 Moved Permanently'])(
    'F-035 Retry-After on %s is ignored',
    async (status) => {
      const { send } = await facing(scripts.tooManyRequests('7', status));
      expect(await send()).not.toHaveProperty('retryAfterMs');
    },
  );
});
