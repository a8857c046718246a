import type { Visits } from '../path/visits.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Wire } from './endpoints.ts';

/** What a reload left behind, and that still has calls under way. */
export interface Leftover {
  readonly visits: readonly Visits[];
  /** URLs that those calls may still be sent to. */
  readonly wires: readonly Wire[];
  /** Ends what has no calls any more. */
  close(): void;
}

/** Reloads whose calls may still be under way; beyond it the oldest gets no more time. */
const mostLeftovers = 32;

/** Lets calls of former configurations end where they began, each for a bounded time. */
export class Draining {
  readonly #clock: Clock;
  readonly #ended: () => void;
  readonly #leftovers = new Map<Leftover, Cancel>();

  /** @param ended told whenever URLs are needed no longer. */
  constructor(clock: Clock, ended: () => void) {
    this.#clock = clock;
    this.#ended = ended;
  }

  /** URLs that calls under way may still be sent to. */
  wires(): readonly Wire[] {
    return [...this.#leftovers.keys()].flatMap(({ wires }) => wires);
  }

  /** Waits until all its calls have ended, `timeoutMs` at the longest, and closes it. */
  add(leftover: Leftover, timeoutMs: number): void {
    const end = (): void => this.#end(leftover);
    this.#leftovers.set(leftover, this.#clock.after(timeoutMs, end));
    let open = leftover.visits.length;
    const over = (): void => {
      open -= 1;
      if (open <= 0) end();
    };
    if (open === 0) end();
    for (const visits of leftover.visits) visits.whenOver(over);
    const [oldest] = this.#leftovers.keys();
    if (this.#leftovers.size > mostLeftovers && oldest !== undefined) this.#end(oldest);
  }

  /** Ends them all. */
  close(): void {
    for (const leftover of [...this.#leftovers.keys()]) this.#end(leftover);
  }

  #end(leftover: Leftover): void {
    const cancel = this.#leftovers.get(leftover);
    if (cancel === undefined) return;
    cancel();
    this.#leftovers.delete(leftover);
    leftover.close();
    this.#ended();
  }
}
