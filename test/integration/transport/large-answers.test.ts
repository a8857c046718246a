import { createServer, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AnswerRest, SendResult } from '../../../src/model/answer.ts';
import * as scripts from '../../support/fault-scripts.ts';
import type { Peer } from '../../support/fault-upstream.ts';
import { facing, openTransport, until } from './open-transport.ts';

const mebibyte = 1024 * 1024;
const streamed = { streamAbove: 64 * 1024, maxBytes: 256 * mebibyte };

/** Bytes that cannot be mistaken for one another. */
function bytesOf(length: number): Buffer {
  return Buffer.from(
    Array.from({ length: Math.ceil(length / 8) }, (_, at) => at.toString(16).padStart(8, '0')).join(''),
  ).subarray(0, length);
}

function chunked(bytes: Buffer): string {
  return `${bytes.length.toString(16)}\r\n${bytes.toString('latin1')}\r\n`;
}

const openEnded = scripts.http('200 OK', ['transfer-encoding: chunked']);

function restOf(result: SendResult): AnswerRest {
  if (result.kind !== 'answered' || result.rest === undefined) throw new Error(`nothing to read: ${result.kind}`);
  return result.rest;
}

/** All of it, beginning included, and how it ended. */
async function readAll(rest: AnswerRest): Promise<{ readonly bytes: Buffer; readonly end: object }> {
  const pieces = [...rest.beginning];
  for (;;) {
    const piece = await rest.read();
    if (piece.kind !== 'bytes') return { bytes: Buffer.concat(pieces), end: piece };
    pieces.push(piece.bytes);
  }
}

/** An upstream that sends as fast as it is let, and says how much it has sent. */
async function flooding(total: number): Promise<{ readonly url: string; sent(): number }> {
  const block = Buffer.alloc(64 * 1024, 0x20);
  let sent = 0;
  const pour = (response: ServerResponse): void => {
    while (sent < total) {
      sent += block.length;
      if (!response.write(block)) return void response.once('drain', () => pour(response));
    }
    response.end();
  };
  const server = createServer((request, response) => request.resume().once('end', () => pour(response)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  onTestFinished(() => server.closeAllConnections());
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/`, sent: () => sent };
}

/** Lets the loop turn until a number does not change any more. */
async function settled(value: () => number): Promise<number> {
  for (let last = value(), same = 0; same < 200; ) {
    await new Promise((resolve) => setImmediate(resolve));
    same = value() === last ? same + 1 : 0;
    last = value();
  }
  return value();
}

describe('F-068 an answer above what is held', () => {
  const body = bytesOf(3 * mebibyte);

  it.each([
    ['with its length', (peer: Peer) => peer.write(scripts.wellFormed(body.toString('latin1')))],
    ['in chunks', (peer: Peer) => peer.write(`${openEnded}${chunked(body)}0\r\n\r\n`)],
    ['packed', scripts.encoded('gzip', gzipSync(body))],
  ])('%s is read from its beginning to its end, and holds nothing afterwards', async (_, script) => {
    const { send, transport } = await facing(script);
    const rest = restOf(await send(streamed));
    expect(rest.beginning.reduce((sum, piece) => sum + piece.length, 0)).toBeGreaterThan(streamed.streamAbove);
    const { bytes, end } = await readAll(rest);
    expect(end).toEqual({ kind: 'ended' });
    expect(bytes.equals(body)).toBe(true);
    expect(transport.bufferedBytes()).toBe(0);
  });

  it.each([
    ['with its length', (peer: Peer) => peer.write(scripts.wellFormed('x'.repeat(1000)))],
    ['in chunks', (peer: Peer) => peer.write(`${openEnded}${chunked(Buffer.alloc(1000, 0x78))}0\r\n\r\n`)],
    ['packed', scripts.encoded('gzip', gzipSync('x'.repeat(1000)))],
  ])('is one above it only: a smaller one %s is whole at once', async (_, script) => {
    const { send } = await facing(script);
    const result = await send(streamed);
    expect(result).toMatchObject({ kind: 'answered', body: Buffer.from('x'.repeat(1000)) });
    expect(result).not.toHaveProperty('rest');
  });

  it('comes no faster than it is read, and counts with a window only once it is read', async () => {
    const total = 64 * mebibyte;
    const upstream = await flooding(total);
    const { send, transport } = openTransport(upstream.url);
    const rest = restOf(await send(streamed));
    expect(await settled(upstream.sent)).toBeLessThan(total / 2);
    await rest.read();
    expect(transport.bufferedBytes()).toBeLessThanOrEqual(512 * 1024);
    expect(await settled(upstream.sent)).toBeLessThan(total / 2);
    const { bytes, end } = await readAll(rest);
    expect(end).toEqual({ kind: 'ended' });
    expect(bytes.length).toBeGreaterThan(total / 2);
    expect(transport.bufferedBytes()).toBe(0);
  });

  it('leaves its connection to the next once all of it has arrived', async () => {
    const { send, upstream } = await facing((peer) => peer.write(scripts.wellFormed(body.toString('latin1'))));
    await readAll(restOf(await send(streamed)));
    await readAll(restOf(await send(streamed)));
    expect(upstream.connections).toBe(1);
  });

  it('that nobody wants any more closes its connection and holds nothing', async () => {
    const { send, upstream, transport } = await facing((peer) => {
      peer.write(openEnded);
      peer.flood(Buffer.from(chunked(Buffer.alloc(0x10000, 0x20))));
    });
    const rest = restOf(await send(streamed));
    await rest.read();
    rest.cancel();
    expect(await rest.read()).toEqual({ kind: 'broken', failure: 'aborted' });
    expect(transport.bufferedBytes()).toBe(0);
    await until(() => upstream.open === 0);
  });
});

describe('an answer that is read while it comes', () => {
  const half = chunked(Buffer.alloc(100_000, 0x20));

  /** An upstream that has said half and waits for the test. */
  async function halfway(options = {}) {
    const opened = await facing((peer) => peer.write(openEnded + half), options);
    const result = await opened.send(streamed);
    const [peer] = opened.upstream.seen;
    if (peer === undefined) throw new Error('nobody asked');
    return { ...opened, rest: restOf(result), peer };
  }

  it.each([
    ['reset', (peer: Peer) => peer.reset(), 'truncated'],
    ['closed', (peer: Peer) => peer.fin(), 'truncated'],
    ['garbled', (peer: Peer) => peer.write('this is no chunk\r\n'), 'bad-http'],
  ])('breaks off where its connection is %s', async (_, fault, failure) => {
    const { rest, peer, transport } = await halfway();
    fault(peer);
    expect((await readAll(rest)).end).toEqual({ kind: 'broken', failure });
    expect(await rest.read()).toEqual({ kind: 'broken', failure });
    expect(transport.bufferedBytes()).toBe(0);
  });

  it('breaks off above the largest answer allowed', async () => {
    const { send } = await facing((peer) => {
      peer.write(openEnded);
      peer.flood(Buffer.from(chunked(Buffer.alloc(0x10000, 0x20))));
    });
    const rest = restOf(await send({ ...streamed, maxBytes: mebibyte }));
    expect((await readAll(rest)).end).toEqual({ kind: 'broken', failure: 'too-large' });
  });

  it('F-011 has the time of its attempt for its upstream', async () => {
    const { rest, clock } = await halfway();
    const end = readAll(rest);
    await settled(() => clock.pending());
    clock.advance(4_999);
    clock.advance(2);
    expect((await end).end).toEqual({ kind: 'broken', failure: 'timeout' });
  });

  it('loses none of that time to a reader who is slow', async () => {
    const { rest, peer, clock } = await halfway();
    clock.advance(50_000);
    peer.write(`${half}0\r\n\r\n`);
    expect((await readAll(rest)).end).toEqual({ kind: 'ended' });
  });

  it('is not kept for a reader who has forgotten it', async () => {
    const { rest, clock, transport, upstream } = await halfway();
    clock.advance(60_001);
    expect(await rest.read()).toEqual({ kind: 'broken', failure: 'aborted' });
    expect(transport.bufferedBytes()).toBe(0);
    await until(() => upstream.open === 0);
  });

  it('ends with the transport', async () => {
    const { rest, transport } = await halfway();
    const end = readAll(rest);
    await transport.close();
    expect((await end).end).toEqual({ kind: 'broken', failure: 'aborted' });
  });
});

describe('F-069 large answers that together are more than is held', () => {
  const bytes = Buffer.alloc(400_000, 0x20);

  it.each([
    ['in chunks', openEnded + chunked(bytes), '0\r\n\r\n'],
    ['with their length', scripts.http('200 OK', ['content-length: 400001'], bytes.toString('latin1')), ' '],
  ])('%s, are shed from the newest on: the older ones and the small ones are answered', async (_, most, end) => {
    const { start, upstream, transport } = await facing((peer) => peer.write(most), { maxBufferedBytes: 1_000_000 });
    const older = start();
    await until(() => transport.bufferedBytes() >= 400_000);
    const newer = start();
    await until(() => transport.bufferedBytes() >= 800_000);
    upstream.play((peer) => peer.write(scripts.wellFormed('s'.repeat(250_000))));
    expect(await start().result).toMatchObject({ kind: 'answered' });
    expect(await newer.result).toMatchObject({ kind: 'failed', failure: 'over-budget' });
    upstream.seen[0]?.write(end);
    expect(await older.result).toMatchObject({ kind: 'answered' });
    expect(transport.bufferedBytes()).toBe(0);
  });
});
