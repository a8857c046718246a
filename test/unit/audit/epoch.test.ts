import { describe, expect, it } from 'vitest';
import { hexOf } from '../../../src/audit/bytes.ts';
import { challengeId } from '../../../src/audit/challenge-id.ts';
import { bucketWindows, classifyBucket } from '../../../src/audit/classify-bucket.ts';
import { lep6, lep6Numbers } from '../../../src/audit/convention.ts';
import { healParticipants } from '../../../src/audit/heal-participants.ts';
import { epochIdOf, epochSeed } from '../../../src/audit/lep6-epoch.ts';
import { plainText } from '../../../src/audit/plain-text.ts';
import { epochJitterMs, selectChallengers } from '../../../src/audit/select-challengers.ts';
import { hash } from '../../../src/system/hash.ts';

const rules = { hash, convention: lep6 };
const draw = { ...rules, seed: Buffer.from('seed') };

describe('an epoch', () => {
  const grid = { zeroHeight: 100n, epochBlocks: 400n };

  it.each([
    [99n, undefined],
    [100n, 0n],
    [499n, 0n],
    [500n, 1n],
    [2n ** 64n - 1n, 46116860184273878n],
  ])('of height %d is %s', (height, epoch) => {
    expect(epochIdOf(height, grid)).toBe(epoch);
  });

  it('of no blocks has no number', () => {
    expect(epochIdOf(100n, { zeroHeight: 0n, epochBlocks: 0n })).toBeUndefined();
  });

  it('takes its seed from the start height where the header has no hash', () => {
    const start = { epochId: 2n, startHeight: 1000n, headerHash: new Uint8Array() };
    expect(hexOf(epochSeed(rules, start))).toBe('55a30ece463c85051df39ce65edf98d8603c8063ad4045ce9f6370ab021835ea');
  });
});

describe('buckets by epochs', () => {
  const windows = bucketWindows(lep6Numbers.epochBlocks);
  const bucketAt = (currentHeight: bigint) => classifyBucket({ currentHeight, anchorHeight: 1000n }, windows);

  it('are RECENT up to 3 epochs and OLD from 30 on, and never both', () => {
    expect(windows).toEqual({ recentMax: 1200n, oldMin: 12_000n });
    expect([999n, 1000n, 2200n, 2201n, 12_999n, 13_000n].map(bucketAt)).toEqual([
      'UNSPECIFIED',
      'RECENT',
      'RECENT',
      'UNSPECIFIED',
      'UNSPECIFIED',
      'OLD',
    ]);
    expect(windows.oldMin).toBeGreaterThan(windows.recentMax);
  });
});

describe('what is drawn for an epoch', () => {
  const occasion = { ticket: plainText('t1'), epochId: 1n };
  const artifact = { ...occasion, target: plainText('t'), artifactClass: 'INDEX', ordinal: 0 } as const;
  const tooLate = 2n ** 64n;

  it('nobody takes part in healing where nobody is active', () => {
    expect(healParticipants(lep6, occasion, { activeIds: [], verifiers: 2 })).toBeUndefined();
  });

  it('an epoch beyond 64 bits is a bug of the caller everywhere', () => {
    const everywhere: readonly (() => unknown)[] = [
      () => epochSeed(rules, { epochId: tooLate, startHeight: 0n, headerHash: Buffer.from('a') }),
      () => challengeId(draw, artifact, tooLate),
      () => selectChallengers(draw, { epochId: tooLate, ids: [], requested: 0 }),
      () => epochJitterMs(draw, { epochId: tooLate, id: plainText('a'), maxMs: 1n }),
      () => healParticipants(lep6, { ...occasion, epochId: tooLate }, { activeIds: [], verifiers: 2 }),
    ];
    for (const ask of everywhere) expect(ask).toThrow(RangeError);
  });
});
