import { describe, expect, it, onTestFinished } from 'vitest';
import type { SendResult } from '../../../src/model/answer.ts';
import { startFakeUpstream } from '../../support/fake-upstream.ts';
import * as scripts from '../../support/fault-scripts.ts';
import { refusedUrl } from '../../support/fault-upstream.ts';
import { bodyOf, facing, openTransport, smallRead, until } from './open-transport.ts';

describe('telling the result', () => {
  it('never happens inside the call, not even where the upstream is unknown or the transport closed', async () => {
    const { transport } = await facing(scripts.answers());
    const told: SendResult[] = [];
    transport.send({ ...smallRead, upstream: 'nobody' }, (result) => told.push(result));
    expect(told).toEqual([]);
    await transport.close();
    transport.send(smallRead, (result) => told.push(result));
    expect(told.length).toBe(1);
    await Promise.resolve();
    expect(told).toMatchObject([
      { failure: 'local', sent: 'nothing' },
      { failure: 'aborted', sent: 'nothing' },
    ]);
  });

  it('happens once', async () => {
    const { transport, clock } = await facing(scripts.answers());
    let told = 0;
    await new Promise<void>((resolve) => {
      transport.send(smallRead, () => {
        told += 1;
        resolve();
      });
    });
    await clock.advanceAsync(60_000);
    expect(told).toBe(1);
    expect(clock.pending()).toBe(0);
  });
});

describe('a cancel', () => {
  it('ends the exchange and its connection, and tells nobody', async () => {
    const { start, send, upstream, clock } = await facing(scripts.silent);
    const arrived = upstream.nextRequest();
    const { result, cancel } = start();
    let told = false;
    result.then(() => {
      told = true;
    });
    await arrived;
    cancel();
    cancel();
    await until(() => upstream.open === 0);
    await clock.advanceAsync(60_000);
    upstream.play(scripts.answers());
    expect(bodyOf(await send())).toBe(scripts.goodBody);
    expect(told).toBe(false);
  });

  it('before the connection stands takes the request back, and the connection serves the next', async () => {
    const { start, send, upstream } = await facing(scripts.answers());
    start().cancel();
    await until(() => upstream.connections === 1);
    expect(bodyOf(await send())).toBe(scripts.goodBody);
    expect(upstream.seen.length).toBe(1);
  });

  it('in the same breath as a failure still tells nobody', async () => {
    const { transport } = await facing(scripts.answers());
    let told = false;
    const cancel = transport.send({ ...smallRead, upstream: 'nobody' }, () => {
      told = true;
    });
    cancel();
    await Promise.resolve();
    expect(told).toBe(false);
  });

  it('after the answer does nothing', async () => {
    const { start, send, upstream } = await facing(scripts.answers());
    const { result, cancel } = start();
    await result;
    cancel();
    await send();
    expect(upstream.connections).toBe(1);
  });
});

describe('replacing the endpoints', () => {
  it('keeps the connections of a URL that stays, whatever its upstream is now called', async () => {
    const { transport, upstream, send } = await facing(scripts.answers());
    const { connection } = await send();
    await transport.replace([{ key: 'renamed', url: upstream.url, headers: {}, concurrency: 3 }]);
    expect(await send()).toMatchObject({ failure: 'local' });
    expect(await send({ upstream: 'renamed' })).toMatchObject({ kind: 'answered', connection });
  });

  it('lets what is under way end, then closes what is no longer wanted', async () => {
    const { transport, upstream, start, send } = await facing(scripts.silent);
    const arrived = upstream.nextRequest();
    const { result } = start();
    const peer = await arrived;
    let replaced = false;
    const gone = transport.replace([]).then(() => {
      replaced = true;
    });
    expect(await send()).toMatchObject({ failure: 'local', sent: 'nothing' });
    expect(replaced).toBe(false);
    peer.write(scripts.wellFormed('{}'));
    expect(bodyOf(await result)).toBe('{}');
    await gone;
    await until(() => upstream.open === 0);
  });

  it('F-238: a send that names its URL goes there, also when its upstream has another one since', async () => {
    const former = await startFakeUpstream();
    const present = await startFakeUpstream();
    onTestFinished(() => former.close());
    onTestFinished(() => present.close());
    const before = { key: 'up', tracker: 'url-1', url: former.url, headers: {} };
    const now = { key: 'up', tracker: 'url-2', url: present.url, headers: {} };
    const told: string[] = [];
    const { send, transport } = openTransport(former.url, {
      endpoints: [before],
      onConnectivity: (upstreams, what) => void told.push(`${upstreams.join()} ${what}`),
    });
    await send({ tracker: 'url-1' });
    await transport.replace([before, now]);
    await send({ tracker: 'url-1' });
    expect([former.count(), present.count()]).toEqual([2, 0]);
    await send({ tracker: 'url-2' });
    await send();
    expect([former.count(), present.count()]).toEqual([2, 2]);
    await former.down();
    await send({ tracker: 'url-1' });
    expect(told).toEqual(['up connected', 'up connected']);
    await transport.replace([now]);
    expect(await send({ tracker: 'url-1' })).toMatchObject({ failure: 'local', sent: 'nothing' });
  });

  it('a URL that cannot be parsed changes nothing and is not shown', async () => {
    const { transport, send, upstream } = await facing(scripts.answers());
    const replaced = transport.replace([
      { key: 'renamed', url: upstream.url, headers: {} },
      { key: 'bad', url: 'ht!tp://secret', headers: {} },
    ]);
    await expect(replaced).rejects.toThrow(/^the URL of upstream bad cannot be parsed$/);
    expect(bodyOf(await send())).toBe(scripts.goodBody);
  });
});

describe('closing', () => {
  it('ends everything under way, waiting or not, as aborted', async () => {
    const upstream = await startFakeUpstream({ behaviour: { kind: 'silent' } });
    onTestFinished(() => upstream.close());
    const endpoints = [{ key: 'up', url: upstream.url, headers: {}, concurrency: 1 }];
    const { start, transport, clock } = openTransport(upstream.url, { endpoints });
    const calls = Array.from({ length: 8 }, () => start().result);
    await until(() => upstream.count() === 5);
    await transport.close();
    const results = await Promise.all(calls);
    expect(results.map((result) => result.kind === 'failed' && result.failure)).toEqual(Array(8).fill('aborted'));
    await until(() => upstream.connections === 0);
    expect(clock.pending()).toBe(0);
  });
});

describe('upstreams that share a URL', () => {
  it('share its connections; other headers make another', async () => {
    const { upstream } = await facing(scripts.answers());
    const { send } = openTransport(upstream.url, {
      endpoints: [
        { key: 'a', url: upstream.url, headers: {} },
        { key: 'b', url: upstream.url, headers: {} },
        { key: 'c', url: upstream.url, headers: { 'x-key': '1' } },
      ],
    });
    const [a, b, c] = [await send({ upstream: 'a' }), await send({ upstream: 'b' }), await send({ upstream: 'c' })];
    expect(b.connection).toBe(a.connection);
    expect(c.connection).not.toBe(a.connection);
  });
});

describe('connectivity', () => {
  it('is told when it changes, and to all who share the URL', async () => {
    const upstream = await startFakeUpstream();
    onTestFinished(() => upstream.close());
    const heard: unknown[] = [];
    const endpoints = ['a', 'b'].map((key) => ({ key, url: upstream.url, headers: {} }));
    const onConnectivity = (ups: readonly string[], what: string) => heard.push([...ups, what]);
    const { send } = openTransport(upstream.url, { endpoints, onConnectivity });
    await send({ upstream: 'a' });
    await send({ upstream: 'b' });
    expect(heard).toEqual([['a', 'b', 'connected']]);
    await upstream.down();
    await until(() => heard.length === 2);
    expect(await send({ upstream: 'a' })).toMatchObject({ failure: 'refused' });
    await upstream.up();
    await send({ upstream: 'a' });
    expect(heard.slice(1)).toEqual([
      ['a', 'b', 'disconnected'],
      ['a', 'b', 'connected'],
    ]);
  });

  it('an upstream never reached was never connected', async () => {
    const heard: string[] = [];
    const { send } = openTransport(await refusedUrl(), { onConnectivity: (_ups, what) => heard.push(what) });
    await send();
    expect(heard).toEqual([]);
  });

  it('a connection that we close ourselves is no disconnection', async () => {
    const heard: string[] = [];
    const { send, upstream } = await facing(scripts.answers(), { onConnectivity: (_ups, what) => heard.push(what) });
    await send({ connection: 'fresh' });
    await until(() => upstream.open === 0);
    await send({ connection: 'fresh' });
    expect(heard).toEqual(['connected']);
  });
});
