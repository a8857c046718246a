import type { TrackerId } from '../model/names.ts';
import type { ReadBlock } from './block-reader.ts';
import type { FinalizedReading } from './finality.ts';
import { parked, type Rest } from './loop.ts';
import type { Reconcile } from './reconcile.ts';
import type { Ring, ShownBlock } from './ring.ts';
import { safeHeight, shownHash } from './safe-head.ts';
import type { SafeHead, StartState } from './start.ts';
import { type FillRange, type WantedBlock, wantedBlock } from './wanted-block.ts';
import type { Witness } from './witness.ts';

/** A fresh tracker that may be asked for blocks, and the witness it belongs to. */
export interface Voice {
  readonly witness: string;
  readonly tracker: TrackerId;
  readonly head: number;
}

/** One chain's background work as its loop sees it: what is known, and what may be done. */
export interface ChainDesk {
  start(): StartState;
  ring(): Ring;
  range(): FillRange;
  finalWitnesses(): readonly Witness<FinalizedReading>[];
  /** One fresh tracker per witness, then the others. */
  voices(): readonly Voice[];
  /** Witnesses that must agree now, and how far apart they may be. */
  needed(): 1 | 2;
  readonly bound: number;
  /** Absent where the family's blocks cannot be read by height. */
  readonly read: ReadBlock | undefined;
  /** The comparison with what was remembered; undefined when there is none, or none yet. */
  reconcile(): Reconcile | undefined;
  /** Takes the canonical hash at the height the comparison asks for. */
  reconciled(hash: string, witnesses: number): void;
  safeHeadFound(origin: SafeHead, witnesses: number): void;
  place(block: ShownBlock): void;
  /** No upstream has this block: nothing below it is worth asking for. */
  unserved(wanted: WantedBlock): void;
  ringFilled(): void;
}

/** Between two reads of a backfill: ten a second. */
const pacedRest: Rest = { ms: 100, until: 'over' };
const atOnce: Rest = { ms: 0, until: 'over' };
const idleRest: Rest = { ms: 1000, until: 'over-or-nudged' };
const failedRest: Rest = { ms: 2000, until: 'over' };

/** A block several witnesses showed alike. */
interface AgreedBlock {
  readonly block: ShownBlock;
  readonly witnesses: number;
}

/**
 * Makes the function that takes one step of a chain's background work and says how long to rest: it compares what was
 * remembered, looks for the safe head of a cold start, or reads what the ring is missing. Whatever fails is tried again.
 */
export function createChainTurn(desk: ChainDesk): () => Promise<Rest> {
  const missing: Missing = { height: -1, answers: 0 };
  return async () => {
    const { kind } = desk.start();
    if (kind === 'halted' || kind === 'not-started') return parked;
    const reconcile = desk.reconcile();
    if (reconcile?.kind === 'asking') return reconcileTurn(desk, reconcile);
    return kind === 'waiting-safe-head' ? safeHeadTurn(desk) : fillTurn(desk, missing);
  };
}

async function reconcileTurn(desk: ChainDesk, state: Extract<Reconcile, { kind: 'asking' }>): Promise<Rest> {
  if (desk.voices().length === 0) return idleRest;
  const agreed = await agreedBlock(desk, state.height);
  if (agreed === undefined) return failedRest;
  desk.reconciled(agreed.block.hash, agreed.witnesses);
  return atOnce;
}

async function safeHeadTurn(desk: ChainDesk): Promise<Rest> {
  const witnesses = desk.finalWitnesses();
  const needed = desk.needed();
  const height = safeHeight(witnesses, needed);
  if (height === undefined) return idleRest;
  const counts = new Map<string, number>();
  for (const witness of witnesses) {
    const hash = shownHash(witness, height) ?? (await hashFrom(desk, witness.name, height));
    if (hash === undefined) continue;
    const count = (counts.get(hash) ?? 0) + 1;
    counts.set(hash, count);
    if (count >= needed) return originFound(desk, { height, hash }, count);
  }
  if (needed === 1 && counts.size === 0) return originFound(desk, { height }, 1);
  const [hash, another] = counts.keys();
  const isAlike = another === undefined && isWithin(witnesses, desk.bound);
  if (desk.read === undefined && isAlike) return originFound(desk, { height, ...(hash && { hash }) }, needed);
  return failedRest;
}

/** Where no block can be read by height, hashes rarely meet: two final heights near each other must do. */
function isWithin([first, second]: readonly Witness<FinalizedReading>[], bound: number): boolean {
  return first !== undefined && second !== undefined && first.head.height - second.head.height <= bound;
}

function originFound(desk: ChainDesk, origin: SafeHead, witnesses: number): Rest {
  desk.safeHeadFound(origin, witnesses);
  return atOnce;
}

async function hashFrom(desk: ChainDesk, witness: string, height: number): Promise<string | undefined> {
  const voice = desk.voices().find((one) => one.witness === witness && one.head >= height);
  if (voice === undefined || desk.read === undefined) return undefined;
  const reading = await desk.read(voice.tracker, height);
  return reading.kind === 'block' ? reading.block.hash : undefined;
}

/** Asks one witness after the other until as many as needed show the same block. */
async function agreedBlock(desk: ChainDesk, height: number): Promise<AgreedBlock | undefined> {
  const needed = desk.needed();
  const heard = new Set<string>();
  const counts = new Map<string, number>();
  for (const { witness, tracker, head } of desk.voices()) {
    if (desk.read === undefined || heard.has(witness) || head < height) continue;
    const reading = await desk.read(tracker, height);
    if (reading.kind !== 'block') continue;
    heard.add(witness);
    const count = (counts.get(reading.block.hash) ?? 0) + 1;
    counts.set(reading.block.hash, count);
    if (count >= needed) return { block: reading.block, witnesses: count };
  }
  return undefined;
}

/** How often upstreams said that they do not have the block wanted now. */
interface Missing {
  height: number;
  answers: number;
}

async function fillTurn(desk: ChainDesk, missing: Missing): Promise<Rest> {
  const wanted = desk.read === undefined ? undefined : wantedBlock(desk.ring(), desk.range());
  if (wanted === undefined) {
    if (desk.start().kind !== 'backfilling') return parked;
    desk.ringFilled();
    return atOnce;
  }
  const voices = desk.voices();
  if (voices.length === 0) return idleRest;
  if (missing.height !== wanted.height) Object.assign(missing, { height: wanted.height, answers: 0 });
  const found = await wantedFrom(desk, wanted, voices[missing.answers % voices.length]);
  if (found === 'failed') return failedRest;
  if (found !== 'absent') {
    desk.place(found);
    return pacedRest;
  }
  missing.answers += 1;
  if (missing.answers >= 2 * voices.length) desk.unserved(wanted);
  return pacedRest;
}

async function wantedFrom(
  desk: ChainDesk,
  wanted: WantedBlock,
  voice: Voice | undefined,
): Promise<ShownBlock | 'absent' | 'failed'> {
  if (wanted.kind === 'unlinked') return (await agreedBlock(desk, wanted.height))?.block ?? 'absent';
  if (voice === undefined || desk.read === undefined) return 'failed';
  const reading = await desk.read(voice.tracker, wanted.height);
  if (reading.kind !== 'block') return reading.kind;
  return reading.block.hash === wanted.hash && reading.block.parent !== undefined ? reading.block : 'absent';
}
