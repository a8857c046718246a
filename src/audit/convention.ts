import { compareUtf8 } from './bytes.ts';
import { type PlainText, plainText } from './plain-text.ts';

/** How far below the newest height a ticket lies, or why else it is asked again. `UNSPECIFIED` is none of them. */
export type Bucket = 'RECENT' | 'OLD' | 'PROBATION' | 'RECHECK' | 'UNSPECIFIED';

/** What of a ticket is asked: its index or one of its symbols. `UNSPECIFIED` is neither. */
export type ArtifactClass = 'INDEX' | 'SYMBOL' | 'UNSPECIFIED';

/**
 * What all who compute must agree on besides their inputs: each word that enters a hash, the byte between two parts, and the
 * order of ids.
 *
 * It is a table, and an argument of every rule, so that a test can change one entry and watch the vectors fail.
 *
 * LEP-6 are the storage-challenge rules of the Lumera network. "Rules A.n" in this folder counts their parts: A.0 the hash, A.1
 * words, A.2 ranking, A.3 targets, A.4 pairs, A.5 assignment, A.6 epochs and older rules, A.7 buckets, A.8 tickets, A.9 class
 * and ordinal, A.10 offsets and compound hash, A.11 derivation and transcript, A.12 other digests. Their words (challenger,
 * target, ticket, artifact) stay in these files; users read of audits, rechecks and evidence.
 */
export interface Convention {
  /** Written before each part of an assignment hash. */
  readonly separator: Uint8Array;
  readonly compareIds: (left: string, right: string) => number;
  /** The last part of each assignment hash: what it is for. */
  readonly labels: Readonly<Record<Label, PlainText>>;
  readonly buckets: Readonly<Record<Exclude<Bucket, 'UNSPECIFIED'>, PlainText>>;
  readonly classes: Readonly<Record<Exclude<ArtifactClass, 'UNSPECIFIED'>, PlainText>>;
  /** Stands for the class in a transcript that has no ticket, and nowhere else. */
  readonly noClass: PlainText;
  /** What texts that are hashed with BLAKE3 begin with. */
  readonly prefixes: Readonly<Record<Prefix, string>>;
}

/** What an assignment hash is for. */
export type Label =
  | 'targetRank'
  | 'pairRank'
  | 'ticketRank'
  | 'classRoll'
  | 'ordinalRoll'
  | 'rangeOffset'
  | 'derivationInput'
  | 'transcript';

/** What a text hashed with BLAKE3 is for. */
export type Prefix = 'epochSeed' | 'challengeId' | 'negativeAttestation' | 'challengers' | 'jitter';

/** The convention of LEP-6 (rules A.1). Frozen: with one byte changed, two who compute no longer agree. */
export const lep6: Convention = {
  separator: Uint8Array.of(0),
  compareIds: compareUtf8,
  labels: {
    targetRank: plainText('challenge_target'),
    pairRank: plainText('pair'),
    ticketRank: plainText('ticket_rank'),
    classRoll: plainText('artifact_class'),
    ordinalRoll: plainText('artifact_ordinal'),
    rangeOffset: plainText('range_offset'),
    derivationInput: plainText('derivation_input'),
    transcript: plainText('transcript'),
  },
  buckets: {
    RECENT: plainText('RECENT'),
    OLD: plainText('OLD'),
    PROBATION: plainText('PROBATION'),
    RECHECK: plainText('RECHECK'),
  },
  classes: { INDEX: plainText('INDEX'), SYMBOL: plainText('SYMBOL') },
  noClass: plainText('UNSPECIFIED'),
  prefixes: {
    epochSeed: 'lumera:epoch-seed',
    challengeId: 'lep6',
    negativeAttestation: 'lep6:negative-attestation:',
    challengers: 'sc:challengers',
    jitter: 'sc:jitter',
  },
};

/** The numbers of LEP-6 (rules A.1, A.7). */
export const lep6Numbers = {
  /** Ranges asked of one artifact. */
  rangesPerArtifact: 4,
  /** Length of one range, in bytes. */
  rangeBytes: 256n,
  /** One of so many is a target in each epoch. */
  targetDivisor: 3,
  /** A class roll is below this. */
  classModulus: 10n,
  /** Rolls below this mean INDEX, the others SYMBOL. */
  indexCutoff: 2n,
  /** Blocks of one epoch. */
  epochBlocks: 400n,
  /** A ticket at most so many epochs old is RECENT. */
  recentEpochs: 3n,
  /** A ticket at least so many epochs old is OLD. */
  oldEpochs: 30n,
  /** Verifiers of one heal operation. */
  verifiers: 2,
} as const;

/** The word of a bucket in a hash; undefined where it has none, which means unsupported. */
export function bucketWord({ buckets }: Convention, bucket: Bucket): PlainText | undefined {
  return bucket === 'UNSPECIFIED' ? undefined : buckets[bucket];
}

/** The word of a class in a hash; undefined where it has none, which means unsupported. */
export function classWord({ classes }: Convention, artifactClass: ArtifactClass): PlainText | undefined {
  return artifactClass === 'UNSPECIFIED' ? undefined : classes[artifactClass];
}
