import { isDeepStrictEqual } from 'node:util';
import { assignTargets } from '../../../src/audit/assign-targets.ts';
import { assignmentHash, type Draw, type Rules } from '../../../src/audit/assignment-hash.ts';
import { hexOf } from '../../../src/audit/bytes.ts';
import { challengeId } from '../../../src/audit/challenge-id.ts';
import { classifyBucket } from '../../../src/audit/classify-bucket.ts';
import { compoundHash } from '../../../src/audit/compound-hash.ts';
import { computeOffsets } from '../../../src/audit/compute-offsets.ts';
import type { ArtifactClass } from '../../../src/audit/convention.ts';
import { derivationHash } from '../../../src/audit/derivation-hash.ts';
import type { Derived, Refusal } from '../../../src/audit/derived.ts';
import { healerIndex, healParticipants } from '../../../src/audit/heal-participants.ts';
import { epochSeed } from '../../../src/audit/lep6-epoch.ts';
import { negativeAttestation } from '../../../src/audit/negative-attestation.ts';
import { pairChallenger } from '../../../src/audit/pair-challenger.ts';
import { type PlainText, plainText } from '../../../src/audit/plain-text.ts';
import { rankIds } from '../../../src/audit/rank-ids.ts';
import { classRoll, selectClass, selectOrdinal } from '../../../src/audit/select-artifact.ts';
import { epochJitterMs, selectChallengers } from '../../../src/audit/select-challengers.ts';
import { selectTargets } from '../../../src/audit/select-targets.ts';
import { selectTicket } from '../../../src/audit/select-ticket.ts';
import { transcriptHash } from '../../../src/audit/transcript-hash.ts';
import { type Count, type Group, type Questions, type VectorFile, vectorFiles } from './vectors.ts';

/** What a vector is answered with. */
interface Bench {
  readonly rules: Rules;
  readonly draw: (seed: string) => Draw;
}

type Answers = { readonly [G in Group]: (bench: Bench, question: Questions[G]) => Record<string, unknown> };

/** Our answer to each group's questions, in the words of the file. */
const answers: Answers = {
  assignmentHash: ({ draw }, { seed, parts }) => ({ sha256: hexOf(assignmentHash(draw(seed), ids(parts))) }),
  selectTargets: ({ draw }, { seed, activeIds, divisor }) => {
    const targets = selectTargets(draw(seed), ids(activeIds), divisor);
    return { targets: targets.length > 0 ? targets : null };
  },
  fullRanking: ({ draw }, { seed, ids: named }) => ({
    ranking: rankIds(draw(seed), ids(named), 'targetRank').map(({ id, rank }) => ({ id, rank: hexOf(rank) })),
  }),
  pair: ({ draw }, { seed, challenger, targets, assigned }) => {
    const choice = { targets: ids(targets), assigned: setOf(assigned) };
    return { target: pairChallenger(draw(seed), plainText(challenger), choice) ?? '' };
  },
  assign: ({ draw }, { seed, activeIds, selectedTargets, targetCandidates }) => {
    const field = { activeIds: ids(activeIds), selectedTargets: ids(selectedTargets) };
    return {
      assignment: Object.fromEntries(assignTargets(draw(seed), { ...field, targetCandidates: ids(targetCandidates) })),
    };
  },
  bucket: (_, { currentHeight, anchorHeight, recentMax, oldMin }) => {
    const age = { currentHeight: BigInt(currentHeight), anchorHeight: BigInt(anchorHeight) };
    return { bucket: classifyBucket(age, { recentMax: BigInt(recentMax), oldMin: BigInt(oldMin) }) };
  },
  ticket: ({ draw }, { seed, target, bucket, eligible, excluded }) => {
    const choice = { target: plainText(target), bucket, eligible: ids(eligible), excluded: setOf(excluded) };
    return { ticket: selectTicket(draw(seed), choice) ?? '' };
  },
  artifactClass: ({ draw }, question) => {
    const asked = askedOf(question);
    const rolled = (index: number, symbol: number): ArtifactClass =>
      selectClass(draw(question.seed), asked, { index, symbol });
    return {
      roll: Number(classRoll(draw(question.seed), asked)),
      both: rolled(1, 1),
      indexEmpty: rolled(0, 1),
      symbolEmpty: rolled(1, 0),
      bothEmpty: rolled(0, 0),
    };
  },
  artifactClassDistribution: ({ draw }, { seed, target }) => {
    const tickets = Array.from({ length: 5000 }, (_, i) => ({
      target: plainText(target),
      ticket: plainText(`t-${i}`),
    }));
    const index = tickets.filter((asked) => selectClass(draw(seed), asked, { index: 1, symbol: 1 }) === 'INDEX');
    return { indexCount: index.length, symbolCount: tickets.length - index.length };
  },
  artifactOrdinal: ({ draw }, question) => {
    const shelf = { artifactClass: question.class, count: question.count };
    return answerOf('ordinal', selectOrdinal(draw(question.seed), askedOf(question), shelf), (ordinal) => ordinal);
  },
  offsets: ({ draw }, question) => {
    const { artifactSize, rangeLen, k } = question;
    const sampling = { artifactBytes: BigInt(artifactSize), rangeBytes: BigInt(rangeLen), ranges: k };
    const offsets = computeOffsets(draw(question.seed), artifactOf(question), sampling);
    return answerOf('offsets', offsets, (found) => found.map(countOf));
  },
  compound: ({ rules }, { data, offsets, rangeLen }) => {
    const slices = { offsets: offsets.map(BigInt), rangeBytes: BigInt(rangeLen) };
    return answerOf('blake3', compoundHash(rules.hash, bytesOf(data), slices), hexOf);
  },
  derivationInput: ({ draw }, question) => {
    const slices = { offsets: question.offsets.map(BigInt), rangeBytes: BigInt(question.rangeLen) };
    return answerOf('hex', derivationHash(draw(question.seed), artifactOf(question), slices), (hex) => hex);
  },
  transcript: ({ rules }, question) => {
    const hash = transcriptHash(rules, {
      ...askedOf(question),
      epochId: BigInt(question.epochId),
      challenger: plainText(question.challenger),
      bucket: question.bucket,
      artifactClass: question.artifactClass,
      ordinal: question.artifactOrdinal,
      artifactKey: plainText(question.artifactKey),
      derivationHex: plainText(question.derivationInputHash),
      compoundHex: plainText(question.compoundProofHashHex),
      observers: ids(question.observerIds),
    });
    return answerOf('hex', hash, (hex) => hex);
  },
  negativeAttestation: ({ rules }, { reason }) => ({ blake3_b64: negativeAttestation(rules, reason) }),
  challengeId: ({ draw }, question) => {
    const artifactClass = (['UNSPECIFIED', 'INDEX', 'SYMBOL'] as const)[question.classInt] ?? 'UNSPECIFIED';
    const artifact = { ...askedOf(question), artifactClass, ordinal: question.ordinal };
    return { hex: challengeId(draw(question.seed), artifact, BigInt(question.epochId)) };
  },
  epochSeed: ({ rules }, { rawHex, epochId }) => {
    const start = { epochId: BigInt(epochId), startHeight: 0n, headerHash: Buffer.from(rawHex, 'hex') };
    return { hex: hexOf(epochSeed(rules, start)) };
  },
  healParticipantIndexFNV1a: ({ rules }, { ticketId, epochId, n }) => ({
    index: healerIndex(rules.convention, { ticket: plainText(ticketId), epochId: BigInt(epochId) }, n),
  }),
  healParticipants: ({ rules }, { ticketId, epochId, active, verifierCount }) => {
    const occasion = { ticket: plainText(ticketId), epochId: BigInt(epochId) };
    return { ...healParticipants(rules.convention, occasion, { activeIds: ids(active), verifiers: verifierCount }) };
  },
  selectChallengersXor: ({ draw }, { seed, ids: named, epochId, requested }) => ({
    challengers: selectChallengers(draw(seed), { epochId: BigInt(epochId), ids: ids(named), requested }),
  }),
  jitterMs: ({ draw }, { seed, epochId, id, max }) => {
    const scope = { epochId: BigInt(epochId), id: plainText(id), maxMs: BigInt(max) };
    return { ms: countOf(epochJitterMs(draw(seed), scope)) };
  },
  blake3_b64: ({ rules }, { utf8 }) => ({
    b64: Buffer.from(rules.hash.blake3(Buffer.from(utf8))).toString('base64'),
  }),
};

/** One vector with what we say of it laid over it: equal to the vector itself where we are right. */
export interface Answered {
  readonly group: Group;
  readonly vector: object;
  readonly answered: object;
}

/** Every vector of a file, answered by these rules. A group without an answer throws. */
export function answerFile(file: VectorFile, rules: Rules): readonly Answered[] {
  const bench: Bench = {
    rules,
    draw: (seed) => ({ ...rules, seed: file.seeds.get(seed) ?? Buffer.alloc(0) }),
  };
  return groupsOf(file).flatMap((group) => answerGroup(bench, file, group));
}

/** The groups of which at least one vector, of either file, is answered wrongly by these rules. */
export function brokenGroups(rules: Rules): readonly Group[] {
  const broken = vectorFiles
    .flatMap((file) => answerFile(file, rules))
    .filter(({ vector, answered }) => !isDeepStrictEqual(answered, vector))
    .map(({ group }) => group);
  return [...new Set(broken)].sort();
}

function answerGroup<G extends Group>(bench: Bench, file: VectorFile, group: G): readonly Answered[] {
  const answer = answers[group];
  const vectors: readonly Questions[G][] = file.groups[group] ?? [];
  return vectors.map((vector) => ({ group, vector, answered: { ...vector, ...answer(bench, vector) } }));
}

function groupsOf(file: VectorFile): readonly Group[] {
  return Object.keys(file.groups) as Group[];
}

function ids(texts: readonly string[]): readonly PlainText[] {
  return texts.map(plainText);
}

function setOf(texts: readonly string[] | null): ReadonlySet<PlainText> | undefined {
  return texts === null ? undefined : new Set(ids(texts));
}

function askedOf(question: { readonly target: string; readonly ticketId: string }) {
  return { target: plainText(question.target), ticket: plainText(question.ticketId) };
}

function artifactOf(question: Questions['derivationInput'] | Questions['offsets']) {
  return { ...askedOf(question), artifactClass: question.class, ordinal: question.ordinal };
}

function countOf(value: bigint): Count {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : `${value}`;
}

/** Why the files say there is no answer, for our reasons. */
const errors: Partial<Record<Refusal, string>> = {
  'range-out-of-bounds': 'out of bounds',
  'empty-range': 'empty range',
  'unsupported-class': 'unsupported class with non-empty ticket',
  'unsupported-bucket': 'unsupported bucket',
};

function answerOf<T>(name: string, derived: Derived<T>, show: (value: T) => unknown): Record<string, unknown> {
  if (derived.kind === 'refused') return { error: errors[derived.why] };
  return { [name]: show(derived.value) };
}

/** Data by the recipes of the files: `byte(i*31+7) i=0..9999`. */
function bytesOf(recipe: string): Uint8Array {
  const [, rule = '', last = ''] = /^byte\((.+)\) i=0\.\.(\d+)$/.exec(recipe) ?? [];
  const byteAt = byteRules.get(rule);
  if (byteAt === undefined) throw new RangeError(`no data by the recipe ${recipe}`);
  return Uint8Array.from({ length: Number(last) + 1 }, (_, i) => byteAt(i));
}

const byteRules = new Map<string, (i: number) => number>([
  ['i', (i) => i],
  ['i>>8', (i) => i >> 8],
  ['i*31+7', (i) => i * 31 + 7],
]);
