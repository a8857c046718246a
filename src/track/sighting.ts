import {
  blockAt,
  type Claim,
  isContradicting,
  placeBlock,
  type Ring,
  type RingPolicy,
  type RingStep,
  type ShownBlock,
  topOf,
} from './ring.ts';

/** One witness's word for one block. */
export interface Sighting extends ShownBlock {
  readonly witness: string;
}

/** Claims kept per witness: somebody who says ever new things crowds out nobody else. */
const claimsPerWitness = 16;

/**
 * Adds one witness's word for one block, and with it for the hash of its parent.
 *
 * What fits the ring is taken from anybody, and is sure once `needed` witnesses say it. What contradicts the ring is kept
 * as a claim until `needed` witnesses say it; then it takes the place. Below the ring's depth nothing is added. Never throws.
 */
export function addSighting(ring: Ring, sighting: Sighting, policy: RingPolicy): RingStep {
  const top = topOf(ring);
  if (top !== undefined && sighting.height <= top.height - policy.depth) return { ring };
  const { height, hash, parent, witness } = sighting;
  const below = parent === undefined || height === 0 ? { ring } : parentVouched(ring, sighting, policy);
  const shown: ShownBlock = { height, hash, ...(parent === undefined ? {} : { parent }) };
  const voiced = vouch(below.ring, { height, hash }, witness);
  const isAgreed = voicesFor(voiced, shown) >= policy.needed;
  if (!isAgreed && isContradicting(voiced, shown)) return { ...below, ring: voiced };
  const placed = placeBlock(voiced, { ...shown, sure: isAgreed ? 'yes' : 'no' }, policy);
  return { ...below, ...placed, ring: { ...placed.ring, claims: openClaims(placed.ring) } };
}

type Voiced = Pick<Claim, 'height' | 'hash'>;

/** A child is a voice for its parent: enough of them put it in its place, even against the ring. */
function parentVouched(ring: Ring, { height, parent, witness }: Sighting, policy: RingPolicy): RingStep {
  if (parent === undefined) return { ring };
  const block: Voiced = { height: height - 1, hash: parent };
  const voiced = vouch(ring, block, witness);
  const isNews = !isSure(voiced, block) && voicesFor(voiced, block) >= policy.needed;
  return isNews ? placeBlock(voiced, { ...block, sure: 'yes' }, policy) : { ring: voiced };
}

function vouch(ring: Ring, block: Voiced, witness: string): Ring {
  if (isSure(ring, block)) return ring;
  const claim = ring.claims.find((one) => isFor(one, block));
  if (claim?.witnesses.includes(witness) === true) return ring;
  const joined: Claim = { height: block.height, hash: block.hash, witnesses: [...(claim?.witnesses ?? []), witness] };
  const others = ring.claims.filter((one) => one !== claim);
  const own = others.filter((one) => one.witnesses[0] === witness);
  const oldest = own.length >= claimsPerWitness ? own[0] : undefined;
  return { ...ring, claims: [...others.filter((one) => one !== oldest), joined] };
}

function voicesFor(ring: Ring, block: Voiced): number {
  if (isSure(ring, block)) return Number.POSITIVE_INFINITY;
  return ring.claims.find((one) => isFor(one, block))?.witnesses.length ?? 0;
}

function isSure(ring: Ring, block: Voiced): boolean {
  const known = blockAt(ring, block.height);
  return known?.sure === 'yes' && known.hash === block.hash;
}

function isFor(claim: Claim, block: Voiced): boolean {
  return claim.height === block.height && claim.hash === block.hash;
}

/** A claim is closed once its block is sure, or has sunk below the ring. */
function openClaims(ring: Ring): readonly Claim[] {
  const lowest = ring.blocks[0]?.height ?? 0;
  const open = ring.claims.filter((claim) => claim.height >= lowest && !isSure(ring, claim));
  return open.length === ring.claims.length ? ring.claims : open;
}
