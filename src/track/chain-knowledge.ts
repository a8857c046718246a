import type { TrackerId } from '../model/names.ts';
import type { Identity } from '../model/standing.ts';
import type { Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';
import type { ReadBlock } from './block-reader.ts';
import { addBlockTime, type BlockTimes, madeAt, measuredBlockTime, noBlockTimes } from './block-time.ts';
import { type HeadsState, judgeHeads, type TrackerSight, unknownHeads } from './chain-heads.ts';
import type { ChainDesk, Voice } from './chain-turn.ts';
import type { FinalizedReading } from './finality.ts';
import { keepWitnesses, unknownFinalized } from './finalized.ts';
import { losesBlocksBySkips } from './poll-schedule.ts';
import type { Reconcile } from './reconcile.ts';
import { blockAt, emptyRing, type Ring, type RingPolicy, type ShownBlock } from './ring.ts';
import { RingKeeper, ringDepth } from './ring-keeper.ts';
import { readRow, rememberedHeads, ringOf, rowOf, writeRow } from './row.ts';
import { witnessesAlike } from './safe-head.ts';
import type { SafeHead, StartState } from './start.ts';
import { type Comparison, StartKeeper } from './start-keeper.ts';
import { type TrackPolicy, trackPolicy } from './track-policy.ts';
import type { TrackPlan } from './tracking.ts';
import type { FillRange, WantedBlock } from './wanted-block.ts';
import type { Witness } from './witness.ts';

/** What keeping a chain's knowledge takes from the outside. */
export interface KnowledgeDeps {
  readonly clock: Clock;
  readonly emit: Emit;
  readonly read: ReadBlock | undefined;
}

/** What was seen, and why it is judged now. */
export interface Seen {
  readonly sights: readonly TrackerSight[];
  readonly identities: readonly Identity[];
  readonly cause: 'poll' | 'other';
}

/**
 * All that is known of one chain: heads and tip, finality, the ring, the start. It judges what it is shown, tells what
 * changed as events, and is the desk at which the chain's loop works.
 */
export class ChainKnowledge implements ChainDesk {
  readonly read: ReadBlock | undefined;
  #plan: TrackPlan;
  readonly #deps: KnowledgeDeps;
  readonly #ring: RingKeeper;
  readonly #start: StartKeeper;
  #heads: HeadsState = unknownHeads;
  /** What was judged last. */
  #seen: Seen = { sights: [], identities: [], cause: 'other' };
  #times: BlockTimes = noBlockTimes;
  #policy: TrackPolicy;
  #configured: number;

  constructor(plan: TrackPlan, witnesses: ReadonlySet<string>, deps: KnowledgeDeps) {
    const { spec, chain, needsRing } = plan;
    const row = readRow(plan.restored);
    this.read = deps.read;
    this.#plan = plan;
    this.#deps = deps;
    this.#configured = witnesses.size;
    this.#policy = policyOf(plan, spec.blockTimeMs);
    const links = spec.head.parent === undefined ? 'none' : 'named';
    this.#ring = new RingKeeper({ chain, needsRing, links }, row === undefined ? emptyRing : ringOf(row), deps.emit);
    this.#start = new StartKeeper(chain, { needsRing, configured: witnesses.size }, deps.emit);
    if (row !== undefined) this.#heads = rememberedHeads(row);
    this.#start.begin(deps.clock.now(), { row, comparable: deps.read === undefined ? 'no' : 'yes' });
  }

  get heads(): HeadsState {
    return this.#heads;
  }

  get policy(): TrackPolicy {
    return this.#policy;
  }

  get bound(): number {
    return this.#policy.bound;
  }

  start(): StartState {
    return this.#start.state;
  }

  ring(): Ring {
    return this.#ring.ring;
  }

  reconcile(): Reconcile | undefined {
    return this.#start.reconcile;
  }

  finalWitnesses(): readonly Witness<FinalizedReading>[] {
    return this.#heads.finalWitnesses;
  }

  /** After a reload: another lag limit, other witnesses, other trackers. */
  reconfigure(plan: TrackPlan, witnesses: ReadonlySet<string>, trackers: ReadonlySet<TrackerId>): void {
    this.#plan = plan;
    this.#policy = policyOf(plan, this.#policy.blockTimeMs);
    this.#configured = witnesses.size;
    this.#start.reconfigure({ needsRing: this.#plan.needsRing, configured: witnesses.size });
    this.#heads = { ...this.#heads, finalized: keepWitnesses(this.#heads.finalized, witnesses) };
    this.#ring.retain(trackers);
  }

  /** Judges anew from what all trackers know now, and tells what changed. */
  judge(seen: Seen): void {
    const { sights, identities, cause } = seen;
    const { clock } = this.#deps;
    const before = this.#heads;
    const inputs = { sights, configured: this.#configured, now: clock.now(), wall: clock.wall(), cause };
    const { state, result } = judgeHeads(this.#established(), inputs, this.#policy);
    this.#seen = seen;
    this.#heads = state;
    if (result === 'set-aside') this.#setAside('its finalized height fell, and three polls confirmed it');
    this.#start.judgeIdentities(identities, clock.now());
    this.#noticeForks(before);
    const { tip } = state.tip;
    if (tip === undefined || state.tip.degraded === 'no-witness') return;
    if (tip !== before.tip.tip) this.#tipMoved(tip);
    if (this.#start.isComparing) this.#act(this.#start.compareWith(tip));
    if (!this.#start.isComparing) this.#ring.feed(sights, tip, this.#ringPolicy());
    this.#corroborate();
  }

  /** Before a first safe head nothing is final for good: whoever was proven first speaks alone, and may lie. */
  #established(): HeadsState {
    const isWaiting = this.#start.state.kind === 'waiting-safe-head';
    return isWaiting ? { ...this.#heads, finalized: unknownFinalized } : this.#heads;
  }

  voices(): readonly Voice[] {
    const fresh = this.#seen.sights.filter((sight) => sight.standing === 'fresh' && sight.head.head !== undefined);
    const isFirst = (sight: TrackerSight) => fresh.find((other) => other.witness === sight.witness) === sight;
    const ordered = [...fresh.filter(isFirst), ...fresh.filter((sight) => !isFirst(sight))];
    return ordered.map(({ witness, tracker, head }) => ({ witness, tracker, head: head.head?.height ?? 0 }));
  }

  needed(): 1 | 2 {
    return this.#start.needed(this.#deps.clock.now(), this.#freshWitnesses());
  }

  range(): FillRange {
    const top = this.#heads.tip.tip ?? 0;
    const floor = this.#ring.floor(top, this.#ringPolicy().depth);
    return { top, floor, fill: this.#fill() };
  }

  reconciled(hash: string, witnesses: number): void {
    this.#act(this.#start.compared(hash, witnesses));
    if (!this.#start.isComparing) this.judge({ ...this.#seen, cause: 'other' });
  }

  safeHeadFound(origin: SafeHead, witnesses: number): void {
    this.#start.tell({ kind: 'safe-head-agreed', at: this.#deps.clock.now(), origin, witnesses });
  }

  ringFilled(): void {
    this.#start.tell({ kind: 'ring-filled', at: this.#deps.clock.now() });
  }

  place(block: ShownBlock): void {
    this.#ring.place(block, this.#ringPolicy());
  }

  unserved(wanted: WantedBlock): void {
    this.#ring.unserved(wanted);
  }

  /** What is to be remembered across a restart. */
  row(): unknown {
    return writeRow(rowOf(this.#heads, this.ring()));
  }

  /** The hash the chain has at a recent height, where the ring knows. */
  hashAt(height: number): string | undefined {
    return blockAt(this.ring(), height)?.hash;
  }

  #fill(): FillRange['fill'] {
    const { needsRing, spec } = this.#plan;
    if (needsRing === 'yes') return 'ring';
    const { blockTimeMs } = this.#policy;
    const isThinned = this.#seen.sights.some(({ pollMs }) => losesBlocksBySkips(pollMs, blockTimeMs));
    return isThinned && spec.head.parent !== undefined ? 'gaps' : 'links';
  }

  #freshWitnesses(): number {
    return new Set(this.voices().map((voice) => voice.witness)).size;
  }

  #ringPolicy(): RingPolicy {
    const { tip, finalized } = this.#heads;
    return {
      depth: ringDepth(tip.tip, finalized.finalized),
      needed: this.#freshWitnesses() >= 2 ? 2 : 1,
      readable: this.read === undefined ? 'nothing' : 'blocks',
    };
  }

  #tipMoved(tip: number): void {
    const { hash } = this.#heads.tip;
    this.#deps.emit({ kind: 'tip-moved', chain: this.#plan.chain, tip, ...(hash === undefined ? {} : { hash }) });
    if (this.#plan.spec.blockTimeKnown) return;
    const timeMs = madeAt(this.#plan.spec, this.#seen.sights, { tip, now: this.#deps.clock.now() });
    if (timeMs === undefined) return;
    this.#times = addBlockTime(this.#times, { height: tip, timeMs });
    this.#policy = policyOf(this.#plan, measuredBlockTime(this.#times, this.#plan.spec.blockTimeMs));
  }

  #noticeForks(before: HeadsState): void {
    const { forked, disputed } = this.#heads.forks;
    for (const sight of this.#seen.sights) {
      if (!forked.has(sight.tracker) || before.forks.forked.has(sight.tracker)) continue;
      this.#warn(`${sight.tracker}: its finalized block is not the one other witnesses have`);
    }
    if (disputed !== undefined && before.forks.disputed === undefined) {
      this.#warn(`witnesses disagree about the finalized block ${disputed}, and no majority decides`);
    }
  }

  /** An origin that rested on one witness is corroborated as soon as two show the same final block. */
  #corroborate(): void {
    const origin = this.#start.state.origin;
    if (this.#start.state.degraded === undefined || origin === undefined) return;
    const witnesses = witnessesAlike(this.#heads.finalWitnesses);
    if (witnesses >= 2) this.safeHeadFound(origin, witnesses);
  }

  #act(comparison: Comparison): void {
    switch (comparison.kind) {
      case 'asking':
      case 'keep':
        return;
      case 'rewind':
        return this.#ring.rewind(comparison.to);
      case 'clear':
        return this.#ring.clear();
      case 'contradicted':
        this.#heads = { ...this.#heads, finalized: unknownFinalized };
        return this.#setAside('the finalized block it remembers is not the one of the upstreams');
    }
  }

  #setAside(detail: string): void {
    this.#ring.clear();
    this.#deps.emit({ kind: 'store-set-aside', chain: this.#plan.chain, detail });
    this.#start.tell({ kind: 'store-contradicted', at: this.#deps.clock.now() });
  }

  #warn(detail: string): void {
    this.#deps.emit({ kind: 'warned', about: this.#plan.chain, detail });
  }
}

function policyOf({ spec, lagLimit }: TrackPlan, blockTimeMs: number): TrackPolicy {
  return trackPolicy({ blockTimeMs, lagLimit: lagLimit ?? spec.lagLimit });
}
