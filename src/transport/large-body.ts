import type { AnswerRest, TransportFailure } from '../model/answer.ts';
import type { Clock } from '../ports/clock.ts';
import type { AnswerBody, BodyLimits, BodySink } from './answer-body.ts';
import type { Holder } from './byte-budget.ts';
import { Decoder, type DecoderSink, type Encoding } from './decoder.ts';
import { PieceStream, type StreamOwner } from './piece-stream.ts';

/** Who waits for a body that may be too large to be held. After `bodyBegun` neither of the two of `BodySink` is called any more. */
export interface LargeBodySink extends BodySink {
  /** More has arrived than is held: what there is, and what comes, is to be read from `rest`. */
  bodyBegun(rest: AnswerRest): void;
  /** The rest takes more again. */
  bodyHungry(): void;
  /** The rest was read to its end. */
  bodyRead(): void;
  /** The rest is not going to be read any more, or breaks off here. */
  bodyLeft(why: TransportFailure): void;
}

/** What a body may hold, and how long its reader may wait for the upstream. */
export interface LargeBodyLimits extends BodyLimits {
  /** Decoded bytes; more of them and the body is streamed. */
  readonly streamAbove: number;
  readonly clock: Clock;
  /** Called when the body begins to be streamed. In milliseconds. */
  patienceMs(): number;
  readonly sink: LargeBodySink;
}

/**
 * What is reserved for one stream until its end: a turn of the wire, what the decoder holds of it, and what the client's socket has not
 * sent yet.
 */
const windowBytes = 512 * 1024;

/** Whoever holds more of an answer that is not whole yet, in bytes, may have to give way to others. */
export const heavyBytes = 256 * 1024;

/**
 * A body on its way in that may be large: held up to a limit, streamed above it.
 *
 * It counts as any other while it is held. What it holds while it is streamed was set aside when it began, so that a stream never fails
 * for want of memory.
 */
export class LargeBody implements AnswerBody, DecoderSink, StreamOwner, Holder {
  readonly #limits: LargeBodyLimits;
  readonly #decoder: Decoder | undefined;
  #pieces: Buffer[] = [];
  #stream: PieceStream | undefined;
  #wireBytes = 0;
  #bytes = 0;
  /** Taken of the budget and not given back. */
  #held = 0;

  constructor(encoding: Exclude<Encoding, 'unknown'>, limits: LargeBodyLimits) {
    this.#limits = limits;
    this.#decoder = encoding === 'identity' ? undefined : new Decoder(encoding, this);
  }

  /** No more should be received until the sink hears `bodyHungry`. */
  get isFull(): boolean {
    return this.#stream !== undefined && (this.#stream.isFull || this.#decoder?.isFull === true);
  }

  receive(bytes: Buffer): void {
    if (this.#decoder === undefined) return this.piece(bytes);
    this.#wireBytes += bytes.length;
    if (this.#wireBytes > this.#limits.maxBytes) return this.#fail('too-large');
    if (this.#stream === undefined && !this.#take(bytes.length)) return this.#fail('over-budget');
    this.#decoder.write(bytes);
  }

  finish(): void {
    if (this.#decoder === undefined) this.ended();
    else this.#decoder.end();
  }

  drop(): void {
    this.#limits.budget.withdraw(this);
    this.#decoder?.stop();
    this.#pieces = [];
    this.#giveAllBut(0);
  }

  shed(): void {
    this.#fail('over-budget');
  }

  /** Ends the stream where it is. */
  breakOff(failure: TransportFailure): void {
    this.#stream?.fail(failure);
    this.drop();
  }

  piece(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#limits.maxBytes) return this.#fail('too-large');
    if (this.#stream !== undefined) return this.#pass(this.#stream, bytes);
    if (!this.#take(bytes.length)) return this.#fail('over-budget');
    this.#pieces.push(bytes);
    if (this.#bytes > this.#limits.streamAbove) this.#begin();
  }

  ended(): void {
    if (this.#stream !== undefined) return this.#stream.finish();
    const [first = nothing] = this.#pieces;
    this.#limits.sink.bodyComplete(this.#pieces.length < 2 ? first : Buffer.concat(this.#pieces, this.#bytes));
  }

  failed(): void {
    this.#fail('bad-encoding');
  }

  drained(): void {
    if (!this.isFull) this.#limits.sink.bodyHungry();
  }

  streamStarted(): void {
    this.#giveAllBut(windowBytes);
  }

  streamHungry(): void {
    this.#decoder?.resume();
    this.#limits.sink.bodyHungry();
  }

  streamRead(): void {
    this.#limits.sink.bodyRead();
  }

  streamLeft(why: 'aborted' | 'timeout'): void {
    this.#limits.sink.bodyLeft(why);
  }

  #begin(): void {
    const { clock, sink } = this.#limits;
    if (this.#held < windowBytes && !this.#take(windowBytes - this.#held)) return this.#fail('over-budget');
    const beginning = this.#pieces;
    this.#pieces = [];
    this.#limits.budget.withdraw(this);
    this.#stream = new PieceStream({ beginning, clock, patienceMs: this.#limits.patienceMs(), owner: this });
    this.#decoder?.pause();
    sink.bodyBegun(this.#stream);
  }

  #pass(stream: PieceStream, bytes: Buffer): void {
    stream.push(bytes);
    if (stream.isFull) this.#decoder?.pause();
  }

  #fail(failure: 'too-large' | 'over-budget' | 'bad-encoding'): void {
    if (this.#stream === undefined) this.#limits.sink.bodyFailed(failure);
    else this.#limits.sink.bodyLeft(failure);
  }

  #take(bytes: number): boolean {
    const { budget } = this.#limits;
    if (!budget.take(bytes, this)) return false;
    this.#held += bytes;
    if (this.#held > heavyBytes && this.#stream === undefined) budget.enrol(this);
    return true;
  }

  #giveAllBut(kept: number): void {
    if (this.#held <= kept) return;
    this.#limits.budget.give(this.#held - kept);
    this.#held = kept;
  }
}

const nothing = Buffer.alloc(0);
