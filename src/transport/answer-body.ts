import type { ByteBudget } from './byte-budget.ts';

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

const nothing = Buffer.alloc(0);

/** A body that says that it is small, and as it looks: held until it is whole. One piece, the common case, is never copied. */
export class PlainBody implements AnswerBody {
  readonly #limits: BodyLimits;
  #first: Buffer | undefined;
  #others: Buffer[] | undefined;
  #bytes = 0;

  constructor(limits: BodyLimits) {
    this.#limits = limits;
  }

  receive(piece: Buffer): void {
    const { maxBytes, budget, sink } = this.#limits;
    if (this.#bytes + piece.length > maxBytes) return sink.bodyFailed('too-large');
    if (!budget.take(piece.length)) return sink.bodyFailed('over-budget');
    this.#bytes += piece.length;
    if (this.#first === undefined) this.#first = piece;
    else if (this.#others === undefined) this.#others = [this.#first, piece];
    else this.#others.push(piece);
  }

  finish(): void {
    const whole = this.#others === undefined ? (this.#first ?? nothing) : Buffer.concat(this.#others, this.#bytes);
    this.#limits.sink.bodyComplete(whole);
  }

  drop(): void {
    this.#limits.budget.give(this.#bytes);
    this.#bytes = 0;
    this.#first = undefined;
    this.#others = undefined;
  }
}
