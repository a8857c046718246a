import { describe, expect, it } from 'vitest';
import { startFakeUpstream } from '../../support/fake-upstream.ts';
import * as scripts from '../../support/fault-scripts.ts';
import { type Peer, refusedUrl } from '../../support/fault-upstream.ts';
import { bodyOf, facing, openTransport, smallRead, until } from './open-transport.ts';

describe('kept connections', () => {
  it('F-026 an upstream that closes after a few answers costs no read anything', async () => {
    const { send } = await facing(scripts.closesAfter(7));
    let good = 0;
    for (let i = 0; i < 10_000; i++) if (bodyOf(await send()) === scripts.goodBody) good += 1;
    expect(good).toBe(10_000);
  });

  it('are used again, and keep their number', async () => {
    const { send, upstream } = await facing(scripts.answers());
    const first = await send();
    const second = await send();
    expect(second.connection).toBe(first.connection);
    expect(upstream.connections).toBe(1);
  });

  it('carry one call at a time', async () => {
    const { start, upstream } = await facing(scripts.answers());
    await Promise.all([start().result, start().result, start().result]);
    expect(upstream.connections).toBe(3);
  });

  it('F-018 bytes beyond an answer end the connection and reach nobody', async () => {
    const { send, upstream } = await facing(scripts.saysTooMuch);
    const first = await send();
    const second = await send();
    expect([bodyOf(first), bodyOf(second)]).toEqual([scripts.goodBody, scripts.goodBody]);
    expect(second.connection).not.toBe(first.connection);
    expect(upstream.connections).toBe(2);
  });

  it('F-018 bytes that come late, between two calls, reach nobody either', async () => {
    let kept: Peer | undefined;
    const { send, upstream } = await facing((peer) => {
      kept = peer;
      peer.write(scripts.wellFormed(scripts.goodBody));
    });
    await send();
    kept?.write(scripts.wellFormed('{"jsonrpc":"2.0","id":666,"result":"0xbad"}'));
    await until(() => upstream.open === 0);
    expect(bodyOf(await send())).toBe(scripts.goodBody);
    expect(upstream.connections).toBe(2);
  });

  it('end with an answer that says so', async () => {
    const { send, upstream } = await facing(scripts.saysAndCloses(scripts.wellFormed('{}', ['connection: close'])));
    expect([bodyOf(await send()), bodyOf(await send())]).toEqual(['{}', '{}']);
    expect(upstream.connections).toBe(2);
  });
});

describe('a kept connection gone stale', () => {
  it('F-005 is replaced once for a read, and nobody notices', async () => {
    const { send, upstream } = await facing(scripts.staleAfterFirst);
    const first = await send();
    const second = await send();
    expect(bodyOf(second)).toBe(scripts.goodBody);
    expect(second.connection).not.toBe(first.connection);
    expect(upstream.seen.map((peer) => [peer.connection, peer.request])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
  });

  it('F-005 an end instead of a reset is the same', async () => {
    const { send } = await facing((peer) => {
      if (peer.request === 1) peer.write(scripts.wellFormed(scripts.goodBody));
      else peer.fin();
    });
    await send();
    expect(bodyOf(await send())).toBe(scripts.goodBody);
  });

  it('F-005 is replaced only once: the second break is reported', async () => {
    const { send, upstream } = await facing(scripts.staleAfterFirst);
    await send();
    upstream.play(scripts.resetsBeforeHeaders);
    expect(await send()).toMatchObject({ failure: 'reset', sent: 'maybe' });
    expect(upstream.seen.length).toBe(3);
  });

  it('F-004 is not replaced for a write: its bytes may have arrived', async () => {
    const { send, upstream } = await facing(scripts.staleAfterFirst);
    await send();
    expect(await send({ resend: 'if-unsent' })).toMatchObject({ failure: 'reset', sent: 'maybe' });
    expect(upstream.seen.length).toBe(2);
  });

  it('is not replaced when its first call already breaks', async () => {
    const { send, upstream } = await facing(scripts.resetsBeforeHeaders);
    expect(await send()).toMatchObject({ failure: 'reset' });
    expect(upstream.seen.length).toBe(1);
  });

  it('is not replaced once a byte of the answer has come', async () => {
    const { send, upstream } = await facing((peer) => {
      if (peer.request === 1) return peer.write(scripts.wellFormed(scripts.goodBody));
      peer.write('HTTP/1.1 200 OK\r\n');
      setImmediate(() => setImmediate(() => peer.reset()));
    });
    await send();
    expect(await send()).toMatchObject({ failure: 'truncated', sent: 'maybe' });
    expect(upstream.seen.length).toBe(2);
  });

  it('a write finds a new connection by itself when the old one is known to have ended', async () => {
    const heard: string[] = [];
    const { send, upstream } = await facing(scripts.answers(), { onConnectivity: (_up, what) => heard.push(what) });
    await send();
    upstream.resetAll();
    await until(() => heard.includes('disconnected'));
    expect(bodyOf(await send({ resend: 'if-unsent' }))).toBe(scripts.goodBody);
  });
});

describe('a fresh connection', () => {
  it('is new although one is kept, says that it will close, and is used by nobody else', async () => {
    const { send, upstream } = await facing(scripts.answers());
    const kept = await send();
    const fresh = await send({ connection: 'fresh' });
    const after = await send();
    expect(fresh.connection).not.toBe(kept.connection);
    expect(after.connection).toBe(kept.connection);
    expect(upstream.seen[1]?.head).toMatch(/^connection: close$/im);
    expect(upstream.seen[2]?.connection).toBe(1);
  });

  it('reports a break as it is, without a second try', async () => {
    const { send, upstream } = await facing(scripts.resetsBeforeHeaders);
    expect(await send({ connection: 'fresh' })).toMatchObject({ failure: 'reset', sent: 'maybe' });
    expect(upstream.seen.length).toBe(1);
  });
});

describe('more calls than connections', () => {
  it('F-027 wait in line and leave it at their deadline, with nothing sent', async () => {
    const upstream = await startFakeUpstream({ behaviour: { kind: 'silent' } });
    const endpoints = [{ key: 'up', url: upstream.url, headers: {}, concurrency: 1 }];
    const { start, clock } = openTransport(upstream.url, { endpoints });
    const busy = Array.from({ length: 5 }, () => start({ timeoutMs: 60_000 }));
    const late = start({ timeoutMs: 1_000 });
    await until(() => upstream.count() === 5);
    await clock.advanceAsync(1_000);
    expect(await late.result).toMatchObject({ failure: 'timeout', sent: 'nothing' });
    for (const { cancel } of busy) cancel();
    await upstream.close();
  });

  it('F-027 wait in line and are carried when a connection falls free or breaks', async () => {
    const { start, upstream } = await facing(scripts.silent, {});
    upstream.play((peer) => {
      if (peer.request === 1 && peer.connection === 1) peer.reset();
      else peer.write(scripts.wellFormed(peer.body));
    });
    const bodies = Array.from({ length: 600 }, (_, i) => Buffer.from(`{"id":${i}}`));
    const results = await Promise.all(bodies.map((body) => start({ body }).result));
    const answered = results.filter((result) => result.kind === 'answered');
    expect(answered.length).toBe(599);
    for (const [i, result] of results.entries()) {
      if (result.kind === 'answered') expect(bodyOf(result)).toBe(`{"id":${i}}`);
    }
    expect(upstream.connections).toBeLessThanOrEqual(261);
  });
});

describe('failures at the door', () => {
  it('F-001 take no connection with them: the tenth refusal is a refusal like the first', async () => {
    const url = await refusedUrl();
    const { send } = openTransport(url, { endpoints: [{ key: 'up', url, headers: {}, concurrency: 1 }] });
    for (let i = 0; i < 10; i++) expect(await send()).toMatchObject({ failure: 'refused' });
  });

  it('a header that HTTP does not allow is our own trouble, every time', async () => {
    const { upstream } = await facing(scripts.answers());
    const endpoints = [{ key: 'up', url: upstream.url, headers: { 'transfer-encoding': 'x' }, concurrency: 1 }];
    const { send } = openTransport(upstream.url, { endpoints });
    for (let i = 0; i < 10; i++) expect(await send()).toMatchObject({ failure: 'local', sent: 'nothing' });
    expect(upstream.connections).toBe(0);
  });
});

describe('a request', () => {
  it('is a POST with its body, the path and query of the URL, our headers and the own ones of the endpoint', async () => {
    const { upstream } = await facing(scripts.answers());
    const url = `${upstream.url}v2/key?x=1`;
    const endpoints = [{ key: 'up', url, headers: { 'X-Key': 'k', 'Content-Type': 'text/plain' } }];
    await openTransport(url, { endpoints }).send();
    const { head, body } = upstream.seen[0] ?? { head: '', body: '' };
    expect(head.split('\r\n')[0]).toBe('POST /v2/key?x=1 HTTP/1.1');
    expect(head).toMatch(/^x-key: k$/m);
    expect(head.match(/content-type/g)).toEqual(['content-type']);
    expect(head).toMatch(/^content-type: text\/plain$/m);
    expect(body).toBe(smallRead.body.toString());
  });

  it('asks for no compression on our own network, however large the answer may be', async () => {
    const { send, upstream } = await facing(scripts.answers());
    await send({ answer: 'large' });
    expect(upstream.seen[0]?.head).not.toMatch(/accept-encoding/i);
  });

  it('asks for gzip from far away, where the answer may be large', async () => {
    const { upstream } = await facing(scripts.answers());
    const url = `http://far.example:${upstream.port}/`;
    const { send } = openTransport(url, {
      lookup: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    await send();
    await send({ answer: 'large' });
    expect(upstream.seen.map((peer) => /^accept-encoding: (.*)$/m.exec(peer.head)?.[1])).toEqual([undefined, 'gzip']);
  });
});
