import type { ChainSpec } from '../model/chain-spec.ts';
import type { Head } from '../model/head.ts';
import type { Verdict } from '../model/verdict.ts';

/** One tracker's finalized height. */
export interface FinalizedReading {
  readonly height: number;
  readonly hash?: string;
  /** The greatest height this reading speaks of: itself where it was read, the head where it was reckoned from the head. */
  readonly reach: number;
}

/** How long an endpoint's word that it has no finality holds: `null` on a young chain is soon outgrown. */
export const finalityUnreadMs = { unsupported: 600_000, null: 60_000 };

/**
 * The finalized height of one tracker: as it was read; reckoned from its head where the chain, or this endpoint, says
 * nothing; undefined until it can be known.
 */
export function finalizedOf(
  spec: ChainSpec,
  head: Head | undefined,
  read: Head | 'unread' | undefined,
): FinalizedReading | undefined {
  if (spec.finality.kind === 'read' && read !== 'unread') return read === undefined ? undefined : asRead(read);
  return head === undefined ? undefined : belowHead(head, depthOf(spec));
}

function asRead(read: Head): FinalizedReading {
  return { height: read.height, reach: read.height, ...(read.hash === undefined ? {} : { hash: read.hash }) };
}

function belowHead(head: Head, depth: number): FinalizedReading {
  const height = Math.max(0, head.height - depth);
  const hash = depth === 0 ? head.hash : undefined;
  return { height, reach: head.height, ...(hash === undefined ? {} : { hash }) };
}

function depthOf(spec: ChainSpec): number {
  switch (spec.finality.kind) {
    case 'instant':
      return 0;
    case 'depth':
      return spec.finality.depth;
    case 'read':
      return spec.safeDepth;
  }
}

/** True where an answer says that the endpoint has no such tag or block, and not that something went wrong. */
export function saysNoFinality(verdict: Verdict): boolean {
  switch (verdict.meaning) {
    case 'tag-unsupported':
    case 'method-unsupported':
    case 'block-unknown':
    case 'data-missing':
    case 'invalid-params':
      return true;
    default:
      return verdict.blame === 'capability' && !verdict.holdOff;
  }
}
