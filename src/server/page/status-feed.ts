import type { Cancel, Clock } from '../../ports/clock.ts';

/** Who may listen at one time: more are refused. */
export const maxListeners = 32;

/** The shortest time between two reports, in milliseconds. */
const everyMs = 1000;

/** Larger reports come less often: no listener is sent more bytes a second than this. */
const bytesPerSecond = 256 * 1024;

/** Who cannot take so many reports in a row is sent away. */
const mostMissed = 15;

/** One open stream of events. */
export interface Listener {
  send(text: string): void;
  /** True while what was sent before still waits to leave. */
  isFull(): boolean;
  end(): void;
}

/** What a feed reports. */
export interface FeedSources {
  readonly clock: Clock;
  status(): unknown;
  /** False once nobody may listen any more: those who do are sent away. */
  isOpen(): boolean;
}

interface Seat {
  readonly listener: Listener;
  missed: number;
}

/** Reports to all who listen, while somebody does: at most once a second, and to a bounded number of listeners. */
export class StatusFeed {
  readonly #sources: FeedSources;
  readonly #seats = new Set<Seat>();
  #report = { at: Number.NEGATIVE_INFINITY, text: '' };
  #cancel: Cancel | undefined;

  constructor(sources: FeedSources) {
    this.#sources = sources;
  }

  /** Sends a report at once and then one a second. Answers how to leave, or undefined where too many listen. */
  join(listener: Listener): Cancel | undefined {
    if (this.#seats.size >= maxListeners) return undefined;
    const text = this.#freshReport();
    const seat = { listener, missed: 0 };
    this.#seats.add(seat);
    listener.send(text);
    this.#cancel ??= this.#pushAfter(text);
    return () => this.#leave(seat);
  }

  /** Sends everybody away. */
  close(): void {
    for (const seat of this.#seats) this.#sendAway(seat);
  }

  #push(): void {
    const text = this.#sources.isOpen() ? this.#reportOrNothing() : undefined;
    if (text === undefined) return this.close();
    for (const seat of this.#seats) this.#give(seat, text);
    if (this.#seats.size > 0) this.#cancel = this.#pushAfter(text);
  }

  #give(seat: Seat, text: string): void {
    seat.missed = seat.listener.isFull() ? seat.missed + 1 : 0;
    if (seat.missed === 0) seat.listener.send(text);
    else if (seat.missed > mostMissed) this.#sendAway(seat);
  }

  #leave(seat: Seat): void {
    if (!this.#seats.delete(seat) || this.#seats.size > 0) return;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #sendAway(seat: Seat): void {
    this.#leave(seat);
    seat.listener.end();
  }

  #pushAfter({ length }: string): Cancel {
    const pauseMs = Math.max(everyMs, Math.ceil((length / bytesPerSecond) * 1000));
    return this.#sources.clock.after(pauseMs, () => this.#push());
  }

  #freshReport(): string {
    const { clock, status } = this.#sources;
    const now = clock.now();
    if (now - this.#report.at >= everyMs) this.#report = { at: now, text: eventOf(status()) };
    return this.#report.text;
  }

  /** A bug in the making of a report must not end the process: whoever listens is sent away, and asks anew. */
  #reportOrNothing(): string | undefined {
    try {
      return this.#freshReport();
    } catch {
      return undefined;
    }
  }
}

/** JSON holds no line break, which would end the event. */
function eventOf(status: unknown): string {
  return `event: status\ndata: ${JSON.stringify(status)}\n\n`;
}
