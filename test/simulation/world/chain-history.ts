/** How a simulated chain goes through time. Times are monotonic milliseconds of the simulation. */
export interface ChainHistory {
  readonly chainId: string;
  readonly mining: Mining;
  /** Height at time 0 of the simulation. */
  readonly startHeight: number;
  /** Blocks below the newest from which on they are final. */
  readonly finalityDepth: number;
  readonly reorgs: readonly Reorg[];
  /** When a devnet begins again at block 0 with another genesis; undefined: never. */
  readonly resetAt: number | undefined;
  /** Difference of the wall clock to the monotonic one. */
  readonly wallOffsetMs: number;
}

/** Blocks at a pace, with spans in which none are made; or only when somebody mines. */
export type Mining =
  | { readonly kind: 'paced'; readonly blockTimeMs: number; readonly halts: readonly Span[] }
  | { readonly kind: 'on-demand'; readonly minedAt: readonly number[] };

/** From, and up to but without, a moment. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** At a moment the newest `depth` blocks are replaced. */
export interface Reorg {
  readonly at: number;
  readonly depth: number;
}

/** One block of the chain as somebody sees it. */
export interface SimBlock {
  readonly height: number;
  readonly hash: string;
  readonly parent: string;
  /** Seconds since 1970. */
  readonly time: number;
}

/** The height of the newest block at a moment. A function of time alone: nothing in a chain remembers who asked. */
export function heightAt(history: ChainHistory, at: number): number {
  const { mining, resetAt, startHeight } = history;
  const isReset = resetAt !== undefined && at >= resetAt;
  const from = isReset ? resetAt : 0;
  const base = isReset ? 0 : startHeight;
  if (mining.kind === 'on-demand') return base + mining.minedAt.filter((one) => one > from && one <= at).length;
  return base + Math.floor((at - from - haltedMs(mining.halts, { from, to: at })) / mining.blockTimeMs);
}

function haltedMs(halts: readonly Span[], within: Span): number {
  let halted = 0;
  for (const halt of halts) halted += Math.max(0, Math.min(halt.to, within.to) - Math.max(halt.from, within.from));
  return halted;
}

/** The newest final height at a moment. */
export function finalizedAt(history: ChainHistory, at: number): number {
  return Math.max(0, heightAt(history, at) - history.finalityDepth);
}

/** A block as the chain has it at a moment. Its height is not checked: somebody may claim more than there is. */
export function blockAt(history: ChainHistory, height: number, at: number): SimBlock {
  return {
    height,
    hash: hashOf(height, branchAt(history, height, at)),
    parent: height === 0 ? hashOf(0, 0) : hashOf(height - 1, branchAt(history, height - 1, at)),
    time: Math.floor((madeAt(history, height, at) + history.wallOffsetMs) / 1000),
  };
}

/** A hash that says which block it is of: eight digits of the branch, then the height. */
export function hashOf(height: number, branch: number): string {
  return `0x${(branch >>> 0).toString(16).padStart(8, '0')}${'0'.repeat(42)}${height.toString(16).padStart(14, '0')}`;
}

/** The height of the block with this hash, where the chain has it at a moment. */
export function heightOfHash(history: ChainHistory, hash: string, at: number): number | undefined {
  const height = Number.parseInt(hash.slice(-14), 16);
  if (!(height <= heightAt(history, at))) return undefined;
  return hashOf(height, branchAt(history, height, at)) === hash ? height : undefined;
}

/** Every genesis and every reorg begins a branch of its own. */
function branchAt(history: ChainHistory, height: number, at: number): number {
  const isReset = history.resetAt !== undefined && at >= history.resetAt;
  let branch = isReset ? 0x4e57 : Number.parseInt(history.chainId, 10) & 0xffff;
  for (const [index, reorg] of history.reorgs.entries()) {
    if (reorg.at > at || (isReset && reorg.at < (history.resetAt ?? 0))) continue;
    if (height > heightAt(history, reorg.at) - reorg.depth) branch = ((index + 1) << 16) | (branch & 0xffff);
  }
  return branch;
}

function madeAt(history: ChainHistory, height: number, at: number): number {
  const { mining, resetAt, startHeight } = history;
  const isReset = resetAt !== undefined && at >= resetAt;
  const from = isReset ? resetAt : 0;
  const above = height - (isReset ? 0 : startHeight);
  if (mining.kind === 'on-demand') return mining.minedAt.filter((one) => one > from)[above - 1] ?? from + above * 1000;
  let made = from + above * mining.blockTimeMs;
  for (const halt of mining.halts) if (halt.from >= from && made > halt.from) made += halt.to - halt.from;
  return made;
}
