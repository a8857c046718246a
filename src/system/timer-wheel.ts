import type { Cancel } from '../ports/clock.ts';

/** Width of one slot in milliseconds: timers fire up to this much later than asked, never earlier. */
const slotMs = 10;

/** A power of two. Timers further away than one turn of the wheel (about 10 s) wait in their slot for a later turn. */
const slotCount = 1024;

/** The platform takes a delay above 2^31 ms for none at all. */
const longestSleepMs = 3_600_000;

/** A member of a ring: a timer, or the slot that holds the ring together and is never due. */
class Link {
  before: Link = this;
  after: Link = this;
  /** When it is due, in slot widths since the monotonic clock began. */
  readonly tick: number;
  readonly run: () => void;

  constructor(tick: number, run: () => void) {
    this.tick = tick;
    this.run = run;
  }
}

/**
 * A hashed timer wheel on one timer of the platform. Arming and cancelling take constant time and one small object;
 * the platform's timer sleeps until the next slot that holds anything, and keeps the process alive only while
 * something is armed.
 *
 * What is due fires after the loop has read its sockets once more: an answer that arrived while our own loop stood still
 * is seen before the deadline that would have discarded it.
 */
export class TimerWheel {
  readonly #slots: readonly Link[] = Array.from({ length: slotCount }, createSlot);
  /** Due and about to run; in a ring of their own, so that one may still cancel another. */
  readonly #due: Link = createSlot();
  #armed = 0;
  #stopped = false;
  /** Everything due at or before this tick has been taken out. */
  #doneTick = Math.floor(performance.now() / slotMs);
  /** The tick at which we look next; infinity while nothing is planned. */
  #wakeTick = Number.POSITIVE_INFINITY;
  #sleep: NodeJS.Timeout | undefined;
  #drain: NodeJS.Immediate | undefined;

  /**
   * Calls `run` once, at least `delayMs` from now. After `stop` it arms nothing.
   *
   * @throws RangeError when the delay is no finite number.
   */
  arm(delayMs: number, run: () => void): Cancel {
    const tick = Math.max(Math.ceil((performance.now() + delayMs) / slotMs), this.#doneTick + 1);
    const slot = this.#slot(tick);
    if (this.#stopped) return nothing;
    const timer = new Link(tick, run);
    linkLast(slot, timer);
    if (this.#armed === 0) this.#sleep?.ref();
    this.#armed += 1;
    if (tick < this.#wakeTick) this.#sleepUntil(tick);
    return () => this.#disarm(timer);
  }

  /** Drops every timer, for good. */
  stop(): void {
    this.#stopped = true;
    this.#armed = 0;
    for (const slot of this.#slots) empty(slot);
    empty(this.#due);
    clearTimeout(this.#sleep);
    clearImmediate(this.#drain);
  }

  #disarm(timer: Link): void {
    if (timer.after === timer || this.#stopped) return;
    unlink(timer);
    this.#armed -= 1;
    if (this.#armed === 0) this.#sleep?.unref();
  }

  #sleepUntil(tick: number): void {
    clearTimeout(this.#sleep);
    this.#wakeTick = tick;
    const sleepMs = Math.ceil(tick * slotMs - performance.now());
    this.#sleep = setTimeout(() => this.#wake(), Math.min(longestSleepMs, Math.max(1, sleepMs)));
  }

  #wake(): void {
    this.#sleep = undefined;
    if (this.#armed === 0) this.#wakeTick = Number.POSITIVE_INFINITY;
    else if (performance.now() < this.#wakeTick * slotMs) this.#sleepUntil(this.#wakeTick);
    else this.#fireAfterReading();
  }

  /** An immediate runs when the loop has polled its sockets, which is where pending answers are. */
  #fireAfterReading(): void {
    this.#wakeTick = Number.NEGATIVE_INFINITY;
    this.#drain = setImmediate(() => {
      this.#takeDue(Math.floor(performance.now() / slotMs));
      this.#runDue();
    });
  }

  #takeDue(nowTick: number): void {
    const firstTick = Math.max(this.#doneTick + 1, nowTick - slotCount + 1);
    this.#doneTick = nowTick;
    for (let tick = firstTick; tick <= nowTick; tick++) {
      const slot = this.#slot(tick);
      let link = slot.after;
      while (link !== slot) {
        const next = link.after;
        if (link.tick <= nowTick) linkLast(this.#due, unlink(link));
        link = next;
      }
    }
  }

  /** A timer that throws is a bug that ends the process; the others keep their turn all the same. */
  #runDue(): void {
    try {
      while (this.#due.after !== this.#due) {
        const timer = unlink(this.#due.after);
        this.#armed -= 1;
        timer.run();
      }
    } finally {
      if (!this.#stopped) this.#sleepUntilNext();
    }
  }

  #sleepUntilNext(): void {
    this.#wakeTick = Number.POSITIVE_INFINITY;
    if (this.#due.after !== this.#due) return this.#fireAfterReading();
    if (this.#armed === 0) return;
    let tick = this.#doneTick + 1;
    for (let seen = 0; seen < slotCount; seen++, tick++) {
      const slot = this.#slot(tick);
      if (slot.after !== slot) return this.#sleepUntil(tick);
    }
  }

  #slot(tick: number): Link {
    const slot = this.#slots[tick % slotCount];
    if (slot === undefined) throw new RangeError('a delay must be a finite number of milliseconds');
    return slot;
  }
}

function createSlot(): Link {
  return new Link(Number.POSITIVE_INFINITY, nothing);
}

function nothing(): void {}

function linkLast(slot: Link, link: Link): void {
  link.before = slot.before;
  link.after = slot;
  slot.before.after = link;
  slot.before = link;
}

function unlink(link: Link): Link {
  link.before.after = link.after;
  link.after.before = link.before;
  link.before = link;
  link.after = link;
  return link;
}

function empty(slot: Link): void {
  slot.before = slot;
  slot.after = slot;
}
