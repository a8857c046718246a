import type { HeldBytes } from '../ports/held-bytes.ts';

/** Who holds many bytes, and can be told to give them back. */
export interface Holder {
  /** Gives back all it holds, at once. */
  shed(): void;
}

/**
 * Bytes that all attempts, and the answers they brought, may hold together at one time. Where they do not suffice, the newest of those who
 * hold many gives way, so that the older ones end, and a small answer is never refused because of large ones.
 */
export class ByteBudget implements HeldBytes {
  readonly #limit: number;
  /** In the order in which they came to hold many. */
  readonly #heavy = new Set<Holder>();
  #held = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  get held(): number {
    return this.#held;
  }

  /** Takes the bytes if they fit, or can be made to fit; a `taker` that is itself the newest of the heavy is the one refused. */
  take(bytes: number, taker?: Holder): boolean {
    while (this.#held + bytes > this.#limit) {
      const newest = [...this.#heavy].at(-1);
      if (newest === undefined || newest === taker || bytes > this.#limit) return false;
      this.#heavy.delete(newest);
      newest.shed();
    }
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }

  /** From now on this one may be told to give way. */
  enrol(holder: Holder): void {
    this.#heavy.add(holder);
  }

  /** It holds nothing more that it could give back. */
  withdraw(holder: Holder): void {
    this.#heavy.delete(holder);
  }
}
