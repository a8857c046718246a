import { describe, expect, it } from 'vitest';
import type { Draw } from '../../../src/audit/assignment-hash.ts';
import { compoundHash } from '../../../src/audit/compound-hash.ts';
import { type Artifact, computeOffsets, type Sampling } from '../../../src/audit/compute-offsets.ts';
import { lep6, lep6Numbers } from '../../../src/audit/convention.ts';
import { plainText } from '../../../src/audit/plain-text.ts';
import { type ArtifactShelf, selectOrdinal } from '../../../src/audit/select-artifact.ts';
import { hash } from '../../../src/system/hash.ts';

const draw: Draw = { hash, convention: lep6, seed: Buffer.from('seed') };

function buildArtifact(change: Partial<Artifact> = {}): Artifact {
  return { target: plainText('t'), ticket: plainText('k'), artifactClass: 'SYMBOL', ordinal: 0, ...change };
}

function offsetsOf(artifact: Partial<Artifact>, sampling: Partial<Sampling>) {
  return computeOffsets(draw, buildArtifact(artifact), {
    artifactBytes: 1000n,
    rangeBytes: 256n,
    ranges: 4,
    ...sampling,
  });
}

describe('an ordinal', () => {
  const ordinalOf = (shelf: ArtifactShelf) => selectOrdinal(draw, buildArtifact(), shelf);

  it('of no artifacts is refused, and so is one of no class: the count is looked at first', () => {
    expect(ordinalOf({ artifactClass: 'SYMBOL', count: 0 })).toEqual({ kind: 'refused', why: 'no-artifacts' });
    expect(ordinalOf({ artifactClass: 'UNSPECIFIED', count: 0 })).toEqual({ kind: 'refused', why: 'no-artifacts' });
    expect(ordinalOf({ artifactClass: 'UNSPECIFIED', count: 5 })).toEqual({
      kind: 'refused',
      why: 'unsupported-class',
    });
  });

  it.each([-1, 1.5, 2 ** 32])('of %d artifacts is a bug of the caller', (count) => {
    expect(() => ordinalOf({ artifactClass: 'INDEX', count })).toThrow(RangeError);
  });
});

describe('offsets', () => {
  const everythingWrong = { artifactClass: 'UNSPECIFIED' } as const;

  it.each([
    ['no-ranges', { ranges: 0, artifactBytes: 0n, rangeBytes: 0n }],
    ['no-ranges', { ranges: -1, artifactBytes: 0n, rangeBytes: 0n }],
    ['empty-artifact', { artifactBytes: 0n, rangeBytes: 0n }],
    ['empty-range', { artifactBytes: 10n, rangeBytes: 0n }],
    ['range-over-artifact', { artifactBytes: 10n, rangeBytes: 11n }],
    ['unsupported-class', { artifactBytes: 10n, rangeBytes: 10n }],
    ['unsupported-class', { artifactBytes: 11n, rangeBytes: 10n }],
  ] as const)('are refused for the first thing that is wrong: %s', (why, sampling) => {
    expect(offsetsOf(everythingWrong, sampling)).toEqual({ kind: 'refused', why });
  });

  it('of a whole artifact are zeros, as many as asked', () => {
    const zeros = { kind: 'derived', value: [0n, 0n, 0n] };
    expect(offsetsOf({}, { artifactBytes: 256n, ranges: 3 })).toEqual(zeros);
  });

  it('with one byte to spare are zeros too: the last place is never drawn', () => {
    expect(offsetsOf({}, { artifactBytes: 257n, ranges: 2 })).toEqual({ kind: 'derived', value: [0n, 0n] });
  });

  it('come out in the order drawn', () => {
    const drawn = offsetsOf({}, { ranges: 8 });
    expect(drawn.kind).toBe('derived');
    if (drawn.kind === 'derived') {
      expect(drawn.value).toHaveLength(8);
      expect(drawn.value).not.toEqual([...drawn.value].sort((a, b) => Number(a - b)));
      expect(offsetsOf({}, { ranges: 4 })).toEqual({ kind: 'derived', value: drawn.value.slice(0, 4) });
    }
  });

  it('of an ordinal beyond 32 bits are a bug of the caller', () => {
    expect(() => offsetsOf({ ordinal: 2 ** 32 }, {})).toThrow(RangeError);
  });
});

describe('a compound hash', () => {
  const data = Uint8Array.from({ length: 100 }, (_, i) => i);

  it('takes slices up to the last byte, and none beyond or before', () => {
    const bounds = (offset: bigint) => compoundHash(hash, data, { offsets: [0n, offset], rangeBytes: 10n }).kind;
    expect([90n, 91n, -1n, 2n ** 64n - 1n].map(bounds)).toEqual(['derived', 'refused', 'refused', 'refused']);
  });

  it('of an empty range is refused, even without offsets', () => {
    const refused = { kind: 'refused', why: 'empty-range' };
    expect(compoundHash(hash, data, { offsets: [], rangeBytes: 0n })).toEqual(refused);
  });

  it('without offsets is that of nothing, even where no range would fit', () => {
    const nothing = { kind: 'derived', value: hash.blake3(new Uint8Array()) };
    expect(compoundHash(hash, data, { offsets: [], rangeBytes: 101n })).toEqual(nothing);
  });
});

it('the numbers of LEP-6 are frozen', () => {
  expect(lep6Numbers).toEqual({
    rangesPerArtifact: 4,
    rangeBytes: 256n,
    targetDivisor: 3,
    classModulus: 10n,
    indexCutoff: 2n,
    epochBlocks: 400n,
    recentEpochs: 3n,
    oldEpochs: 30n,
    verifiers: 2,
  });
});
