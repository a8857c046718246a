import type { ChainName } from '../model/names.ts';
import type { Identity } from '../model/standing.ts';
import type { Emit } from '../ports/emit.ts';
import { nextReconcile, type Reconcile, startReconcile } from './reconcile.ts';
import { storedBlocks, type TrackRow } from './row.ts';
import { nextStart, notStarted, type StartEvent, type StartPolicy, type StartState, witnessesNeeded } from './start.ts';

/** What came of comparing what was remembered with the chain. `contradicted`: the remembered finalized block is not the chain's. */
export type Comparison =
  | { readonly kind: 'asking' }
  | { readonly kind: 'keep' }
  | { readonly kind: 'rewind'; readonly to: number }
  | { readonly kind: 'clear' }
  | { readonly kind: 'contradicted' };

/** After so long without a second witness, one will do to compare with; never to set the store aside. */
const loneComparisonAfterMs = 30_000;

/** Keeps one chain's start: tells of its states as events, and holds the comparison with what was remembered. */
export class StartKeeper {
  readonly #chain: ChainName;
  readonly #emit: Emit;
  #policy: StartPolicy;
  #state: StartState = notStarted;
  #startedAt = 0;
  /** What was remembered, until it was compared. */
  #row: TrackRow | undefined;
  #reconcile: Reconcile | undefined;
  #comparedTo = 0;
  #fewestWitnesses = Number.POSITIVE_INFINITY;

  constructor(chain: ChainName, policy: StartPolicy, emit: Emit) {
    this.#chain = chain;
    this.#policy = policy;
    this.#emit = emit;
  }

  get state(): StartState {
    return this.#state;
  }

  /** The comparison under way; undefined before it can begin and after it ended. */
  get reconcile(): Reconcile | undefined {
    return this.#reconcile;
  }

  /** True until what was remembered has been compared: the ring takes nothing new before. */
  get isComparing(): boolean {
    return this.#row !== undefined;
  }

  /** Begins, with what was remembered, if anything; `comparable`: blocks can be read by height. */
  begin(at: number, memory: { readonly row: TrackRow | undefined; readonly comparable: 'yes' | 'no' }): void {
    this.#startedAt = at;
    this.#row = memory.comparable === 'yes' ? memory.row : undefined;
    this.tell({ kind: 'started', at, memory: memory.row === undefined ? 'empty' : 'restored' });
  }

  tell(event: StartEvent): void {
    const before = this.#state;
    this.#state = nextStart(before, event, this.#policy);
    if (event.kind === 'store-contradicted') this.#endComparison();
    const { kind: state, detail } = this.#state;
    if (state !== before.kind) this.#emit({ kind: 'chain-state-changed', chain: this.#chain, state, detail });
  }

  /** Halts the chain while every upstream is of another one. */
  judgeIdentities(identities: readonly Identity[], at: number): void {
    const isHopeless = identities.length > 0 && identities.every((identity) => identity === 'wrong');
    this.tell({ kind: 'identities-judged', at, verdict: isHopeless ? 'all-wrong' : 'some-may-serve' });
  }

  /** Witnesses that must agree on a block now, of those that are fresh. */
  needed(at: number, fresh: number): 1 | 2 {
    if (this.#state.kind === 'waiting-safe-head') return witnessesNeeded(this.#state, at, this.#policy);
    if (fresh >= 2 || this.#policy.configured <= 1) return fresh >= 2 ? 2 : 1;
    return this.isComparing && at - this.#startedAt < loneComparisonAfterMs ? 2 : 1;
  }

  /** Begins the comparison once the chain's tip is known, and anew where the chain fell below the block asked for. */
  compareWith(tip: number): Comparison {
    const isUnderWay = this.#reconcile?.kind === 'asking' && this.#reconcile.height <= tip;
    if (this.#row === undefined || isUnderWay) return { kind: 'asking' };
    this.#comparedTo = tip;
    return this.#compared(startReconcile(storedBlocks(this.#row), tip));
  }

  /** Takes the canonical hash at the height asked for, as so many witnesses showed it. */
  compared(canonicalHash: string, witnesses: number): Comparison {
    if (this.#reconcile === undefined) return { kind: 'asking' };
    this.#fewestWitnesses = Math.min(this.#fewestWitnesses, witnesses);
    return this.#compared(nextReconcile(this.#reconcile, canonicalHash));
  }

  /** After a reload the number of witnesses may be another. */
  reconfigure(policy: StartPolicy): void {
    this.#policy = policy;
  }

  #compared(reconcile: Reconcile): Comparison {
    this.#reconcile = reconcile;
    if (reconcile.kind === 'asking') return reconcile;
    const isContradicted = this.#isContradicted(reconcile);
    this.#endComparison();
    if (isContradicted) return { kind: 'contradicted' };
    return reconcile.kind === 'clear' ? { kind: 'clear' } : reconcile;
  }

  #isContradicted(reconcile: Reconcile): boolean {
    const { finalized, finalizedHash } = this.#row ?? {};
    if (finalized === undefined || finalizedHash === undefined || finalized > this.#comparedTo) return false;
    if (this.#fewestWitnesses < Math.min(2, this.#policy.configured)) return false;
    if (reconcile.kind === 'rewind') return reconcile.to < finalized;
    return reconcile.kind === 'clear' && reconcile.because === 'nothing-matches';
  }

  #endComparison(): void {
    this.#row = undefined;
    this.#reconcile = undefined;
  }
}
