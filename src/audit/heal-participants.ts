import { requireU64 } from './bytes.ts';
import type { Convention } from './convention.ts';
import type { PlainText } from './plain-text.ts';

/** What is healed, and when. */
export interface HealOccasion {
  readonly ticket: PlainText;
  readonly epochId: bigint;
}

/** Who could take part. */
export interface HealField {
  readonly activeIds: readonly PlainText[];
  /** How many verify, at most: LEP-6 has 2. */
  readonly verifiers: number;
}

/** Who takes part in a heal operation. */
export interface HealParticipants {
  readonly healer: PlainText;
  /** In the order after the healer; never the healer itself. */
  readonly verifiers: readonly PlainText[];
}

/**
 * Who heals and who verifies (rules A.12): in the active ids ascending by their bytes, the one at `healerIndex` heals, and those
 * after it verify, beginning again at the end of the list; never more than there are others.
 *
 * Undefined where nobody is active. Ids are taken as given: whoever could name one twice removes the repetition first.
 *
 * @throws RangeError where the epoch is no whole number of 64 bits.
 */
export function healParticipants(
  convention: Convention,
  occasion: HealOccasion,
  { activeIds, verifiers }: HealField,
): HealParticipants | undefined {
  const sorted = [...activeIds].sort(convention.compareIds);
  const at = healerIndex(convention, occasion, sorted.length);
  const [healer, ...others] = [...sorted.slice(at), ...sorted.slice(0, at)];
  return healer === undefined ? undefined : { healer, verifiers: others.slice(0, Math.max(0, verifiers)) };
}

/**
 * The healer's place among `count` ids (rules A.12): FNV-1a of 64 bits over `ticket || 0x00 || epoch in decimal`, modulo the count.
 * 0 where there is one id or none.
 *
 * @throws RangeError where the epoch is no whole number of 64 bits.
 */
export function healerIndex({ separator }: Convention, { ticket, epochId }: HealOccasion, count: number): number {
  const digest = fnv1a(Buffer.concat([Buffer.from(ticket), separator, Buffer.from(`${requireU64(epochId)}`)]));
  return count <= 1 ? 0 : Number(digest % BigInt(count));
}

const fnvOffset = 0xcbf29ce484222325n;
const fnvPrime = 0x100000001b3n;

/** FNV-1a, 64 bits (draft-eastlake-fnv). */
function fnv1a(bytes: Uint8Array): bigint {
  let digest = fnvOffset;
  for (const byte of bytes) digest = BigInt.asUintN(64, (digest ^ BigInt(byte)) * fnvPrime);
  return digest;
}
