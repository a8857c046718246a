import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { Peer, Script } from './fault-upstream.ts';

/** A good answer's body: what most scripts say, or half of it. */
export const goodBody = '{"jsonrpc":"2.0","id":1,"result":"0x1"}';

const half = goodBody.slice(0, goodBody.length >> 1);

/** An HTTP answer as text: status line, headers in the order given, body. */
export function http(status: string, headers: readonly string[], body = ''): string {
  return `HTTP/1.1 ${status}\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n${body}`;
}

/** A well-formed answer with `content-length`. */
export function wellFormed(body: string, headers: readonly string[] = []): string {
  return http('200 OK', [`content-length: ${Buffer.byteLength(body)}`, ...headers], body);
}

/** Answers well; `body` may say what to answer to each request. */
export function answers(body: string | ((peer: Peer) => string) = goodBody): Script {
  return (peer) => peer.write(wellFormed(typeof body === 'string' ? body : body(peer)));
}

/** Says just these bytes and keeps the connection. */
export function says(text: string): Script {
  return (peer) => peer.write(text);
}

/** Says just these bytes and closes in good order. */
export function saysAndCloses(text: string): Script {
  return (peer) => {
    peer.write(text);
    peer.fin();
  };
}

/** Takes the request and never says a word. */
export const silent: Script = () => {};

export const resetsBeforeHeaders: Script = (peer) => peer.reset();

export const closesBeforeHeaders: Script = (peer) => peer.fin();

/** Half of what `content-length` promised, then a reset. The pause lets the first half arrive before it. */
export const resetsMidBody: Script = (peer) => {
  peer.write(http('200 OK', [`content-length: ${goodBody.length}`], half));
  setImmediate(() => setImmediate(() => peer.reset()));
};

/** Half of what `content-length` promised, then the end. */
export const closesMidLength: Script = saysAndCloses(http('200 OK', [`content-length: ${goodBody.length}`], half));

/** Half of the chunks and no last one, then the end. */
export const closesMidChunks: Script = saysAndCloses(
  http('200 OK', ['transfer-encoding: chunked'], `${half.length.toString(16)}\r\n${half}\r\n`),
);

/** A body that ends where the connection ends, cut in half: nothing in HTTP can tell. */
export const closesMidOpenEnd: Script = saysAndCloses(http('200 OK', ['connection: close'], half));

/** Good headers, then one byte at a time, for ever. */
export const drips: Script = (peer) => {
  peer.write(http('200 OK', ['content-length: 1000000']));
  peer.drip(' ', 5);
};

/** A chunked body at full speed, for ever. */
export const neverEnds: Script = (peer) => {
  peer.write(http('200 OK', ['transfer-encoding: chunked']));
  peer.flood(Buffer.from(`10000\r\n${'x'.repeat(0x10000)}\r\n`));
};

/** Interim answers at full speed, for ever. */
export const floodsInterim: Script = (peer) => peer.flood(Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(64)));

export const hugeHeaders: Script = says(wellFormed(goodBody, [`x-huge: ${'h'.repeat(20_000)}`]));

export const bothLengths: Script = says(
  http('200 OK', [`content-length: ${goodBody.length}`, 'transfer-encoding: chunked'], `0\r\n\r\n`),
);

export const twoLengths: Script = says(
  http('200 OK', [`content-length: ${goodBody.length}`, `content-length: ${goodBody.length - 1}`], goodBody),
);

export const garbageBanner: Script = says('SSH-2.0-OpenSSH_9.2\r\n');

/** A whole answer, and in the same breath an answer nobody asked for. */
export const saysTooMuch: Script = says(
  wellFormed(goodBody) + wellFormed('{"jsonrpc":"2.0","id":666,"result":"0xbad"}'),
);

export function redirects(status: string, location: string): Script {
  return says(http(status, [`location: ${location}`, 'content-length: 0']));
}

export function tooManyRequests(retryAfter: string | undefined, status = '429 Too Many Requests'): Script {
  return says(http(status, ['content-length: 0', ...(retryAfter === undefined ? [] : [`retry-after: ${retryAfter}`])]));
}

/** Answers well; the connection ends in silence after the `count`th answer on it. */
export function closesAfter(count: number): Script {
  return (peer) => {
    peer.write(wellFormed(goodBody));
    if (peer.request === count) peer.fin();
  };
}

/** Answers the first request of a connection and resets it at the second: a kept connection gone stale. */
export const staleAfterFirst: Script = (peer) => {
  if (peer.request === 1) peer.write(wellFormed(goodBody));
  else peer.reset();
};

/** An answer under a `content-encoding`, the body bytes as they are. */
export function encoded(encoding: string, body: Buffer): Script {
  return (peer) => {
    peer.write(http('200 OK', [`content-encoding: ${encoding}`, `content-length: ${body.length}`]));
    peer.write(body);
  };
}

const goodBytes = Buffer.from(goodBody);

/** The good body under each encoding in use. */
export const encodings: readonly { readonly name: string; readonly header: string; readonly body: Buffer }[] = [
  { name: 'gzip', header: 'gzip', body: gzipSync(goodBytes) },
  { name: 'x-gzip', header: 'X-GZIP', body: gzipSync(goodBytes) },
  { name: 'deflate in the zlib format', header: 'deflate', body: deflateSync(goodBytes) },
  { name: 'deflate without it', header: 'deflate', body: deflateRawSync(goodBytes) },
  { name: 'br', header: 'br', body: brotliCompressSync(goodBytes) },
  { name: 'identity', header: 'identity', body: goodBytes },
];

/** So many zero bytes, packed as small as they get. */
export function gzipBomb(bytes: number): Buffer {
  return gzipSync(Buffer.alloc(bytes));
}

export function brotliBomb(bytes: number): Buffer {
  return brotliCompressSync(Buffer.alloc(bytes));
}
