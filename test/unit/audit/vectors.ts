import { readFileSync } from 'node:fs';
import type { ArtifactClass, Bucket } from '../../../src/audit/convention.ts';
import type { NegativeReason } from '../../../src/audit/negative-attestation.ts';

/** A number as the files have it: decimal text where a double could not hold it. */
export type Count = number | string;

interface Asked {
  readonly seed: string;
  readonly target: string;
  readonly ticketId: string;
}

interface Artifact extends Asked {
  readonly class: ArtifactClass;
  readonly ordinal: number;
}

interface Transcript {
  readonly epochId: Count;
  readonly challenger: string;
  readonly target: string;
  readonly ticketId: string;
  readonly bucket: Bucket;
  readonly artifactClass: ArtifactClass;
  readonly artifactOrdinal: number;
  readonly artifactKey: string;
  readonly derivationInputHash: string;
  readonly compoundProofHashHex: string;
  readonly observerIds: readonly string[];
}

/** What the vectors of each group ask. What they answer stands beside it in the file. */
export interface Questions {
  readonly assignmentHash: { readonly seed: string; readonly parts: readonly string[] };
  readonly selectTargets: { readonly seed: string; readonly activeIds: readonly string[]; readonly divisor: number };
  readonly fullRanking: { readonly seed: string; readonly ids: readonly string[] };
  readonly pair: {
    readonly seed: string;
    readonly challenger: string;
    readonly targets: readonly string[];
    readonly assigned: readonly string[] | null;
  };
  readonly assign: {
    readonly seed: string;
    readonly activeIds: readonly string[];
    readonly selectedTargets: readonly string[];
    readonly targetCandidates: readonly string[];
  };
  readonly bucket: {
    readonly currentHeight: Count;
    readonly anchorHeight: Count;
    readonly recentMax: Count;
    readonly oldMin: Count;
  };
  readonly ticket: {
    readonly seed: string;
    readonly target: string;
    readonly bucket: Bucket;
    readonly eligible: readonly string[];
    readonly excluded: readonly string[] | null;
  };
  readonly artifactClass: Asked;
  readonly artifactClassDistribution: { readonly seed: string; readonly target: string };
  readonly artifactOrdinal: Asked & { readonly class: ArtifactClass; readonly count: number };
  readonly offsets: Artifact & { readonly artifactSize: Count; readonly rangeLen: Count; readonly k: number };
  readonly compound: { readonly data: string; readonly offsets: readonly Count[]; readonly rangeLen: Count };
  readonly derivationInput: Artifact & { readonly offsets: readonly Count[]; readonly rangeLen: Count };
  readonly transcript: Transcript;
  readonly negativeAttestation: { readonly reason: NegativeReason };
  readonly challengeId: Asked & { readonly epochId: Count; readonly classInt: number; readonly ordinal: number };
  readonly epochSeed: { readonly rawHex: string; readonly epochId: Count };
  readonly healParticipantIndexFNV1a: { readonly ticketId: string; readonly epochId: Count; readonly n: number };
  readonly healParticipants: {
    readonly ticketId: string;
    readonly epochId: Count;
    readonly active: readonly string[];
    readonly verifierCount: number;
  };
  readonly selectChallengersXor: {
    readonly seed: string;
    readonly ids: readonly string[];
    readonly epochId: Count;
    readonly requested: number;
  };
  readonly jitterMs: { readonly seed: string; readonly epochId: Count; readonly id: string; readonly max: Count };
  readonly blake3_b64: { readonly utf8: string };
}

/** A group of vectors: one rule. */
export type Group = keyof Questions;

/** One file of vectors. */
export interface VectorFile {
  readonly name: string;
  readonly seeds: ReadonlyMap<string, Uint8Array>;
  readonly groups: { readonly [G in Group]?: readonly Questions[G][] };
}

/** The vectors of the rules, and our own for the corners those leave out: ids above U+FFFF, numbers above 2^53. */
export const vectorFiles: readonly VectorFile[] = ['lep6-vectors.json', 'lep6-edge-vectors.json'].map(readVectors);

function readVectors(name: string): VectorFile {
  const text = readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8');
  const { meta, artifactClassDistribution, ...groups } = JSON.parse(text);
  const seeds = new Map<string, Uint8Array>();
  const entries: [string, { readonly hex: string }][] = Object.entries(meta.seeds);
  for (const [seed, { hex }] of entries) seeds.set(seed, Buffer.from(hex, 'hex'));
  if (artifactClassDistribution !== undefined) groups.artifactClassDistribution = [artifactClassDistribution];
  return { name, seeds, groups };
}
