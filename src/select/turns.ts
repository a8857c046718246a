/** Whose calls are counted together, while any is under way or waits. */
export interface Party<Caller> {
  readonly name: string;
  /** Places its calls hold. */
  busy: number;
  /** Its calls that wait, the first to be called first. */
  readonly line: Set<Waiting<Caller>>;
}

/** A call that waits for a place; `caller` is told when its turn has come. */
export interface Waiting<Caller> {
  readonly party: Party<Caller>;
  readonly caller: Caller;
}

/** What becomes of a call that found no place. `displaced` lost its place in the queue to it, and is to be refused. */
export type Queued<Caller> =
  | { readonly kind: 'waits'; readonly waiting: Waiting<Caller>; readonly displaced?: Waiting<Caller> }
  | { readonly kind: 'refused' };

/** One party may hold so many times the places that are free: alone eight ninths of all, and somebody new always finds one. */
const shareOfFree = 8;

/** A queue that was never empty for so long is no burst: it stands. In milliseconds. */
const standingMs = 100;

/**
 * Who is served next where more calls come than there are places: fair between parties, whatever each of them sends.
 *
 * - Places are held within dynamic thresholds (Choudhury and Hahne, 1998): at most eight times as many as are free.
 * - Parties that wait are called in turn, one call each, each party's own calls in the order they came.
 * - At most as many calls wait as there are places. When they do, a party none of whose calls waits takes the place of the longest
 *   line's first, and everybody else is refused on arrival.
 * - Once the queue stands, no line may be longer than its even share of what was called in the last 100 ms: whoever is let in
 *   waits about as long and is then served, and the rest is refused before any work was done.
 *
 * No timers; memory is bounded by the places, and a call that need not wait costs a look-up by name. Times are monotonic
 * milliseconds; never throws.
 */
export class Turns<Caller> {
  readonly #places: () => number;
  readonly #parties = new Map<string, Party<Caller>>();
  /** The parties with calls that wait, the next to be called first. */
  readonly #queue = new Set<Party<Caller>>();
  #busy = 0;
  #waiting = 0;
  /** Since when somebody has been waiting without a pause. */
  #awaitedSince = 0;
  /** Calls called in the present tenth of a second, and in the one before. */
  #tenth = 0;
  #called = 0;
  #calledBefore = 0;

  /** @param places calls that may be under way at once; at least 1, and may change. */
  constructor(places: () => number) {
    this.#places = places;
  }

  /** Calls under way. */
  get busy(): number {
    return this.#busy;
  }

  /** Calls that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Takes a place where there is one; what it answers must be handed to `leave`. Undefined where the call has to wait. */
  enter(name: string): Party<Caller> | undefined {
    const party = this.#parties.get(name);
    if (!this.#hasPlace(party?.busy ?? 0)) return undefined;
    return this.#seat(party ?? this.#admit(name));
  }

  /** Queues a call that found no place, or refuses it. */
  wait(name: string, caller: Caller, now: number): Queued<Caller> {
    if (this.refuses(name, now)) return { kind: 'refused' };
    const displaced = this.#waiting < this.#places() ? undefined : this.#displace();
    const waiting = { party: this.#parties.get(name) ?? this.#admit(name), caller };
    if (this.#waiting === 0) this.#awaitedSince = now;
    this.#waiting += 1;
    waiting.party.line.add(waiting);
    this.#queue.add(waiting.party);
    return displaced === undefined ? { kind: 'waits', waiting } : { kind: 'waits', waiting, displaced };
  }

  /** True where a call that came now would be refused: known before anything of it is read. */
  refuses(name: string, now: number): boolean {
    const party = this.#parties.get(name);
    if (this.#hasPlace(party?.busy ?? 0)) return false;
    const ahead = party?.line.size ?? 0;
    if (this.#waiting >= this.#places()) return ahead > 0 || this.#queue.size === this.#waiting;
    return ahead > 0 && now - this.#awaitedSince > standingMs && ahead >= this.#evenShare(now);
  }

  /** Gives a place back. Whoever is next is to be asked for until there is nobody. */
  leave(party: Party<Caller>): void {
    this.#busy -= 1;
    party.busy -= 1;
    this.#forgetIdle(party);
  }

  /** Gives the next call its place, which it holds from now on; undefined where nobody waits or no place is free. */
  next(now: number): Waiting<Caller> | undefined {
    for (const party of this.#queue) {
      if (!this.#hasPlace(party.busy)) continue;
      const [first] = party.line;
      if (first === undefined) continue;
      this.#unqueue(first);
      this.#seat(party);
      this.#countCall(now);
      // Round robin: its next call is called after one of every other party.
      if (this.#queue.delete(party)) this.#queue.add(party);
      return first;
    }
    return undefined;
  }

  /** Takes a call out of the queue that waits no more. False where it did not wait any longer. */
  withdraw(waiting: Waiting<Caller>): boolean {
    if (!this.#unqueue(waiting)) return false;
    this.#forgetIdle(waiting.party);
    return true;
  }

  #hasPlace(held: number): boolean {
    const free = this.#places() - this.#busy;
    return held < shareOfFree * free;
  }

  #admit(name: string): Party<Caller> {
    const party: Party<Caller> = { name, busy: 0, line: new Set() };
    this.#parties.set(name, party);
    return party;
  }

  #seat(party: Party<Caller>): Party<Caller> {
    this.#busy += 1;
    party.busy += 1;
    return party;
  }

  #unqueue(waiting: Waiting<Caller>): boolean {
    const { party } = waiting;
    if (!party.line.delete(waiting)) return false;
    this.#waiting -= 1;
    if (party.line.size === 0) this.#queue.delete(party);
    return true;
  }

  #forgetIdle(party: Party<Caller>): void {
    if (party.busy === 0 && party.line.size === 0) this.#parties.delete(party.name);
  }

  /** Takes the first out of the longest line. Only asked where one is longer than one call. */
  #displace(): Waiting<Caller> | undefined {
    let longest: Set<Waiting<Caller>> = new Set();
    for (const { line } of this.#queue) if (line.size > longest.size) longest = line;
    const [first] = longest;
    if (first !== undefined) this.withdraw(first);
    return first;
  }

  #evenShare(now: number): number {
    this.#turnTenth(now);
    return Math.max(this.#called, this.#calledBefore) / this.#queue.size;
  }

  #countCall(now: number): void {
    this.#turnTenth(now);
    this.#called += 1;
  }

  #turnTenth(now: number): void {
    const tenth = Math.floor(now / standingMs);
    if (tenth === this.#tenth) return;
    this.#calledBefore = tenth === this.#tenth + 1 ? this.#called : 0;
    this.#called = 0;
    this.#tenth = tenth;
  }
}
