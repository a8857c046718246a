import {
  type BrotliDecompress,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  type Gunzip,
  type Inflate,
  type InflateRaw,
} from 'node:zlib';

/** How a body is encoded: not at all, in one layer we can undo, or in a way we cannot. */
export type Encoding = 'identity' | 'gzip' | 'deflate' | 'br' | 'unknown';

type Inflater = Gunzip | Inflate | InflateRaw | BrotliDecompress;

/** Takes decoded pieces. After `failed`, `ended` or `stop` nothing more is called. */
export interface DecoderSink {
  piece(bytes: Buffer): void;
  ended(): void;
  failed(): void;
  /** The decoder takes more again, after it was full. */
  drained?(): void;
}

/** Decoded pieces are this large: few callbacks for a large answer, little waste for a small one. */
const chunkSize = 64 * 1024;

/** Reads a `content-encoding` value: at most one layer. */
export function readEncoding(value: string): Encoding {
  switch (value.trim().toLowerCase()) {
    case '':
    case 'identity':
      return 'identity';
    case 'gzip':
    case 'x-gzip':
      return 'gzip';
    case 'deflate':
      return 'deflate';
    case 'br':
      return 'br';
    default:
      return 'unknown';
  }
}

/** Undoes one layer of encoding piece by piece, off the main thread. It counts nothing: the sink may `stop` it any time. */
export class Decoder {
  readonly #encoding: Encoding;
  readonly #sink: DecoderSink;
  #inflater: Inflater | undefined;

  constructor(encoding: Encoding, sink: DecoderSink) {
    this.#encoding = encoding;
    this.#sink = sink;
  }

  write(bytes: Buffer): void {
    this.#inflater ??= this.#open(bytes);
    this.#inflater.write(bytes);
  }

  /** All bytes are in. An empty body is an empty body in any encoding. */
  end(): void {
    if (this.#inflater === undefined) this.#sink.ended();
    else this.#inflater.end();
  }

  /** So many encoded bytes wait that more should not be written until the sink hears `drained`. */
  get isFull(): boolean {
    return this.#inflater?.writableNeedDrain === true;
  }

  /** Brings no piece until `resume`, and then goes on where it stopped. */
  pause(): void {
    this.#inflater?.pause();
  }

  resume(): void {
    this.#inflater?.resume();
  }

  stop(): void {
    this.#inflater?.removeAllListeners();
    this.#inflater?.on('error', ignore);
    this.#inflater?.destroy();
  }

  #open(first: Buffer): Inflater {
    const inflater = createInflater(this.#encoding, first);
    inflater.on('data', (bytes: Buffer) => this.#sink.piece(bytes));
    inflater.once('end', () => this.#sink.ended());
    inflater.once('error', () => this.#sink.failed());
    inflater.on('drain', () => this.#sink.drained?.());
    return inflater;
  }
}

function createInflater(encoding: Encoding, first: Buffer): Inflater {
  switch (encoding) {
    case 'br':
      return createBrotliDecompress({ chunkSize });
    case 'deflate':
      // RFC 9110 means the zlib format (method 8 in the low half of the first byte); some send the bare stream.
      return ((first[0] ?? 0) & 0x0f) === 8 ? createInflate({ chunkSize }) : createInflateRaw({ chunkSize });
    default:
      return createGunzip({ chunkSize });
  }
}

function ignore(): void {}
