import type { Pairing } from '../model/pairing.ts';
import type { Quorum } from '../model/quorum.ts';

/** What a common height is not to be below. */
export interface HeightFloor {
  /** What was promised: whoever is below is not asked. */
  readonly atLeast: number | undefined;
  /** What the last quorums were answered at: held as long as as many groups as have to agree have it. */
  readonly told: number;
}

/**
 * The newest height that as many groups as are asked have reached, no more than the tip and no less than the floor: asked at the tip itself,
 * honest providers that are a block apart could not agree. The tip where fewer than have to agree keep up with it; undefined where
 * there is none.
 */
export function commonHeight(
  { tip, upstreams }: Pairing,
  quorum: Quorum,
  { atLeast, told }: HeightFloor,
): number | undefined {
  if (tip === undefined) return undefined;
  const heads = new Map<string, number>();
  for (const { endpoint, head, identity, standing, lagging, outlier } of upstreams) {
    const isSteady = standing === 'serving' || standing === 'probation';
    if (head === undefined || identity !== 'confirmed' || !isSteady || lagging || outlier) continue;
    heads.set(endpoint.group, Math.max(head, heads.get(endpoint.group) ?? 0));
  }
  if (heads.size < quorum.agree) return tip;
  const falling = [...heads.values()].sort((one, other) => other - one);
  const common = falling[Math.min(quorum.of, falling.length) - 1] ?? tip;
  const agreeable = falling[quorum.agree - 1] ?? tip;
  return Math.max(Math.min(common, tip), Math.min(told, agreeable, tip), atLeast ?? 0);
}
