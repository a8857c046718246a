import type { Draw } from './assignment-hash.ts';
import { hexOf, requireU32, requireU64 } from './bytes.ts';
import type { Artifact } from './compute-offsets.ts';
import type { ArtifactClass } from './convention.ts';

/** The numbers of the classes, used in challenge ids only. */
const classNumbers: Readonly<Record<ArtifactClass, number>> = { UNSPECIFIED: 0, INDEX: 1, SYMBOL: 2 };

/**
 * The name of one challenge (rules A.12), as 64 lower-case hex digits: BLAKE3 of the seed and of the text
 * `lep6:<epoch>:<target>:<ticket>:<class number>:<ordinal>`, numbers in decimal.
 *
 * Ids that hold a colon can name two challenges alike; compare transcripts where that matters.
 *
 * @throws RangeError where the epoch is no whole number of 64 bits, or the ordinal none of 32.
 */
export function challengeId({ hash, convention, seed }: Draw, artifact: Artifact, epochId: bigint): string {
  const { target, ticket, artifactClass, ordinal } = artifact;
  const numbers = `${classNumbers[artifactClass]}:${requireU32(ordinal)}`;
  const text = `${convention.prefixes.challengeId}:${requireU64(epochId)}:${target}:${ticket}:${numbers}`;
  return hexOf(hash.blake3(Buffer.concat([seed, Buffer.from(text)])));
}
