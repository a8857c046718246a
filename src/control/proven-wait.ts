import type { Cancel, Clock } from '../ports/clock.ts';

/** Lets early calls wait for the first proof of a chain, for a bounded time. Once proven, nobody waits again. */
export class ProvenWait {
  readonly #clock: Clock;
  /** Longest wait of a call, in milliseconds. */
  waitMs: number;
  readonly #waiters = new Set<() => void>();
  #isProven = false;

  /** @param waitMs longest wait of a call, in milliseconds. */
  constructor(clock: Clock, waitMs: number) {
    this.#clock = clock;
    this.waitMs = waitMs;
  }

  get isProven(): boolean {
    return this.#isProven;
  }

  /** Resolves once proven, or when the wait is over. */
  whenProven(): Promise<void> {
    if (this.#isProven) return Promise.resolve();
    return new Promise((resolve) => {
      let cancel: Cancel = () => undefined;
      const wake = (): void => {
        cancel();
        this.#waiters.delete(wake);
        resolve();
      };
      cancel = this.#clock.after(this.waitMs, wake);
      this.#waiters.add(wake);
    });
  }

  prove(): void {
    this.#isProven = true;
    this.close();
  }

  /** Nobody is proven any more, since a reload brought new URLs only: calls wait once again. */
  begin(): void {
    this.#isProven = false;
  }

  /** Ends every wait. */
  close(): void {
    for (const wake of [...this.#waiters]) wake();
  }
}
