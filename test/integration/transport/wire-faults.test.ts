import { describe, expect, it, onTestFinished } from 'vitest';
import type { TransportFailure } from '../../../src/model/answer.ts';
import * as scripts from '../../support/fault-scripts.ts';
import { refusedUrl, type Script, startBlackHole } from '../../support/fault-upstream.ts';
import { bodyOf, facing, openTransport, until } from './open-transport.ts';

describe('a connection that does not come about', () => {
  it('F-001 fails at once as refused, with nothing sent', async () => {
    const { send } = openTransport(await refusedUrl());
    expect(await send()).toMatchObject({ kind: 'failed', failure: 'refused', sent: 'nothing' });
  });

  it('F-001 counts every refusal under a connection of its own', async () => {
    const { send } = openTransport(await refusedUrl());
    const [first, second] = [await send(), await send()];
    expect(first.connection).not.toBe(second.connection);
  });

  it('F-002 a black hole fails when the connect time is over, not before, with nothing sent', async () => {
    const hole = await startBlackHole();
    onTestFinished(() => hole.close());
    const { start, clock } = openTransport(hole.url);
    const { result } = start();
    let settled = false;
    result.then(() => {
      settled = true;
    });
    await clock.advanceAsync(1_999);
    expect(settled).toBe(false);
    await clock.advanceAsync(51);
    expect(await result).toMatchObject({ failure: 'connect-timeout', sent: 'nothing' });
  });

  it("F-002 the attempt's own deadline may come first", async () => {
    const hole = await startBlackHole();
    onTestFinished(() => hole.close());
    const { start, clock } = openTransport(hole.url);
    const { result } = start({ timeoutMs: 1_000 });
    await clock.advanceAsync(1_000);
    expect(await result).toMatchObject({ failure: 'timeout', sent: 'nothing' });
  });
});

describe('an exchange that breaks', () => {
  it.each<readonly [string, TransportFailure, Script]>([
    ['F-004 a reset before the headers', 'reset', scripts.resetsBeforeHeaders],
    ['F-005 an end before the headers', 'reset', scripts.closesBeforeHeaders],
    ['F-006 a reset in the middle of the body', 'truncated', scripts.resetsMidBody],
    ['F-007 an end in the middle of a body with a length', 'truncated', scripts.closesMidLength],
    ['F-008 an end in the middle of the chunks', 'truncated', scripts.closesMidChunks],
    [
      'F-008 the same on a connection that was to close',
      'truncated',
      scripts.saysAndCloses(closing('transfer-encoding: chunked', '5\r\nab')),
    ],
    [
      'F-007 an end short of the length on a connection that was to close',
      'truncated',
      scripts.saysAndCloses(closing('content-length: 5', 'ab')),
    ],
    ['F-014 headers above 16 KiB', 'bad-http', scripts.hugeHeaders],
    ['F-015 both content-length and transfer-encoding', 'bad-http', scripts.bothLengths],
    ['F-016 two different content-lengths', 'bad-http', scripts.twoLengths],
    ['F-017 a banner that is no HTTP', 'bad-http', scripts.garbageBanner],
    ['F-013 an unasked 100 Continue', 'bad-http', scripts.says('HTTP/1.1 100 Continue\r\n\r\n')],
    ['F-013 a flood of interim answers', 'bad-http', scripts.floodsInterim],
    [
      'an upgrade nobody asked for',
      'bad-http',
      scripts.says('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    ],
    [
      'a chunk size that is no number',
      'bad-http',
      scripts.says(scripts.http('200 OK', ['transfer-encoding: chunked'], 'zz\r\n')),
    ],
  ])('%s fails as %s and may have been sent', async (_name, failure, script) => {
    const { send } = await facing(script);
    expect(await send()).toMatchObject({ kind: 'failed', failure, sent: 'maybe' });
  });

  it('F-009 a body that ends with its connection is handed on as it came: only its structure can tell', async () => {
    const { send } = await facing(scripts.closesMidOpenEnd);
    const half = bodyOf(await send());
    expect(half.length).toBeGreaterThan(0);
    expect(scripts.goodBody.startsWith(half)).toBe(true);
  });

  it('a few interim answers are ignored', async () => {
    const { send } = await facing(
      scripts.says('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(3) + scripts.wellFormed('{}')),
    );
    expect(bodyOf(await send())).toBe('{}');
  });

  it('trailers and an unknown header change nothing', async () => {
    const trailing = scripts.http(
      '200 OK',
      ['transfer-encoding: chunked', 'trailer: x'],
      '2\r\n{}\r\n0\r\nx: y\r\n\r\n',
    );
    const { send } = await facing(scripts.says(trailing));
    expect(bodyOf(await send())).toBe('{}');
  });
});

describe('an exchange that takes too long', () => {
  it('F-010 headers that never come end at the deadline, and the connection with them', async () => {
    const { start, send, clock, upstream } = await facing(scripts.silent);
    const arrived = upstream.nextRequest();
    const { result } = start({ timeoutMs: 700 });
    await arrived;
    await clock.advanceAsync(700);
    expect(await result).toMatchObject({ failure: 'timeout', sent: 'maybe' });
    upstream.play(scripts.answers());
    expect(bodyOf(await send())).toBe(scripts.goodBody);
    expect(upstream.connections).toBe(2);
  });

  it('F-011 a body that drips ends at the deadline, however steadily it drips', async () => {
    const { start, clock, upstream, transport } = await facing(scripts.drips);
    const { result } = start({ timeoutMs: 700 });
    await upstream.nextRequest();
    await until(() => transport.bufferedBytes() > 3);
    await clock.advanceAsync(700);
    expect(await result).toMatchObject({ failure: 'timeout', sent: 'maybe' });
    expect(transport.bufferedBytes()).toBe(0);
  });

  it('F-025 a kept connection whose peer has vanished ends at the deadline', async () => {
    const { start, send, clock, upstream } = await facing(scripts.answers());
    await send();
    upstream.play(scripts.silent);
    const arrived = upstream.nextRequest();
    const { result } = start({ timeoutMs: 700 });
    await arrived;
    await clock.advanceAsync(700);
    expect(await result).toMatchObject({ failure: 'timeout', sent: 'maybe' });
  });
});

function closing(framing: string, body: string): string {
  return scripts.http('200 OK', ['connection: close', framing], body);
}
