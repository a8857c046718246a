import type { BlockReference, ClassifiedCall } from '../model/call.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { ChainState } from '../model/pairing.ts';
import type { RecentBlocks } from '../ports/recent-blocks.ts';
import { heightRead, isMoving } from './read-height.ts';

/**
 * How long an answer holds good. `final`: its block is final. `pinned`: as long as the chain has this block at this height.
 * `tip`: until anything moves on the chain.
 */
export type Lifetime =
  | { readonly kind: 'none' }
  | { readonly kind: 'final'; readonly height: number; readonly ttlMs: number }
  | {
      readonly kind: 'pinned';
      readonly height: number;
      readonly hash: string;
      /** `shown`: the answer, or the call, says which block it is. `taken`: it was taken for the chain's own, and any reorg ends that. */
      readonly proof: 'shown' | 'taken';
      readonly ttlMs: number;
    }
  | { readonly kind: 'tip'; readonly ttlMs: number };

/** The block a result says it was read from. */
export interface ShownBlock {
  readonly height: number;
  readonly hash?: string;
}

/** What there is to be kept. */
export interface Found {
  /** `empty`: a list without members. */
  readonly content: 'null' | 'empty' | 'value' | 'error' | 'final-error';
  readonly shown: ShownBlock | undefined;
  /** Behind a pool each read may meet another member, so that one's block says nothing of another's answer. */
  readonly endpoint: Endpoint['kind'];
  /** The hash the chain had at the height that is read, when the read was sent. */
  readonly hashBefore: string | undefined;
}

/** What is known of the chain when the answer is there, and how long the configuration lets answers live. */
export interface KeepingFacts {
  /** As it was when the read was sent. */
  readonly finalized: number | undefined;
  readonly tip: number | undefined;
  readonly state: ChainState;
  readonly recent: RecentBlocks;
  /** Milliseconds since the chain last replaced a block. */
  readonly calmMs: number;
  readonly finalizedMs: number;
  readonly tipMs: number;
}

/** Nothing was there, but an index that is behind may have it later. */
const emptyMs = 30_000;

/**
 * An answer that does not say which block it was read from is taken for one of the chain's own branch only where the block has others
 * on top, and no block was replaced for a while; and it is not relied on for long. An upstream may be late to leave a branch.
 */
const unshown = { depth: 2, calmMs: 60_000, ttlMs: 60_000 } as const;

const none: Lifetime = { kind: 'none' };

/**
 * Says how long an answer may be kept. Pure; never throws.
 *
 * A null is never kept: what is not there yet may come. An error is kept only where it is deterministic and its block final, an
 * empty list only where its block is final, and not for long.
 */
export function lifetimeOf(
  { policy, block }: Pick<ClassifiedCall, 'policy' | 'block'>,
  found: Found,
  facts: KeepingFacts,
): Lifetime {
  const { content } = found;
  if (policy.kind !== 'read' || policy.cache === 'never' || content === 'null' || content === 'error') return none;
  if (policy.cache === 'tip' || isMoving(block)) return tipLifetime(content, facts);
  const place = placeOf(block, found.shown, facts.recent);
  if (place === undefined) return none;
  const known = facts.recent.hashAt(place.height);
  if (known !== undefined && place.hash !== undefined && place.hash !== known) return none;
  if (facts.finalized !== undefined && place.height <= facts.finalized)
    return finalLifetime(place.height, found, facts);
  if (content !== 'value' || facts.state !== 'running' || known === undefined) return none;
  const { height, hash } = place;
  if (hash !== undefined) return { kind: 'pinned', height, hash, proof: 'shown', ttlMs: facts.finalizedMs };
  if (policy.showsBlock?.hash !== undefined || !isTaken(height, known, { found, facts })) return none;
  const ttlMs = Math.min(unshown.ttlMs, facts.finalizedMs);
  return { kind: 'pinned', height, hash: known, proof: 'taken', ttlMs };
}

/** What an answer can be kept for at all, before there is one: whether it is worth looking for. */
export function mayBeKept(
  { policy, block }: Pick<ClassifiedCall, 'policy' | 'block'>,
  { tipMs }: Pick<KeepingFacts, 'tipMs'>,
): boolean {
  return tipMs > 0 || (policy.cache === 'finalized' && !isMoving(block));
}

function tipLifetime(content: Found['content'], { tipMs }: KeepingFacts): Lifetime {
  return tipMs > 0 && (content === 'value' || content === 'empty') ? { kind: 'tip', ttlMs: tipMs } : none;
}

/** Where an answer belongs, and the hash that is proof of it. A result that shows another block than was asked for belongs nowhere. */
function placeOf(
  block: BlockReference,
  shown: ShownBlock | undefined,
  recent: RecentBlocks,
): { readonly height: number; readonly hash?: string } | undefined {
  if (block.kind !== 'hash') {
    const height = heightRead(block);
    if (height === undefined) return undefined;
    if (shown === undefined || block.kind === 'range') return { height };
    return shown.height === height ? shown : undefined;
  }
  if (shown !== undefined) return shown;
  const height = recent.heightOf(block.hash);
  return height === undefined ? undefined : { height, hash: block.hash };
}

function finalLifetime(height: number, { content }: Found, { finalizedMs }: KeepingFacts): Lifetime {
  const ttlMs = content === 'empty' ? Math.min(emptyMs, finalizedMs) : finalizedMs;
  return { kind: 'final', height, ttlMs };
}

/** Whether an answer that shows no block can be taken for one of the block the chain has there. */
function isTaken(
  height: number,
  known: string,
  { found, facts }: { readonly found: Found; readonly facts: KeepingFacts },
): boolean {
  const isDeep = facts.tip !== undefined && facts.tip - height >= unshown.depth;
  return isDeep && found.endpoint === 'single' && found.hashBefore === known && facts.calmMs >= unshown.calmMs;
}
