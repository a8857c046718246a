/**
 * The requests under way on one lane. After a reload a new lane takes the calls to come, and the old one is over when those
 * it had are answered.
 */
export class Visits {
  #open = 0;
  #whenOver: (() => void) | undefined;

  /** Requests under way. */
  get open(): number {
    return this.#open;
  }

  begin(): void {
    this.#open += 1;
  }

  end(): void {
    this.#open -= 1;
    if (this.#open === 0) this.#whenOver?.();
  }

  /** Calls `run` once, as soon as no request is under way: at once where none is. Only the last to ask is told. */
  whenOver(run: () => void): void {
    if (this.#open === 0) return run();
    this.#whenOver = () => {
      this.#whenOver = undefined;
      run();
    };
  }
}
