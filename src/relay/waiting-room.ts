/** Calls of one chain that may wait for room at once: each asks again every few milliseconds. */
const seats = 256;

/**
 * Counts the calls of one chain that wait until one of its upstreams has room for them. Bounded, since waiting is work: above it
 * whoever finds all upstreams full is refused at once.
 */
export class WaitingRoom {
  #taken = 0;

  get isFull(): boolean {
    return this.#taken >= seats;
  }

  enter(): void {
    this.#taken += 1;
  }

  leave(): void {
    this.#taken -= 1;
  }
}
