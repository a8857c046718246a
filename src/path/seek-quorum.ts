import type { FaultAnswer } from '../model/faults.ts';
import type { Quorum } from '../model/quorum.ts';
import type { Cancel } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';
import {
  openQuorum,
  type QuorumEffect,
  type QuorumOutcome,
  type QuorumState,
  type QuorumStep,
  stepQuorum,
} from '../relay/quorum.ts';
import type { OrderedGroups } from '../select/groups-in-order.ts';
import { type FailureWatch, watchFailures } from './excuse-failures.ts';
import { overloaded } from './own-answers.ts';
import { type BallotBox, type BallotDeps, openBallotBox } from './quorum-ballots.ts';
import { disagreement, tooFewAnswers, type VoteNote } from './quorum-fault.ts';
import { type Answered, gone, refused, type Serve, type Served, type Trip } from './trip.ts';

/** What seeking a quorum needs of the world. */
export interface SeekDeps extends BallotDeps {
  readonly emit: Emit;
}

/** A quorum to be sought. */
export interface Search {
  /** The call as everybody is asked it. */
  readonly trip: Trip;
  readonly quorum: Quorum;
  readonly ordered: OrderedGroups;
  /** The height all are asked at; undefined where they were not asked at one. */
  readonly height: number | undefined;
}

/**
 * Asks group by group until enough agree, and says once how it ended; rejects only for a bug of the layer inside.
 *
 * Owns the questions and what was answered, and only translates between them and `stepQuorum`. Those that are not needed any more are
 * cancelled, blameless; so are all when the client has gone.
 */
export function seekQuorum(deps: SeekDeps, inner: Serve, search: Search): Promise<Served> {
  return new Promise((resolve, reject) => {
    new RunningQuorum({ ...deps, ...search, inner, resolve, reject }).start();
  });
}

interface RunningParts extends SeekDeps, Search {
  readonly inner: Serve;
  resolve(served: Served): void;
  reject(bug: unknown): void;
}

interface Vote {
  readonly upstream: string | undefined;
  readonly ballot: number;
}

/** The driver's side of one quorum: its state, its questions, its answers. */
class RunningQuorum {
  readonly #parts: RunningParts;
  readonly #box: BallotBox;
  readonly #watch: FailureWatch;
  readonly #questions: Cancel[][] = [];
  readonly #votes: Vote[] = [];
  readonly #failures: FaultAnswer[] = [];
  #state: QuorumState = { kind: 'settled' };
  #attempts = 0;

  constructor(parts: RunningParts) {
    const { policy } = parts.trip.classified;
    const hexCase = parts.trip.lane.spec.family === 'evm' ? 'ignored' : 'counts';
    this.#parts = parts;
    this.#box = openBallotBox(parts, { volatile: policy.volatile ?? new Set(), hexCase });
    this.#watch = watchFailures(parts.trip.tell ?? parts.emit);
  }

  start(): void {
    const { trip, quorum, ordered, resolve } = this.#parts;
    this.#apply(openQuorum(quorum, { groups: ordered.groups.length, ready: ordered.ready }));
    trip.onCancel(() => {
      this.#leave();
      resolve(gone);
    });
  }

  #apply(step: QuorumStep): void {
    this.#state = step.state;
    for (const effect of step.effects) this.#run(effect);
  }

  #run(effect: QuorumEffect): void {
    switch (effect.kind) {
      case 'ask':
        return this.#ask(effect.slot);
      case 'cancel':
        return this.#cancel(effect.slot);
      case 'settle':
        return void this.#settle(effect.outcome).then(this.#parts.resolve, (bug) => this.#fail(bug));
    }
  }

  #ask(slot: number): void {
    const { trip, ordered, inner } = this.#parts;
    const cancels: Cancel[] = [];
    this.#questions[slot] = cancels;
    this.#attempts += 1;
    const groups = new Set(ordered.groups.slice(slot, slot + 1));
    const part: Trip = {
      ...trip,
      wish: { ...trip.wish, groups },
      tell: this.#watch.tell,
      // What is compared has to be held whole.
      large: 'refused',
      onCancel: (cancel) => void cancels.push(cancel),
    };
    inner(part)
      .then((served) => this.#served(slot, served))
      .catch((bug) => this.#fail(bug));
  }

  /** A bug leaves nothing behind: no question, and no byte held. */
  #fail(bug: unknown): void {
    this.#leave();
    this.#box.close();
    this.#parts.reject(bug);
  }

  #cancel(slot: number): void {
    for (const cancel of this.#questions[slot] ?? []) cancel();
  }

  async #served(slot: number, served: Served): Promise<void> {
    if (served.kind === 'answered') return this.#answered(slot, served);
    if (served.kind === 'refused') this.#failures.push(served.answer);
    this.#apply(stepQuorum(this.#state, { kind: 'failed', slot }));
  }

  async #answered(slot: number, answered: Answered): Promise<void> {
    const { verdict, facts } = answered;
    this.#attempts += facts.attempts - 1;
    const ballot = await this.#box.put(answered);
    if (ballot === undefined) {
      this.#failures.push(overloaded);
      return this.#apply(stepQuorum(this.#state, { kind: 'failed', slot }));
    }
    this.#votes.push({ upstream: facts.upstream, ballot });
    const weight = verdict.retry === 'no' ? 'firm' : 'weak';
    this.#apply(stepQuorum(this.#state, { kind: 'voted', slot, ballot, weight }));
  }

  async #settle(outcome: QuorumOutcome): Promise<Served> {
    const best = outcome.kind === 'agreed' ? this.#box.first(outcome.ballot) : undefined;
    this.#watch.settle(best === undefined ? { kind: 'failed' } : { kind: 'answered', verdict: best.verdict });
    const served = best === undefined ? refused(await this.#faultOf(outcome)) : this.#answerOf(best);
    this.#box.close();
    return served;
  }

  #answerOf(best: Answered): Answered {
    const { height = best.facts.height } = this.#parts;
    return { ...best, facts: { ...best.facts, attempts: this.#attempts, height } };
  }

  async #faultOf({ kind }: QuorumOutcome): Promise<FaultAnswer> {
    const { quorum } = this.#parts;
    const notes: VoteNote[] = [];
    for (const { upstream, ballot } of this.#votes) notes.push({ upstream, digest: await this.#box.digest(ballot) });
    const votes = { quorum, notes, failures: this.#failures };
    return kind === 'disagreed' ? disagreement(votes) : tooFewAnswers(votes);
  }

  /** Nobody waits any more. */
  #leave(): void {
    if (this.#state.kind === 'settled') return;
    this.#state = { kind: 'settled' };
    for (const slot of this.#questions.keys()) this.#cancel(slot);
    this.#watch.settle(undefined);
    this.#box.close();
  }
}
