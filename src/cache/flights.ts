import type { Cancel } from '../ports/clock.ts';
import { isSameMoment, type Moment } from './moment.ts';

/** Reads under way on one chain that others may wait for; above it each read goes its own way. */
const mostFlights = 4096;

/** Whoever waits for another's read hears once what came of it. */
export type Follower<Outcome> = (outcome: Outcome) => void;

/** The reads of one chain that are under way, by what they ask. */
export class Flights<Outcome> {
  readonly #open = new Map<string, Flight<Outcome>>();

  /** Reads under way. */
  get size(): number {
    return this.#open.size;
  }

  /** A read under way whose answer will do for one that begins now; undefined where there is none, or something has moved since. */
  find(key: string, now: Moment): Flight<Outcome> | undefined {
    const flight = this.#open.get(key);
    if (flight === undefined) return undefined;
    return flight.began === 'fixed' || isSameMoment(flight.began, now) ? flight : undefined;
  }

  /**
   * Begins a read that others may join, in place of an older one that they may not join any more; undefined where too many are under way.
   * `fixed`: its block is final, so that nothing that happens meanwhile matters to it.
   */
  begin(key: string, began: Moment | 'fixed'): Flight<Outcome> | undefined {
    if (this.#open.size >= mostFlights) return undefined;
    const flight = new Flight<Outcome>(began, () => {
      if (this.#open.get(key) === flight) this.#open.delete(key);
    });
    this.#open.set(key, flight);
    return flight;
  }
}

/**
 * One read under way for several clients: for the one that began it, and for its followers. It is given up only when all of
 * them have gone.
 */
export class Flight<Outcome> {
  readonly began: Moment | 'fixed';
  readonly #close: () => void;
  #phase: 'led' | 'leaderless' | 'over' = 'led';
  #followers: Set<Follower<Outcome>> | undefined;
  #cancels: Cancel[] | undefined;

  constructor(began: Moment | 'fixed', close: () => void) {
    this.began = began;
    this.#close = close;
  }

  /** Followers that wait now. */
  get followers(): number {
    return this.#followers?.size ?? 0;
  }

  /** Takes what stops the read; at once where nobody waits for it any more. */
  onCancel(cancel: Cancel): void {
    if (this.#phase === 'over') return cancel();
    if (this.#cancels === undefined) this.#cancels = [cancel];
    else this.#cancels.push(cancel);
  }

  /** Waits along. What it returns ends the waiting, and the follower hears nothing then. */
  join(follower: Follower<Outcome>): Cancel {
    this.#followers ??= new Set();
    this.#followers.add(follower);
    return () => {
      this.#followers?.delete(follower);
      this.#giveUpIfAlone();
    };
  }

  /** The client that began it has gone. */
  leaderLeft(): void {
    if (this.#phase === 'led') this.#phase = 'leaderless';
    this.#giveUpIfAlone();
  }

  /** The read has come to an end, which all its followers hear, in the order in which they came. Nobody joins any more. */
  land(outcome: Outcome): void {
    if (this.#phase === 'over') return;
    const followers = this.#followers;
    this.#end();
    if (followers !== undefined) for (const follower of followers) follower(outcome);
  }

  #giveUpIfAlone(): void {
    if (this.#phase !== 'leaderless' || this.followers > 0) return;
    const cancels = this.#cancels;
    this.#end();
    if (cancels !== undefined) for (const cancel of cancels) cancel();
  }

  #end(): void {
    this.#phase = 'over';
    this.#followers = undefined;
    this.#cancels = undefined;
    this.#close();
  }
}
