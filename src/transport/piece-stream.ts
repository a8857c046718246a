import type { AnswerRest, RestPiece, TransportFailure } from '../model/answer.ts';
import type { Cancel, Clock } from '../ports/clock.ts';

/** A reader that asks for nothing for so long has forgotten that it reads. In milliseconds; clients that stall are sent away before. */
const maxReaderPauseMs = 60_000;

/** What a stream of pieces is told and asked for. */
export interface PieceStreamOptions {
  readonly beginning: readonly Buffer[];
  readonly clock: Clock;
  /** How long the reader may wait for the upstream in all, in milliseconds. */
  readonly patienceMs: number;
  readonly owner: StreamOwner;
}

/** Who brings the pieces. */
export interface StreamOwner {
  /** The first read: the beginning is held no more. */
  streamStarted(): void;
  /** Nothing is left to read: more may come. */
  streamHungry(): void;
  /** The end was read. */
  streamRead(): void;
  /** Nobody reads on, or the upstream kept the reader waiting for too long. */
  streamLeft(why: 'aborted' | 'timeout'): void;
}

const ended: RestPiece = Object.freeze({ kind: 'ended' });

/**
 * Pieces on their way from an upstream to a reader, never more than one turn of the wire ahead of it.
 *
 * Time runs against the upstream only while the reader waits for it: how fast a client takes its bytes says nothing of an upstream.
 */
export class PieceStream implements AnswerRest {
  #beginning: readonly Buffer[];
  readonly #clock: Clock;
  readonly #owner: StreamOwner;
  #patienceMs: number;
  readonly #queue: Buffer[] = [];
  #end: RestPiece | undefined;
  #reader: ((piece: RestPiece) => void) | undefined;
  #hasStarted = false;
  #waitingSince = 0;
  #cancelTimer: Cancel;

  constructor({ beginning, clock, patienceMs, owner }: PieceStreamOptions) {
    this.#beginning = beginning;
    this.#clock = clock;
    this.#patienceMs = patienceMs;
    this.#owner = owner;
    this.#cancelTimer = this.#awaitReader();
  }

  get beginning(): readonly Buffer[] {
    return this.#beginning;
  }

  /** Something waits to be read: no more should come for now. */
  get isFull(): boolean {
    return this.#queue.length > 0;
  }

  read(): Promise<RestPiece> {
    if (!this.#hasStarted) this.#start();
    return new Promise((resolve) => {
      this.#reader = resolve;
      const next = this.#take();
      if (next !== undefined) return this.#hand(next);
      this.#cancelTimer();
      this.#waitingSince = this.#clock.now();
      this.#cancelTimer = this.#clock.after(this.#patienceMs, () => this.#owner.streamLeft('timeout'));
      this.#owner.streamHungry();
    });
  }

  cancel(): void {
    if (this.#end?.kind !== 'broken') this.#owner.streamLeft('aborted');
  }

  /** A piece has arrived. */
  push(bytes: Buffer): void {
    if (this.#end !== undefined) return;
    this.#queue.push(bytes);
    this.#serve();
  }

  /** All has arrived. */
  finish(): void {
    this.#end ??= ended;
    this.#serve();
  }

  /** No more will arrive, and what waits is not worth reading. The first word counts. */
  fail(failure: TransportFailure): void {
    this.#queue.length = 0;
    this.#end ??= { kind: 'broken', failure };
    if (this.#reader === undefined) this.#cancelTimer();
    else this.#serve();
  }

  #start(): void {
    this.#hasStarted = true;
    this.#beginning = [];
    this.#owner.streamStarted();
  }

  #serve(): void {
    if (this.#reader === undefined) return;
    this.#patienceMs = Math.max(1, this.#patienceMs - (this.#clock.now() - this.#waitingSince));
    const next = this.#take();
    if (next !== undefined) this.#hand(next);
  }

  #take(): RestPiece | undefined {
    const bytes = this.#queue.shift();
    return bytes === undefined ? this.#end : { kind: 'bytes', bytes };
  }

  #hand(piece: RestPiece): void {
    const reader = this.#reader;
    this.#reader = undefined;
    this.#cancelTimer();
    if (piece.kind === 'bytes') this.#cancelTimer = this.#awaitReader();
    reader?.(piece);
    if (piece.kind === 'ended') this.#owner.streamRead();
  }

  #awaitReader(): Cancel {
    return this.#clock.after(maxReaderPauseMs, () => this.#owner.streamLeft('aborted'));
  }
}
