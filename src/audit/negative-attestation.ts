import type { Rules } from './assignment-hash.ts';

/** Why a verifier votes no. A closed list: votes are compared by category, and what else is known stays beside them. */
export type NegativeReason =
  | 'reason_fetch_failed'
  | 'reason_hash_compute_failed'
  | 'reason_hash_mismatch'
  | 'reason_other';

/**
 * What stands in a no vote in place of a digest (rules A.12): base64 of BLAKE3 of `"lep6:negative-attestation:" || reason`.
 *
 * Never empty, and the same for everybody who votes no for the same reason. Never throws.
 */
export function negativeAttestation({ hash, convention }: Rules, reason: NegativeReason): string {
  const digest = hash.blake3(Buffer.from(`${convention.prefixes.negativeAttestation}${reason}`));
  return Buffer.from(digest).toString('base64');
}
