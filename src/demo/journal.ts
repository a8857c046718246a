/** One thing that happened to the chain. Anvils that are told the same steps in the same order have the same blocks. */
export type Step =
  /** A request that brings a transaction, as it was sent. */
  | { readonly kind: 'send'; readonly body: Buffer }
  /** A block; `timestamp` is its time in seconds since 1970. */
  | { readonly kind: 'mine'; readonly height: number; readonly timestamp: number };

/** What came of a step on one anvil: the transaction's hash where it was taken; the block's hash and its transactions. */
export type StepOutcome =
  | { readonly kind: 'sent'; readonly hash: string | undefined }
  | { readonly kind: 'mined'; readonly hash: string; readonly transactions: readonly string[] };

/** Where an anvil that has seen nothing begins. */
export interface Origin {
  /** The first step that comes after it. */
  readonly position: number;
  readonly height: number;
  /** A state as anvil dumps it; undefined is the genesis. */
  readonly state: string | undefined;
  /** Transactions that were waiting for a block, in order. */
  readonly waiting: readonly WaitingSend[];
}

/** A transaction that is in no block yet. */
export interface WaitingSend {
  readonly body: Buffer;
  readonly hash: string;
}

interface Entry {
  readonly step: Step;
  /** What the anvils that carried it out say it came to; more than one where they are no longer one chain. */
  readonly reports: Report[];
}

interface Report {
  readonly outcome: StepOutcome;
  votes: number;
}

/** How much of the past is kept. */
export interface JournalBounds {
  /** Steps from which on a new origin is wanted; so many are kept before one, for those that lag. */
  readonly usualSteps: number;
  /** Steps the journal never exceeds. */
  readonly mostSteps: number;
  /** Bytes of transactions from which on a new origin is wanted. */
  readonly usualBytes: number;
}

/**
 * The chain as it was told: an origin, and every step since. A step has a position, counted from 0 and never used twice. Old steps
 * are dropped when a newer origin stands in for them.
 */
export class Journal {
  readonly #bounds: JournalBounds;
  #origin: Origin = { position: 0, height: 0, state: undefined, waiting: [] };
  #entries: Entry[] = [];
  /** Position of the oldest step kept. */
  #first = 0;
  #height = 0;
  #bytes = 0;

  constructor(bounds: JournalBounds) {
    this.#bounds = bounds;
  }

  get origin(): Origin {
    return this.#origin;
  }

  /** Height of the newest block told. */
  get height(): number {
    return this.#height;
  }

  /** The position the next step gets. */
  get end(): number {
    return this.#first + this.#entries.length;
  }

  /** No room until there is a new origin. */
  get isFull(): boolean {
    return this.#entries.length >= this.#bounds.mostSteps;
  }

  /** Steps since the origin are so many, or so large, that a new one is wanted. */
  get wantsOrigin(): boolean {
    return this.end - this.#origin.position >= this.#bounds.usualSteps || this.#bytes >= this.#bounds.usualBytes;
  }

  /** The step at a position; undefined where there is none yet, or none any more. */
  stepAt(position: number): Step | undefined {
    return this.#entries[position - this.#first]?.step;
  }

  /** Whether the step at this position is known, or will be the next. */
  reaches(position: number): boolean {
    return position >= this.#first && position <= this.end;
  }

  /** Tells a transaction. Returns the step's position. */
  tellSend(body: Buffer): number {
    this.#bytes += body.length;
    return this.#tell({ kind: 'send', body });
  }

  /** Tells a block. Returns the step's position. */
  tellMine(timestamp: number): number {
    this.#height += 1;
    return this.#tell({ kind: 'mine', height: this.#height, timestamp });
  }

  #tell(step: Step): number {
    this.#entries.push({ step, reports: [] });
    return this.end - 1;
  }

  /** Notes what a step came to on one anvil. */
  note(position: number, outcome: StepOutcome): void {
    const reports = this.#entries[position - this.#first]?.reports ?? [];
    const same = reports.find((report) => report.outcome.hash === outcome.hash);
    if (same === undefined) reports.push({ outcome, votes: 1 });
    else same.votes += 1;
  }

  /** Whether more anvils say that a step came to something else than this hash. */
  isOutvoted(position: number, hash: string): boolean {
    const reports = this.#entries[position - this.#first]?.reports ?? [];
    const votes = reports.find((report) => report.outcome.hash === hash)?.votes ?? 0;
    return reports.some((report) => report.votes > votes);
  }

  /** Takes a state dumped right before the step at `position` for the new origin, and drops steps that are older than needed. */
  moveOrigin(position: number, height: number, state: string): void {
    const waiting = this.#waitingAt(position);
    this.#origin = { position, height, state, waiting };
    const first = Math.max(this.#first, position - this.#bounds.usualSteps);
    this.#entries = this.#entries.slice(first - this.#first);
    this.#first = first;
    this.#bytes = this.#entries.reduce((sum, { step }) => sum + (step.kind === 'send' ? step.body.length : 0), 0);
    if (this.#bytes >= this.#bounds.usualBytes) this.#dropBefore(position);
  }

  /** Where transactions are large, those that lag cannot be waited for. */
  #dropBefore(position: number): void {
    this.#entries = this.#entries.slice(position - this.#first);
    this.#first = position;
    this.#bytes = 0;
  }

  /** The transactions taken before a position and in no block before it. */
  #waitingAt(position: number): readonly WaitingSend[] {
    const waiting = new Map(this.#origin.waiting.map((send) => [send.hash, send]));
    for (let at = this.#origin.position; at < position; at++) {
      const entry = this.#entries[at - this.#first];
      const outcome = entry === undefined ? undefined : usualOutcome(entry);
      if (outcome?.kind === 'mined') for (const hash of outcome.transactions) waiting.delete(hash);
      if (entry?.step.kind !== 'send' || outcome?.hash === undefined) continue;
      waiting.set(outcome.hash, { body: entry.step.body, hash: outcome.hash });
    }
    return [...waiting.values()].slice(-this.#bounds.usualSteps);
  }
}

/** What most anvils say; undefined where none has carried the step out. */
function usualOutcome({ reports }: Entry): StepOutcome | undefined {
  return reports.toSorted((left, right) => right.votes - left.votes)[0]?.outcome;
}
