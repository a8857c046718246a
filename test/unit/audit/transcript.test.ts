import { describe, expect, it } from 'vitest';
import type { Draw } from '../../../src/audit/assignment-hash.ts';
import type { Slices } from '../../../src/audit/compound-hash.ts';
import type { Artifact } from '../../../src/audit/compute-offsets.ts';
import { lep6 } from '../../../src/audit/convention.ts';
import { derivationHash } from '../../../src/audit/derivation-hash.ts';
import { plainText } from '../../../src/audit/plain-text.ts';
import { type Transcript, transcriptHash } from '../../../src/audit/transcript-hash.ts';
import { hash } from '../../../src/system/hash.ts';

const draw: Draw = { hash, convention: lep6, seed: Buffer.from('seed') };

const artifact: Artifact = {
  target: plainText('target'),
  ticket: plainText('ticket'),
  artifactClass: 'SYMBOL',
  ordinal: 7,
};

const transcript: Transcript = {
  ...artifact,
  epochId: 42n,
  challenger: plainText('challenger'),
  bucket: 'RECENT',
  artifactKey: plainText('key'),
  derivationHex: plainText('ab'),
  compoundHex: plainText('cd'),
  observers: [plainText('o1'), plainText('o2')],
};

describe('a derivation hash', () => {
  const slices: Slices = { offsets: [1n, 2n], rangeBytes: 256n };
  const hashOf = (change: Partial<Artifact & Slices>) =>
    derivationHash(draw, { ...artifact, ...change }, { ...slices, ...change });

  it('is another one for each field that changes, and for each change of the offsets', () => {
    const changes: readonly Partial<Artifact & Slices>[] = [
      {},
      { target: plainText('other') },
      { ticket: plainText('other') },
      { artifactClass: 'INDEX' },
      { ordinal: 8 },
      { rangeBytes: 257n },
      { offsets: [2n, 1n] },
      { offsets: [1n] },
      { offsets: [1n, 2n, 0n] },
      { offsets: [] },
    ];
    expect(new Set(changes.map((change) => JSON.stringify(hashOf(change)))).size).toBe(changes.length);
  });

  it('is 64 lower-case hex digits', () => {
    expect(hashOf({})).toEqual({ kind: 'derived', value: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('of no class is refused', () => {
    expect(hashOf({ artifactClass: 'UNSPECIFIED' })).toEqual({ kind: 'refused', why: 'unsupported-class' });
  });

  it.each([{ ordinal: -1 }, { rangeBytes: -1n }, { offsets: [2n ** 64n] }])(
    'of %o is a bug of the caller',
    (change) => {
      expect(() => hashOf(change)).toThrow(RangeError);
    },
  );
});

describe('a transcript hash', () => {
  const hashOf = (change: Partial<Transcript>) => transcriptHash(draw, { ...transcript, ...change });

  it('is another one for each field that changes', () => {
    const changes: readonly Partial<Transcript>[] = [
      {},
      { epochId: 43n },
      { challenger: plainText('other') },
      { target: plainText('other') },
      { ticket: plainText('other') },
      { bucket: 'OLD' },
      { artifactClass: 'INDEX' },
      { ordinal: 8 },
      { artifactKey: plainText('other') },
      { derivationHex: plainText('') },
      { compoundHex: plainText('') },
      { observers: [plainText('o1')] },
      { observers: [plainText('o1'), plainText('o1'), plainText('o2')] },
    ];
    expect(new Set(changes.map((change) => JSON.stringify(hashOf(change)))).size).toBe(changes.length);
  });

  it('does not depend on the seed of the epoch', () => {
    const other: Draw = { ...draw, seed: Buffer.from('other') };
    expect(transcriptHash(other, transcript)).toEqual(hashOf({}));
  });

  it('leaves the list of observers as it was', () => {
    const observers = [plainText('b'), plainText('a')];
    hashOf({ observers });
    expect(observers).toEqual(['b', 'a']);
  });

  it('is refused for the bucket first, then for a ticket without a class', () => {
    const nothing: Partial<Transcript> = { bucket: 'UNSPECIFIED', artifactClass: 'UNSPECIFIED' };
    expect(hashOf(nothing)).toEqual({ kind: 'refused', why: 'unsupported-bucket' });
    expect(hashOf({ artifactClass: 'UNSPECIFIED' })).toEqual({ kind: 'refused', why: 'unsupported-class' });
    expect(hashOf({ artifactClass: 'UNSPECIFIED', ticket: plainText('') }).kind).toBe('derived');
  });

  it.each([{ epochId: -1n }, { epochId: 2n ** 64n }, { ordinal: 2 ** 32 }])(
    'of %o is a bug of the caller',
    (change) => {
      expect(() => hashOf(change)).toThrow(RangeError);
    },
  );
});
