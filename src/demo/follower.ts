import { isRecord } from '../model/json-path.ts';
import { type Gate, mayFollow } from './gate.ts';
import type { Journal, Origin, Step, StepOutcome } from './journal.ts';
import type { Anvil } from './spawn-anvil.ts';
import type { WireAnswer } from './wire-answer.ts';
import { parseJson } from './wire-request.ts';

/** A step is carried out in milliseconds; an anvil that takes this long hangs. */
const stepWithinMs = 5_000;

/** An anvil's state, and where in the journal it stands. */
export interface Snapshot {
  readonly position: number;
  readonly height: number;
  readonly state: string;
}

/**
 * One anvil that is told the journal, step by step and in order, as far as its gate allows. It ends where its anvil dies, hangs,
 * or makes other blocks than most do; then its anvil is killed, and `ended` says why.
 */
export class Follower {
  readonly anvil: Anvil;
  /** Resolves with the reason once it follows no more. */
  readonly ended: Promise<string>;
  readonly #journal: Journal;
  readonly #awaited = new Map<number, (answer: WireAnswer | undefined) => void>();
  #resolveEnded: (reason: string) => void = () => undefined;
  /** Position of the step it carries out next. */
  #position = 0;
  #height = 0;
  #newest: { readonly position: number; readonly hash: string } | undefined;
  #gate: Gate = { kind: 'tip' };
  #isCaughtUp = false;
  #hasEnded = false;
  /** One thing after the other: settles when the last of them is done, and never rejects. */
  #work: Promise<unknown>;

  /** For an anvil that has just been started: brings it to the journal's origin, then up to the tip. */
  constructor(anvil: Anvil, journal: Journal) {
    this.anvil = anvil;
    this.#journal = journal;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    anvil.gone.then(() => this.end('its anvil is gone'));
    this.#work = this.#begin(journal.origin).catch((error) => this.#fail(error));
    void this.advance();
  }

  /** Height of its newest block. */
  get height(): number {
    return this.#height;
  }

  /** It has caught up, and nothing holds it back. */
  get isInStep(): boolean {
    return this.#isCaughtUp && this.#gate.kind === 'tip' && !this.#hasEnded;
  }

  /** It was held back for so long that the step it needs next is dropped; only a new anvil can go on, from the origin. */
  get isAdrift(): boolean {
    return !this.#journal.reaches(this.#position);
  }

  /** Sets its gate. Resolves once it has followed as far as that allows. */
  follow(gate: Gate): Promise<void> {
    this.#gate = gate;
    return this.advance();
  }

  /** Carries out what it has been told since. Resolves when that is done, or the follower has ended. */
  async advance(): Promise<void> {
    this.#work = this.#work.then(() => this.#carryOut()).catch((error) => this.#fail(error));
    await this.#work;
  }

  /** Resolves with its answer to a step that it has yet to carry out; undefined where it ends before. */
  answerTo(position: number): Promise<WireAnswer | undefined> {
    if (this.#hasEnded || position < this.#position) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#awaited.set(position, resolve));
  }

  /** Dumps its anvil's state between two steps; undefined where that fails. */
  async snapshot(): Promise<Snapshot | undefined> {
    let taken: Snapshot | undefined;
    this.#work = this.#work.then(async () => {
      const state = await this.anvil.rpc('anvil_dumpState', []);
      if (typeof state === 'string') taken = { position: this.#position, height: this.#height, state };
    });
    this.#work = this.#work.catch((error) => this.#fail(error));
    await this.#work;
    return taken;
  }

  /** Follows no more and kills its anvil. Calling it again does nothing. */
  end(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    for (const settle of this.#awaited.values()) settle(undefined);
    this.#awaited.clear();
    void this.anvil.kill();
    this.#resolveEnded(reason);
  }

  #fail(error: unknown): void {
    this.end(error instanceof Error ? error.message : 'its anvil failed');
  }

  async #begin({ state, waiting, position, height }: Origin): Promise<void> {
    if (state !== undefined) await this.anvil.rpc('anvil_loadState', [state]);
    // One that is refused has been replaced by another since.
    for (const { body } of waiting) await this.anvil.post(body, stepWithinMs);
    this.#position = position;
    this.#height = height;
  }

  async #carryOut(): Promise<void> {
    for (let step = this.#next(); step !== undefined; step = this.#next()) {
      const outcome = await this.#apply(step);
      if (this.#hasEnded) return;
      this.#journal.note(this.#position, outcome);
      if (step.kind === 'mine' && outcome.hash !== undefined) this.#noteBlock(step.height, outcome.hash);
      this.#position += 1;
    }
    this.#isCaughtUp ||= this.#position === this.#journal.end;
  }

  /** The block before is judged, not this one: by now the others have made theirs. */
  #noteBlock(height: number, hash: string): void {
    const before = this.#newest;
    this.#height = height;
    this.#newest = { position: this.#position, hash };
    if (before === undefined || !this.#journal.isOutvoted(before.position, before.hash)) return;
    this.end('its chain parted from that of the others');
  }

  #next(): Step | undefined {
    if (this.#hasEnded || !mayFollow(this.#gate, this.#height, this.#journal.height)) return undefined;
    return this.#journal.stepAt(this.#position);
  }

  async #apply(step: Step): Promise<StepOutcome> {
    if (step.kind === 'mine')
      return minedOutcome(await this.anvil.rpc('evm_mine_detailed', [{ timestamp: step.timestamp }], stepWithinMs));
    const answer = await this.anvil.post(step.body, stepWithinMs);
    this.#awaited.get(this.#position)?.(answer);
    this.#awaited.delete(this.#position);
    return sentOutcome(answer);
  }
}

function sentOutcome({ body }: WireAnswer): StepOutcome {
  const answer = parseJson(body);
  const hash = isRecord(answer) ? answer.result : undefined;
  return { kind: 'sent', hash: typeof hash === 'string' ? hash : undefined };
}

function minedOutcome(blocks: unknown): StepOutcome {
  const block: unknown = Array.isArray(blocks) ? blocks[0] : undefined;
  if (!isRecord(block) || typeof block.hash !== 'string') throw new Error('its anvil mined no block');
  const transactions = Array.isArray(block.transactions) ? block.transactions : [];
  return { kind: 'mined', hash: block.hash, transactions: transactions.flatMap(hashOf) };
}

function hashOf(transaction: unknown): readonly string[] {
  const hash = isRecord(transaction) ? transaction.hash : transaction;
  return typeof hash === 'string' ? [hash] : [];
}
