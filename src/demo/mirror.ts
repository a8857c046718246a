import { Follower } from './follower.ts';
import { Journal, type JournalBounds } from './journal.ts';
import type { Anvil } from './spawn-anvil.ts';
import type { WireAnswer } from './wire-answer.ts';

/** A quarter of an hour at one block a second; an anvil that is started carries that out in seconds. */
const usualBounds: JournalBounds = { usualSteps: 1_000, mostSteps: 10_000, usualBytes: 32 * 1_048_576 };

/** What a chain begins with. */
export interface MirrorOptions {
  /** In seconds since 1970: no block is older. */
  readonly genesisTime: number;
  readonly bounds?: JournalBounds;
}

/**
 * Keeps anvils one chain: every transaction and every block is told to all of them, in one order, blocks with one time. An anvil
 * that joins late is brought to where the others are, and has the same blocks under the same hashes.
 */
export class Mirror {
  readonly #journal: Journal;
  readonly #followers = new Set<Follower>();
  #newestTime: number;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #movingOrigin: Promise<void> | undefined;

  constructor({ genesisTime, bounds = usualBounds }: MirrorOptions) {
    this.#journal = new Journal(bounds);
    this.#newestTime = genesisTime;
  }

  /** Height of the chain's newest block. */
  get height(): number {
    return this.#journal.height;
  }

  /** Takes in an anvil that was just started with the flags of all. Resolves once it has caught up, or has ended. */
  async join(anvil: Anvil): Promise<Follower> {
    const follower = new Follower(anvil, this.#journal);
    this.#followers.add(follower);
    void follower.ended.then(() => this.#followers.delete(follower));
    await follower.advance();
    return follower;
  }

  /**
   * Tells all anvils a request that brings a transaction, and resolves once those that follow the tip have it: with the answer of
   * `own`, or of another where that one does not; undefined where none does.
   */
  async send(body: Buffer, own: Follower | undefined): Promise<WireAnswer | undefined> {
    const inStep = this.#inStep();
    if (inStep.length === 0 || this.#journal.isFull) return undefined;
    const position = this.#journal.tellSend(body);
    const ownFirst = inStep.toSorted((left, right) => Number(right === own) - Number(left === own));
    const answers = ownFirst.map((follower) => follower.answerTo(position));
    this.#advanceAll();
    return (await Promise.all(answers)).find((answer) => answer !== undefined);
  }

  /** Runs one thing after the other, in the order of the calls. */
  inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const done = this.#turn.then(run);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /**
   * Mines one block on all anvils, with the time given or else that of the clock, never older than the block before. Resolves once
   * one of them has mined it. The chain stands while no anvil follows its tip.
   */
  async mine(timestamp = Math.floor(Date.now() / 1_000)): Promise<void> {
    if (this.#inStep().length === 0 || this.#journal.isFull) return;
    this.#newestTime = Math.max(this.#newestTime, timestamp);
    this.#journal.tellMine(this.#newestTime);
    await Promise.race(this.#advanceAll());
    if (this.#journal.wantsOrigin) this.#movingOrigin ??= this.#moveOrigin();
  }

  /** Mines a block every so many milliseconds, until it is stopped. */
  start(blockTimeMs: number): void {
    this.#timer = setTimeout(async () => {
      await this.mine();
      if (this.#timer !== undefined) this.start(blockTimeMs);
    }, blockTimeMs);
  }

  /** Mines no more blocks. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #inStep(): readonly Follower[] {
    return [...this.#followers].filter((follower) => follower.isInStep);
  }

  #advanceAll(): readonly Promise<void>[] {
    const inStep = this.#inStep().map((follower) => follower.advance());
    for (const follower of this.#followers) if (!follower.isInStep) void follower.advance();
    return inStep;
  }

  async #moveOrigin(): Promise<void> {
    const snapshot = await this.#inStep()[0]?.snapshot();
    if (snapshot !== undefined) this.#journal.moveOrigin(snapshot.position, snapshot.height, snapshot.state);
    this.#movingOrigin = undefined;
  }
}
