import { assignmentHash, type Rules } from './assignment-hash.ts';
import { hexOf, u32be, u64be } from './bytes.ts';
import type { Artifact } from './compute-offsets.ts';
import { type Bucket, bucketWord, classWord } from './convention.ts';
import { type Derived, derived, refused } from './derived.ts';
import type { PlainText } from './plain-text.ts';

/** All that one challenge was about. Named fields, so that no two ids change places. */
export interface Transcript extends Artifact {
  readonly epochId: bigint;
  readonly challenger: PlainText;
  readonly bucket: Bucket;
  readonly artifactKey: PlainText;
  /** The derivation hash as text; empty where there was no ticket. */
  readonly derivationHex: PlainText;
  /** The compound hash as text; empty where the challenge failed before there was one. */
  readonly compoundHex: PlainText;
  readonly observers: readonly PlainText[];
}

/**
 * Names one challenge and its result (rules A.11), as 64 lower-case hex digits. The seed is the epoch's number, not its seed:
 *
 * ```
 * H(u64be(epoch), challenger, target, ticket, BUCKET, CLASS, u32be(ordinal), artifact key, derivation hex, compound hex,
 *   u32be(count of observers), observer 0, …, observer n-1, "transcript")
 * ```
 *
 * Observers ascending by their bytes, whatever their order in the input; repetitions stay. A challenge that found no ticket has
 * an empty ticket and no class; there alone the class is written `UNSPECIFIED`.
 *
 * Refused, in this order: unsupported bucket; unsupported class with a ticket.
 *
 * @throws RangeError where the epoch is no whole number of 64 bits, or the ordinal none of 32.
 */
export function transcriptHash(rules: Rules, transcript: Transcript): Derived<string> {
  const { convention } = rules;
  const bucket = bucketWord(convention, transcript.bucket);
  if (bucket === undefined) return refused('unsupported-bucket');
  const known = classWord(convention, transcript.artifactClass);
  if (known === undefined && transcript.ticket !== '') return refused('unsupported-class');
  const observers = [...transcript.observers].sort(convention.compareIds);
  const digest = assignmentHash({ ...rules, seed: u64be(transcript.epochId) }, [
    transcript.challenger,
    transcript.target,
    transcript.ticket,
    bucket,
    known ?? convention.noClass,
    u32be(transcript.ordinal),
    transcript.artifactKey,
    transcript.derivationHex,
    transcript.compoundHex,
    u32be(observers.length),
    ...observers,
    convention.labels.transcript,
  ]);
  return derived(hexOf(digest));
}
