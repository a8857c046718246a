import type { Answer } from '../model/answer.ts';
import type { GatewayEvent } from '../model/events.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { Verdict } from '../model/verdict.ts';
import type { CacheStore } from '../ports/cache-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { RecentBlocks } from '../ports/recent-blocks.ts';
import { bytesOf, detached, type Kept, type Trust } from './kept.ts';
import { isSameMoment, type Moment } from './moment.ts';

/** What a chain's kept answers live in. */
export interface AnswersDeps {
  readonly store: CacheStore<Kept>;
  readonly clock: Pick<Clock, 'now' | 'wall'>;
  /** A name no other part of the store has, or ever had. */
  nextPart(): string;
}

/** An answer that is to be kept, and for how long. */
export interface Keeping extends Pick<Kept, 'life' | 'moment'> {
  readonly answer: Answer;
  readonly verdict: Verdict;
  readonly upstream: string;
  /** Whose fall takes the answer along. */
  readonly key: UpstreamKey;
}

/** What a kept answer is held against when somebody asks for it. */
export interface Present {
  readonly moment: Moment;
  readonly recent: RecentBlocks;
}

/** More upstreams than any chain has; when it is reached over many reloads, everything is forgotten once. */
const mostTrusted = 4096;

/**
 * One chain's answers in a store that may be shared: what was kept, and whether it still holds good. It outlives reloads, and what it
 * keeps goes by what the chain and its upstreams turn out to be. Nothing is looked for when something falls: whatever does
 * not hold good any more is found out, and removed, when it is asked for, or makes room by its age.
 */
export class ChainAnswers {
  readonly #deps: AnswersDeps;
  readonly #trusts = new Map<UpstreamKey, Trust>();
  #part: string;
  #turn = 0;
  #highestFinal = -1;
  #reorgs = 0;
  #reorgAt = Number.NEGATIVE_INFINITY;

  constructor(deps: AnswersDeps) {
    this.#deps = deps;
    this.#part = deps.nextPart();
  }

  /** What the keys of this chain begin with, until all of it is forgotten. */
  get part(): string {
    return this.#part;
  }

  /** Counts what moved on the chain. */
  get turn(): number {
    return this.#turn;
  }

  /** Milliseconds since the chain last replaced a block. */
  get calmMs(): number {
    return this.#deps.clock.now() - this.#reorgAt;
  }

  /** True where this is the store they are kept in. */
  isIn(store: CacheStore<Kept>): boolean {
    return store === this.#deps.store;
  }

  /** The answer under a key, where it still holds good. */
  find(key: string, present: Present): Kept | undefined {
    const { store } = this.#deps;
    const kept = store.get(key);
    if (kept === undefined || this.#holdsGood(kept, present)) return kept;
    store.remove(key);
    return undefined;
  }

  /** Keeps an answer, in memory of its own. */
  keep(key: string, { answer, verdict, upstream, key: source, life, moment }: Keeping): void {
    const { clock, store } = this.#deps;
    const until = clock.now() + life.ttlMs;
    const wallUntil = clock.wall() + life.ttlMs;
    const trust = this.#trustIn(source);
    const reorgs = this.#reorgs;
    const value: Kept = { answer: detached(answer), verdict, upstream, life, trust, moment, reorgs, until, wallUntil };
    if (life.kind === 'final') this.#highestFinal = Math.max(this.#highestFinal, life.height);
    store.put(key, { value, bytes: bytesOf(key, value) });
  }

  /** Something was written, or the chain goes on under other settings: what was asked for before is not what is asked for now. */
  move(): void {
    this.#turn += 1;
  }

  /** Takes what happened on this chain, or to one of its upstreams. */
  fold(event: GatewayEvent): void {
    switch (event.kind) {
      case 'identity-changed':
        return event.identity === 'wrong' ? this.#distrust(event.upstream) : undefined;
      case 'standing-changed':
        return event.to === 'quarantined' ? this.#distrust(event.upstream) : undefined;
      case 'tip-moved':
        return this.move();
      case 'reorg-seen':
        return this.#reorganised(event.height);
      case 'store-set-aside':
        return this.#forget();
      default:
        return;
    }
  }

  #holdsGood({ life, trust, moment, reorgs, until, wallUntil }: Kept, present: Present): boolean {
    const { clock } = this.#deps;
    if (trust.isWithdrawn || clock.now() >= until || clock.wall() >= wallUntil) return false;
    switch (life.kind) {
      case 'final':
        return true;
      case 'pinned':
        if (life.proof === 'taken' && reorgs !== this.#reorgs) return false;
        return present.recent.hashAt(life.height) === life.hash;
      case 'tip':
        return isSameMoment(moment, present.moment);
    }
  }

  #trustIn(upstream: UpstreamKey): Trust {
    const known = this.#trusts.get(upstream);
    if (known !== undefined) return known;
    if (this.#trusts.size >= mostTrusted) this.#forget();
    const trust: Trust = { isWithdrawn: false };
    this.#trusts.set(upstream, trust);
    return trust;
  }

  #distrust(upstream: UpstreamKey): void {
    const trust = this.#trusts.get(upstream);
    if (trust !== undefined) trust.isWithdrawn = true;
    this.#trusts.delete(upstream);
  }

  /** Where what was final has been replaced, nothing that was learned about finality is to be relied on. */
  #reorganised(height: number): void {
    this.move();
    this.#reorgs += 1;
    this.#reorgAt = this.#deps.clock.now();
    if (height <= this.#highestFinal) this.#forget();
  }

  #forget(): void {
    this.move();
    this.#part = this.#deps.nextPart();
    this.#trusts.clear();
    this.#highestFinal = -1;
  }
}
