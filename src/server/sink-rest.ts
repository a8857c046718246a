import type { IncomingMessage } from 'node:http';

/** So many bytes more are taken from who was refused; in time they are bound by how long a request may take. */
const maxSunkBytes = 64 * 1024 * 1024;

/**
 * Takes in what is still to come of a refused request, and forgets it. A connection that is closed upon bytes nobody read is
 * reset, and the reset overtakes the answer: its client would see a broken connection, and try again.
 *
 * Who sends too much all the same is cut off.
 */
export function sinkRest(request: IncomingMessage, maxBytes: number = maxSunkBytes): void {
  let sunk = 0;
  request.on('data', (chunk: Buffer) => {
    sunk += chunk.length;
    if (sunk > maxBytes) request.destroy();
  });
}
