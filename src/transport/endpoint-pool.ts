import type { Route } from './connector.ts';
import { Line, type LineOwner, type Rider } from './line.ts';

/** One URL with its headers: how its requests look, and how it is reached. */
export interface PoolOptions {
  readonly route: Route;
  readonly path: string;
  /** Names and values in turn. */
  readonly headersForSmall: string[];
  /** The same, asking for a compressed answer. */
  readonly headersForLarge: string[];
  readonly concurrency: number;
  /** Called when the URL can be reached after it could not, or never had been, and the other way round. */
  readonly onConnectivity: (what: 'connected' | 'disconnected') => void;
}

/**
 * How a rider wants to travel: on `any` connection; on a `new` one, which others may use after it; on a `single` one,
 * which closes after it.
 */
export type Ride = 'any' | 'new' | 'single';

/** Connections beyond the calls allowed at once: a poll must not wait behind slow calls and be taken for a dead upstream. */
const reserve = 4;

/** Riders that may wait for a connection. Whoever sends more keeps no limit of its own. */
const maxWaiting = 10_000;

/**
 * The connections to one URL. Last in, first out: what a burst left behind falls idle and closes. A rider that finds
 * no connection free and no room for another waits in line; it leaves at its deadline.
 */
export class EndpointPool implements LineOwner {
  readonly options: PoolOptions;
  readonly #lines = new Set<Line>();
  readonly #singles = new Set<Line>();
  readonly #idle: Line[] = [];
  readonly #waiting = new Set<Rider>();
  #capacity = 0;
  #openConnections = 0;
  #reachable = false;
  #whenEmpty: (() => void) | undefined;

  constructor(options: PoolOptions) {
    this.options = options;
    this.resize(options.concurrency);
  }

  /** Allows so many calls at once from now on; connections above it close when they fall idle. */
  resize(concurrency: number): void {
    this.#capacity = concurrency + reserve;
  }

  /** Finds a connection for the rider, or lets it wait. False: too many wait already. */
  carry(rider: Rider, ride: Ride): boolean {
    const idle = ride === 'any' ? this.#idle.pop() : undefined;
    if (idle !== undefined) idle.carry(rider);
    else if (ride === 'single') this.#open(this.#singles).carry(rider);
    else if (ride === 'new' || this.#lines.size < this.#capacity) this.#open(this.#lines).carry(rider);
    else if (this.#waiting.size < maxWaiting) this.#waiting.add(rider);
    else return false;
    return true;
  }

  /** The rider gives up waiting. */
  leave(rider: Rider): void {
    this.#waiting.delete(rider);
  }

  /** The line's rider is done and the line is good for another. */
  free(line: Line): void {
    line.rider = undefined;
    if (!this.#lines.has(line) || this.#lines.size > this.#capacity) return this.drop(line);
    const next = this.#nextWaiting();
    if (next !== undefined) line.carry(next);
    else if (this.#whenEmpty !== undefined) this.drop(line);
    else this.#idle.push(line);
  }

  /** Ends the line; whoever waits gets a new one. */
  drop(line: Line): void {
    line.rider = undefined;
    const known = this.#lines.delete(line) || this.#singles.delete(line);
    if (!known) return;
    line.retire();
    const next = this.#lines.size < this.#capacity ? this.#nextWaiting() : undefined;
    if (next !== undefined) this.#open(this.#lines).carry(next);
    this.#resolveWhenEmpty();
  }

  /** Takes no more riders, lets those under way end, then closes. Resolves when nothing is left. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenEmpty = resolve;
      for (const line of this.#idle.splice(0)) this.drop(line);
      this.#resolveWhenEmpty();
    });
  }

  /** Ends every rider as `aborted` and every connection. */
  close(): void {
    for (const rider of this.#waiting) rider.abandon();
    for (const line of [...this.#lines, ...this.#singles]) {
      line.rider?.abandon();
      this.drop(line);
    }
  }

  lineOpened(): void {
    this.#openConnections += 1;
    if (this.#reachable) return;
    this.#reachable = true;
    this.options.onConnectivity('connected');
  }

  lineFailed(): void {
    this.#judgeReach();
  }

  lineClosed(line: Line, by: 'us' | 'upstream'): void {
    this.#openConnections -= 1;
    if (by === 'upstream') this.#judgeReach();
    const position = this.#idle.indexOf(line);
    if (position === -1) return;
    this.#idle.splice(position, 1);
    this.drop(line);
  }

  #judgeReach(): void {
    if (!this.#reachable || this.#openConnections > 0) return;
    this.#reachable = false;
    this.options.onConnectivity('disconnected');
  }

  #open(lines: Set<Line>): Line {
    const line = new Line(this.options.route, this);
    lines.add(line);
    return line;
  }

  #nextWaiting(): Rider | undefined {
    for (const rider of this.#waiting) {
      this.#waiting.delete(rider);
      return rider;
    }
    return undefined;
  }

  #resolveWhenEmpty(): void {
    if (this.#lines.size === 0 && this.#singles.size === 0) this.#whenEmpty?.();
  }
}
