import type { Cancel, Clock } from '../ports/clock.ts';
import { type Party, Turns } from '../select/turns.ts';

/** The longest a call waits for a place, in milliseconds: by then its client is better off asking elsewhere. */
const longestWaitMs = 1000;

/** A place among the calls under way: to be handed back, once. */
export type Place = Party<Told>;

/** How a wait ended without a place: `shed` by our own limits, or nobody waits any more. */
export type NoPlace = 'shed' | 'gone';

/** One call at the turnstile. */
export interface Arrival {
  /** Whose call it is: the chain and the client's address. */
  readonly party: string;
  /** The call's own time, in milliseconds. */
  readonly timeoutMs: number;
  /** To be called with what must stop when the client has gone. */
  onCancel(cancel: Cancel): void;
}

/** What a turnstile works with. */
export interface TurnstileDeps {
  readonly clock: Clock;
  /** Calls that may be under way at once. */
  places(): number;
}

type Told = (end: Place | NoPlace) => void;

/**
 * Where a call takes its place among those under way: at once, or after a wait that is bounded in time and length, and fair
 * between clients and chains. Owns the timers of the waits; the rules are those of `Turns`.
 */
export class Turnstile {
  readonly #clock: Clock;
  readonly #turns: Turns<Told>;

  constructor({ clock, places }: TurnstileDeps) {
    this.#clock = clock;
    this.#turns = new Turns(places);
  }

  /** Calls that wait. */
  get waiting(): number {
    return this.#turns.waiting;
  }

  /** A place at once, or undefined where the call has to wait. */
  enter(party: string): Place | undefined {
    return this.#turns.enter(party);
  }

  /** True where a call of the party would be refused now, whatever it says. */
  isShut(party: string): boolean {
    return this.#turns.refuses(party, this.#clock.now());
  }

  /** Waits for a place. Never rejects. */
  wait({ party, timeoutMs, onCancel }: Arrival): Promise<Place | NoPlace> {
    return new Promise((resolve) => {
      let stopTimer: Cancel | undefined;
      const told: Told = (end) => {
        stopTimer?.();
        resolve(end);
      };
      const queued = this.#turns.wait(party, told, this.#clock.now());
      if (queued.kind === 'refused') return resolve('shed');
      queued.displaced?.caller('shed');
      const giveUp = (end: NoPlace): void => {
        if (this.#turns.withdraw(queued.waiting)) told(end);
      };
      stopTimer = this.#clock.after(Math.min(longestWaitMs, timeoutMs), () => giveUp('shed'));
      onCancel(() => giveUp('gone'));
    });
  }

  /** Hands a place back; whoever is next has it at once. */
  leave(place: Place): void {
    const turns = this.#turns;
    turns.leave(place);
    if (turns.waiting === 0) return;
    const now = this.#clock.now();
    for (let next = turns.next(now); next !== undefined; next = turns.next(now)) next.caller(next.party);
  }
}
