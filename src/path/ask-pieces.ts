import { joinLists } from '../codec/join-lists.ts';
import type { Answer } from '../model/answer.ts';
import type { FaultAnswer } from '../model/faults.ts';
import { okVerdict } from '../model/verdict.ts';
import type { Cancel } from '../ports/clock.ts';
import type { HeldBytes } from '../ports/held-bytes.ts';
import { type BlockRange, type PiecesState, type PiecesStep, stepPieces, widthOf } from '../relay/log-pieces.ts';
import { pieceOf } from './logs-range.ts';
import { overloaded } from './own-answers.ts';
import type { ReplyFacts } from './render.ts';
import { type Answered, gone, refused, type Serve, type Served, type Trip } from './trip.ts';

/** What asking piece by piece works with. */
export interface AskPiecesDeps {
  readonly held: HeldBytes;
  readonly perPiece: Serve;
  /** An upstream refused a piece for its width. */
  refused(refusal: Answered): void;
}

/** A call that is asked in pieces. */
export interface PiecedCall {
  readonly trip: Trip;
  /** The pieces to begin with. */
  readonly first: PiecesStep;
  /** Attempts made before, for the header that counts them. */
  readonly attempts: number;
}

type ErrorAnswer = Extract<Answer, { readonly kind: 'error' }>;

/** True for an upstream's refusal of a call that asks for too much at once. */
export function isTooWide(served: Served): served is Answered & { readonly answer: ErrorAnswer } {
  return served.kind === 'answered' && served.answer.kind === 'error' && served.verdict.meaning === 'result-too-large';
}

/**
 * Asks a call piece by piece and puts the answers together, in the order of their blocks, byte for byte.
 *
 * One piece that fails for good fails the call, and the others are cancelled. `too-many`: it would have taken more pieces than there may be;
 * `no-list`: the answers are none that could be joined. Rejects only for a bug.
 */
export function askPieces(deps: AskPiecesDeps, call: PiecedCall): Promise<Served | 'too-many' | 'no-list'> {
  return new Promise((resolve, reject) => {
    new RunningPieces(deps, call, { resolve, reject }).start();
  });
}

type PiecesEnd = Served | 'too-many' | 'no-list';

interface Waiting {
  resolve(end: PiecesEnd): void;
  reject(bug: unknown): void;
}

/** The driver's side: the pieces under way, and what the answered ones hold. */
class RunningPieces {
  readonly #deps: AskPiecesDeps;
  readonly #call: PiecedCall;
  readonly #waiting: Waiting;
  /** By the height a piece begins at. */
  readonly #answers = new Map<number, Answered>();
  readonly #cancels: Cancel[] = [];
  #state: PiecesState;
  #heldBytes = 0;
  #isOver = false;

  constructor(deps: AskPiecesDeps, call: PiecedCall, waiting: Waiting) {
    this.#deps = deps;
    this.#call = call;
    this.#waiting = waiting;
    this.#state = call.first.state;
  }

  start(): void {
    this.#call.trip.onCancel(() => this.#end(gone));
    this.#apply(this.#call.first);
  }

  #apply({ state, effect }: PiecesStep): void {
    this.#state = state;
    switch (effect.kind) {
      case 'ask':
        for (const piece of effect.pieces) this.#ask(piece).catch((bug) => this.#fail(bug));
        return;
      case 'join':
        return this.#join();
      case 'stand':
        return this.#end('too-many');
    }
  }

  async #ask(piece: BlockRange): Promise<void> {
    const { trip } = this.#call;
    const classified = pieceOf(trip.lane, trip.classified, piece);
    if (classified === undefined) return this.#end('too-many');
    const over = await trip.charge?.();
    if (over !== undefined) return this.#end(refused(over));
    if (this.#isOver) return;
    const onCancel = (cancel: Cancel): void => void this.#cancels.push(cancel);
    const served = await this.#deps.perPiece({
      ...trip,
      classified,
      purpose: 'logs-piece',
      large: 'refused',
      onCancel,
    });
    if (!this.#isOver) this.#receive(piece, served);
  }

  #receive(piece: BlockRange, served: Served): void {
    if (isTooWide(served)) {
      this.#deps.refused(served);
      // Of a single block the upstream itself has to say why it is too much.
      if (widthOf(piece) === 1) return this.#end(served);
      return this.#apply(stepPieces(this.#state, { kind: 'refused', piece, width: served.verdict.width?.blocks }));
    }
    if (served.kind !== 'answered' || served.answer.kind !== 'result') return this.#end(served);
    const fault = this.#keep(served.answer.result.length);
    if (fault !== undefined) return this.#end(refused(fault));
    this.#answers.set(piece.from, served);
    this.#apply(stepPieces(this.#state, { kind: 'answered', piece }));
  }

  /** Why there is no room for a piece; undefined where there is. */
  #keep(bytes: number): FaultAnswer | undefined {
    const { maxHeldBytes } = this.#call.trip.lane.settings.limits;
    if (this.#heldBytes + bytes > maxHeldBytes) return tooLarge(maxHeldBytes);
    if (!this.#deps.held.take(bytes)) return overloaded;
    this.#heldBytes += bytes;
    return undefined;
  }

  #join(): void {
    const answers = this.#state.pieces.flatMap(({ from }) => this.#answers.get(from) ?? []);
    const lists = answers.flatMap(({ answer }) => (answer.kind === 'result' ? [answer.result] : []));
    const result = joinLists(lists);
    if (result === undefined) return this.#end('no-list');
    const facts = joinFacts(answers, this.#call.attempts);
    const [first] = answers;
    const upstream = answers.every((answered) => answered.upstream === first?.upstream) ? first?.upstream : undefined;
    this.#end({ kind: 'answered', answer: { kind: 'result', result }, verdict: okVerdict, facts, upstream });
  }

  #fail(bug: unknown): void {
    if (this.#isOver) return;
    this.#close();
    this.#waiting.reject(bug);
  }

  #end(end: PiecesEnd): void {
    if (this.#isOver) return;
    this.#close();
    this.#waiting.resolve(end);
  }

  #close(): void {
    this.#isOver = true;
    for (const cancel of this.#cancels) cancel();
    this.#deps.held.give(this.#heldBytes);
  }
}

/** Attempts are those of all pieces; an upstream is named where it was the same for all. */
function joinFacts(answers: readonly Answered[], before: number): ReplyFacts {
  const [first] = answers;
  const same = <Key extends keyof ReplyFacts>(key: Key): ReplyFacts[Key] | undefined =>
    answers.every(({ facts }) => facts[key] === first?.facts[key]) ? first?.facts[key] : undefined;
  const heights = answers.flatMap(({ facts }) => facts.height ?? []);
  return {
    upstream: same('upstream'),
    attempts: answers.reduce((sum, { facts }) => sum + facts.attempts, before),
    height: heights.length === 0 ? undefined : Math.min(...heights),
    degraded: answers.find(({ facts }) => facts.degraded !== undefined)?.facts.degraded,
    cache: same('cache') ?? 'miss',
  };
}

function tooLarge(maxHeldBytes: number): FaultAnswer {
  return {
    fault: 'RESPONSE_TOO_LARGE',
    message: `The answers for the parts of this range are larger than ${maxHeldBytes} bytes together. Ask for fewer blocks at a time.`,
  };
}
