import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import type { SendResult } from '../../../src/model/answer.ts';
import { createRealClock } from '../../../src/system/real-clock.ts';
import { createHttpTransport } from '../../../src/transport/http-transport.ts';

/** An upstream on a thread of its own: it answers once flag 0 is up, and puts flag 1 up once it has. */
const upstreamOnAThread = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:http').createServer((request, response) => {
    request.resume().on('end', () => {
      Atomics.wait(workerData, 0, 0);
      response.on('finish', () => {
        Atomics.store(workerData, 1, 1);
        Atomics.notify(workerData, 1);
      });
      response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

const deadlineMs = 1_000;

it('F-220 an answer that came while our own loop stood still is not discarded by its late deadline', async () => {
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(upstreamOnAThread, { eval: true, workerData: flags });
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = await once(worker, 'message');
  const clock = createRealClock();
  onTestFinished(() => clock.stop());
  const url = `http://127.0.0.1:${port}/`;
  const transport = createHttpTransport({
    endpoints: [{ key: 'up', url, headers: {} }],
    connectTimeoutMs: 2_000,
    maxBufferedBytes: 1024,
    clock,
  });
  onTestFinished(() => transport.close());
  const send = (): Promise<SendResult> =>
    new Promise((resolve) => {
      const body = Buffer.from('{}');
      const base = { upstream: 'up', body, maxBytes: 100, connection: 'pooled', resend: 'reads' } as const;
      transport.send({ ...base, timeoutMs: deadlineMs }, resolve);
    });
  const result = send();
  await stallInsideAnIoCallback(flags);
  expect(await result).toMatchObject({ kind: 'answered', status: 200 });
});

/** Holds the loop from inside a socket's callback until the answer is on the wire and the deadline is long past. */
async function stallInsideAnIoCallback(flags: Int32Array): Promise<void> {
  const echo = createServer((socket) => socket.end('go')).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const address = echo.address();
  const socket = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  await new Promise<void>((resolve) => {
    socket.once('data', () => {
      Atomics.store(flags, 0, 1);
      Atomics.notify(flags, 0);
      Atomics.wait(flags, 1, 0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1.2 * deadlineMs);
      resolve();
    });
  });
  socket.destroy();
  echo.close();
}
