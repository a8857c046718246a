import type { UpstreamKey } from '../model/names.ts';
import type { Pairing, Upstream } from '../model/pairing.ts';
import type { Clock } from '../ports/clock.ts';

/** For how long an upstream is taken at its word, in milliseconds: a plan may change. */
const rememberedMs = 10 * 60_000;

/** Upstreams that are remembered: more than any configuration names, and still bounded when many came and went. */
const maxRemembered = 4096;

/** How many blocks upstreams said they take at once. One owner per process, bounded, each word for ten minutes. */
export interface KnownWidths {
  learn(upstream: UpstreamKey, blocks: number): void;
  /** The widest range that somebody who serves now may take; undefined where somebody set no limit that we know of. */
  widest(pairing: Pairing): number | undefined;
}

/** Creates the memory, with nothing in it. */
export function createKnownWidths(clock: Clock): KnownWidths {
  const words = new Map<UpstreamKey, { readonly blocks: number; readonly until: number }>();
  const knownOf = ({ endpoint }: Upstream, now: number): number => {
    const word = words.get(endpoint.key);
    return word === undefined || word.until <= now ? Number.POSITIVE_INFINITY : word.blocks;
  };
  return {
    learn(upstream, blocks) {
      words.delete(upstream);
      const [oldest] = words.size >= maxRemembered ? words.keys() : [];
      if (oldest !== undefined) words.delete(oldest);
      words.set(upstream, { blocks, until: clock.now() + rememberedMs });
    },
    widest({ upstreams }) {
      if (words.size === 0) return undefined;
      const now = clock.now();
      let widest = 0;
      for (const upstream of upstreams) if (mayServe(upstream)) widest = Math.max(widest, knownOf(upstream, now));
      return widest === 0 || widest === Number.POSITIVE_INFINITY ? undefined : widest;
    },
  };
}

function mayServe({ identity, standing, cordoned }: Upstream): boolean {
  return identity === 'confirmed' && !cordoned && (standing === 'serving' || standing === 'probation');
}
