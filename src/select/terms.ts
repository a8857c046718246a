import type { Pairing, Upstream } from '../model/pairing.ts';
import type { Need } from '../model/pick.ts';
import type { Random } from '../ports/random.ts';
import type { Load } from './load.ts';

/** What a choice looks at beside the snapshot and the call. */
export interface Sight {
  /** Indices of the upstreams this call has asked: never again. Bounded by the attempts of a call. */
  readonly asked: readonly number[];
  readonly load: Load;
  /** Monotonic milliseconds. */
  readonly now: number;
  readonly random: Random;
  /** `answering`: only such as answered well within the last 10 s. Absent means all. */
  readonly among?: 'all' | 'answering';
}

/** A call's need against one snapshot: worked out once per choice, then the same for every upstream. */
export interface Terms {
  readonly need: Need;
  readonly sight: Sight;
  /** True where only upstreams at the tip will do. */
  readonly atTip: boolean;
  /** Height an upstream must have reached; undefined where none is asked for. */
  readonly height: number | undefined;
  /** True where an answer from below that height would be incomplete without looking so. */
  readonly isRange: boolean;
  /** Lowest height read, against declared history. */
  readonly oldest: number | undefined;
  readonly tip: number | undefined;
  /** The add-on an upstream must declare; undefined where the call needs none, or nobody declares it. */
  readonly addon: string | undefined;
  /** True where signed bytes go to private providers, and to public ones at most as a fallback. */
  readonly keepsPrivate: boolean;
}

/**
 * Works out what a call asks of the upstreams of one snapshot. Never throws.
 *
 * A condition that nobody can meet is no condition: a height above everyone's head is asked of those at the tip, an
 * add-on that nobody declares of everybody. So the gateway answers what the best upstream alone would have answered.
 */
export function termsOf(pairing: Pairing, need: Need, sight: Sight): Terms {
  const { block } = need;
  const wanted = block.kind === 'any' ? undefined : block.height;
  const isReached = wanted === undefined || isHeightServed(pairing, wanted);
  const isRaw = need.kind === 'raw';
  return {
    need,
    sight,
    atTip: isRaw || block.kind === 'tip' || !isReached,
    height: isReached ? wanted : undefined,
    isRange: block.kind === 'at-least' && block.oldest !== undefined,
    oldest: block.kind === 'at-least' ? (block.oldest ?? block.height) : undefined,
    tip: pairing.tip,
    addon: need.addon !== undefined && isDeclared(pairing, need.addon) ? need.addon : undefined,
    keepsPrivate: (isRaw || need.mayCarrySigned === true) && hasPrivateWrites(pairing),
  };
}

/** True where the chain has a provider that keeps signed transactions to itself: then they go there, one after another. */
export function hasPrivateWrites(pairing: Pairing): boolean {
  for (const upstream of pairing.upstreams) if (upstream.endpoint.writes === 'private') return true;
  return false;
}

/** The height an upstream can be trusted to serve; an implausible head speaks for the tip at most. */
export function servedHeight(upstream: Upstream, tip: number | undefined): number | undefined {
  if (!upstream.outlier || upstream.head === undefined) return upstream.head;
  return tip === undefined ? undefined : Math.min(upstream.head, tip);
}

function isHeightServed(pairing: Pairing, height: number): boolean {
  if (pairing.tip !== undefined && height <= pairing.tip) return true;
  for (const upstream of pairing.upstreams) {
    const isTrusted = upstream.identity === 'confirmed' && upstream.standing !== 'quarantined' && !upstream.cordoned;
    if (isTrusted && (servedHeight(upstream, pairing.tip) ?? -1) >= height) return true;
  }
  return false;
}

function isDeclared(pairing: Pairing, addon: string): boolean {
  for (const upstream of pairing.upstreams) if (upstream.endpoint.addons.has(addon)) return true;
  return false;
}
