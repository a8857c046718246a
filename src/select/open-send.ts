/**
 * One send in flight: given by `Load.begin`, handed back to `Load.end`.
 *
 * A member of the ring of its endpoint's sends while it is looked at for age. A ring is held together by one link that
 * stands for no send; a link outside any ring is its own neighbour.
 */
export class OpenSend {
  before: OpenSend = this;
  after: OpenSend = this;
  /** False once it was handed back: a second time counts nothing. */
  isOpen = true;
  readonly index: number;
  readonly series: number;
  /** Position of the method's class. */
  readonly class: number;
  /** The upstream's generation at the send: its answer counts for no other. */
  readonly generation: number;
  readonly sentAt: number;
  /** From when on it counts as overdue; monotonic milliseconds. */
  readonly overdueAt: number;

  constructor(facts: SendFacts) {
    this.index = facts.index;
    this.series = facts.series;
    this.class = facts.class;
    this.generation = facts.generation;
    this.sentAt = facts.sentAt;
    this.overdueAt = facts.overdueAt;
  }
}

/** What is known of a send when it goes out. */
export interface SendFacts {
  readonly index: number;
  readonly series: number;
  readonly class: number;
  readonly generation: number;
  readonly sentAt: number;
  readonly overdueAt: number;
}

/** A ring without members. */
export function emptyRing(): OpenSend {
  return new OpenSend({ index: 0, series: 0, class: 0, generation: 0, sentAt: 0, overdueAt: Number.NEGATIVE_INFINITY });
}

/** Puts a send into a ring that is ordered by `overdueAt`. Mostly the last place is the right one. */
export function enterRing(ring: OpenSend, send: OpenSend): void {
  let place = ring.before;
  while (place !== ring && place.overdueAt > send.overdueAt) place = place.before;
  send.before = place;
  send.after = place.after;
  place.after.before = send;
  place.after = send;
}

/** Takes a send out of its ring. Where it is in none, nothing happens. */
export function leaveRing(send: OpenSend): void {
  send.before.after = send.after;
  send.after.before = send.before;
  send.before = send;
  send.after = send;
}
