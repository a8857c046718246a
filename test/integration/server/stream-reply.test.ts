import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AnswerRest, RestPiece } from '../../../src/model/answer.ts';
import { openPublic, replyOf } from './open-doors.ts';

/** What a handle has still to bring, brought by hand. */
class HandRest implements AnswerRest {
  readonly beginning = [];
  reads = 0;
  isCancelled = false;
  readonly #pieces: RestPiece[];
  #waiting: ((piece: RestPiece) => void) | undefined;

  constructor(...pieces: readonly RestPiece[]) {
    this.#pieces = [...pieces];
  }

  bring(piece: RestPiece): void {
    this.#waiting?.(piece);
  }

  read(): Promise<RestPiece> {
    this.reads += 1;
    const next = this.#pieces.shift();
    if (next !== undefined) return Promise.resolve(next);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  cancel(): void {
    this.isCancelled = true;
    this.bring({ kind: 'broken', failure: 'aborted' });
  }
}

const ended: RestPiece = { kind: 'ended' };

function bytes(text: string): RestPiece {
  return { kind: 'bytes', bytes: Buffer.from(text) };
}

/** A door behind which every answer begins with `[` and goes on with this. */
async function openBefore(rest: AnswerRest, beginning = '['): Promise<string> {
  const { url } = await openPublic({ handle: async () => ({ ...replyOf(beginning), rest }) });
  return url;
}

function dial(url: string, version = '1.1'): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  onTestFinished(() => void socket.destroy());
  socket.write(`POST /eth HTTP/${version}\r\nhost: x\r\ncontent-length: 0\r\n\r\n`);
  return socket;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe('an answer whose rest is still to come', () => {
  test('is sent piece by piece under the headers of any other, and ends with its rest', async () => {
    const url = await openBefore(new HandRest(bytes('1,'), bytes('2]'), ended));
    const answer = await fetch(`${url}/eth`, {
      method: 'POST',
      headers: { 'x-request-id': 'mine', origin: 'https://a' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('x-request-id')).toBe('mine');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('content-length')).toBeNull();
    expect(await answer.text()).toBe('[1,2]');
  });

  test('leaves its connection to the next call', async () => {
    const url = await openBefore(new HandRest(ended, ended), '[]');
    const socket = dial(url);
    const [first] = await once(socket, 'data');
    expect(first).toMatch(/\r\n0\r\n\r\n$/);
    socket.write('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n');
    const [second] = await once(socket, 'data');
    expect(second).toMatch(/^HTTP\/1\.1 200/);
  });

  test.each(['1.1', '1.0'])(
    'breaks off over HTTP/%s as its rest does: its client never reads an end',
    async (version) => {
      const rest = new HandRest(bytes('1,'));
      const socket = dial(await openBefore(rest), version);
      const said = socket.toArray();
      await until(() => rest.reads === 2);
      rest.bring({ kind: 'broken', failure: 'reset' });
      const text = (await said).join('');
      expect(text).toContain('1,');
      expect(text).not.toMatch(/\r\n0\r\n\r\n$|\]/);
    },
  );

  test('is cancelled when its client goes', async () => {
    const rest = new HandRest(bytes('1,'));
    const socket = dial(await openBefore(rest));
    await once(socket, 'data');
    socket.destroy();
    await until(() => rest.isCancelled);
  });

  test('is read no further than its client reads', async () => {
    const block = bytes('x'.repeat(1024 * 1024));
    const pieces = 64;
    const rest = new HandRest(...Array.from({ length: pieces }, () => block), ended);
    const socket = dial(await openBefore(rest));
    await once(socket, 'data');
    socket.pause();
    for (let last = -1, same = 0; same < 200; last = rest.reads) {
      await new Promise((resolve) => setImmediate(resolve));
      same = rest.reads === last ? same + 1 : 0;
    }
    expect(rest.reads).toBeLessThan(pieces / 2);
    socket.resume();
    await until(() => rest.reads === pieces + 1);
  });
});
