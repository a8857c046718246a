import type { ByteBudget } from './byte-budget.ts';
import { Decoder, type DecoderSink, type Encoding } from './decoder.ts';

/** Why a body is given up. */
export type BodyFailure = 'too-large' | 'over-budget' | 'bad-encoding';

/** Who waits for a body. Exactly one of the two is called, unless the body is dropped first. */
export interface BodySink {
  bodyComplete(body: Buffer): void;
  bodyFailed(failure: BodyFailure): void;
}

/** A body on its way in, within its own cap and the budget of all. */
export interface AnswerBody {
  /** Takes bytes off the wire. */
  receive(bytes: Buffer): void;
  /** The wire has said all. */
  finish(): void;
  /** Lets go of every byte; nothing is called afterwards. Again does nothing. */
  drop(): void;
}

/** What bodies of one attempt may hold, and who is told. */
export interface BodyLimits {
  readonly maxBytes: number;
  readonly budget: ByteBudget;
  readonly sink: BodySink;
}

/** Starts to take a body in; `encoding` is what the upstream said, and one we can undo. */
export function createAnswerBody(encoding: Exclude<Encoding, 'unknown'>, limits: BodyLimits): AnswerBody {
  return encoding === 'identity' ? new PlainBody(limits) : new EncodedBody(encoding, limits);
}

const nothing = Buffer.alloc(0);

/** Pieces that count against the cap and the budget. One piece, the common case, is never copied. */
class Pieces {
  readonly #limits: BodyLimits;
  #first: Buffer | undefined;
  #others: Buffer[] | undefined;
  #bytes = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  add(piece: Buffer): BodyFailure | undefined {
    if (this.#bytes + piece.length > this.#limits.maxBytes) return 'too-large';
    if (!this.#limits.budget.take(piece.length)) return 'over-budget';
    this.#bytes += piece.length;
    if (this.#first === undefined) this.#first = piece;
    else if (this.#others === undefined) this.#others = [this.#first, piece];
    else this.#others.push(piece);
    return undefined;
  }

  whole(): Buffer {
    return this.#others === undefined ? (this.#first ?? nothing) : Buffer.concat(this.#others, this.#bytes);
  }

  drop(): void {
    this.#limits.budget.give(this.#bytes);
    this.#bytes = 0;
    this.#first = undefined;
    this.#others = undefined;
  }
}

class PlainBody implements AnswerBody {
  readonly #sink: BodySink;
  readonly #pieces: Pieces;

  constructor(limits: BodyLimits) {
    this.#sink = limits.sink;
    this.#pieces = new Pieces(limits);
  }

  receive(bytes: Buffer): void {
    const failure = this.#pieces.add(bytes);
    if (failure !== undefined) this.#sink.bodyFailed(failure);
  }

  finish(): void {
    this.#sink.bodyComplete(this.#pieces.whole());
  }

  drop(): void {
    this.#pieces.drop();
  }
}

/** Counts encoded bytes and decoded ones apart, each against the whole cap, both against the budget. */
class EncodedBody implements AnswerBody, DecoderSink {
  readonly #limits: BodyLimits;
  readonly #decoded: Pieces;
  readonly #decoder: Decoder;
  #wireBytes = 0;

  constructor(encoding: Encoding, limits: BodyLimits) {
    this.#limits = limits;
    this.#decoded = new Pieces(limits);
    this.#decoder = new Decoder(encoding, this);
  }

  receive(bytes: Buffer): void {
    if (this.#wireBytes + bytes.length > this.#limits.maxBytes) return this.#limits.sink.bodyFailed('too-large');
    if (!this.#limits.budget.take(bytes.length)) return this.#limits.sink.bodyFailed('over-budget');
    this.#wireBytes += bytes.length;
    this.#decoder.write(bytes);
  }

  finish(): void {
    this.#decoder.end();
  }

  drop(): void {
    this.#decoder.stop();
    this.#decoded.drop();
    this.#limits.budget.give(this.#wireBytes);
    this.#wireBytes = 0;
  }

  piece(bytes: Buffer): void {
    const failure = this.#decoded.add(bytes);
    if (failure !== undefined) this.#limits.sink.bodyFailed(failure);
  }

  ended(): void {
    this.#limits.sink.bodyComplete(this.#decoded.whole());
  }

  failed(): void {
    this.#limits.sink.bodyFailed('bad-encoding');
  }
}
