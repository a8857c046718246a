import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyBucket } from '../../src/audit/classify-bucket.ts';
import { compoundHash } from '../../src/audit/compound-hash.ts';
import { computeOffsets } from '../../src/audit/compute-offsets.ts';
import { lep6 } from '../../src/audit/convention.ts';
import { healParticipants } from '../../src/audit/heal-participants.ts';
import { epochIdOf } from '../../src/audit/lep6-epoch.ts';
import { selectOrdinal } from '../../src/audit/select-artifact.ts';
import { epochJitterMs } from '../../src/audit/select-challengers.ts';
import { selectTargets } from '../../src/audit/select-targets.ts';
import { hash } from '../../src/system/hash.ts';
import { anyDraw, anyU32, anyU64, differentIds, someId } from '../support/audit-arbitraries.ts';

describe('bounds', () => {
  test('targets are different, of the ids, and a share of them rounded up', () => {
    fc.assert(
      fc.property(anyDraw, differentIds, fc.integer({ min: 1, max: 30 }), (draw, ids, divisor) => {
        const targets = selectTargets(draw, ids, divisor);
        expect(targets).toHaveLength(Math.ceil(ids.length / divisor));
        expect(new Set(targets).size).toBe(targets.length);
        for (const target of targets) expect(ids).toContain(target);
      }),
    );
  });

  test('an ordinal is below the count, and offsets leave room for their range', () => {
    const sizes = fc.tuple(anyU64, anyU64).filter(([, range]) => range > 0n);
    fc.assert(
      fc.property(anyDraw, someId, anyU32, sizes, (draw, id, ordinal, [spare, rangeBytes]) => {
        const artifact = { target: id, ticket: id, artifactClass: 'SYMBOL', ordinal } as const;
        const count = ordinal + 1 > 2 ** 32 - 1 ? ordinal : ordinal + 1;
        const chosen = selectOrdinal(draw, artifact, { artifactClass: 'INDEX', count });
        expect(chosen.kind === 'derived' && chosen.value >= 0 && chosen.value < count).toBe(true);
        const sampling = { artifactBytes: rangeBytes + spare, rangeBytes, ranges: 5 };
        const offsets = computeOffsets(draw, artifact, sampling);
        const most = spare === 0n ? 1n : spare;
        expect(offsets.kind === 'derived' && offsets.value.length).toBe(5);
        if (offsets.kind === 'derived') for (const at of offsets.value) expect(at >= 0n && at < most).toBe(true);
      }),
    );
  });

  test('a compound hash accepts all offsets that were computed for its data', () => {
    fc.assert(
      fc.property(anyDraw, someId, fc.uint8Array({ minLength: 1, maxLength: 600 }), (draw, id, data) => {
        const artifact = { target: id, ticket: id, artifactClass: 'SYMBOL', ordinal: 0 } as const;
        const rangeBytes = BigInt(Math.min(data.length, 256));
        const sampling = { artifactBytes: BigInt(data.length), rangeBytes, ranges: 4 };
        const offsets = computeOffsets(draw, artifact, sampling);
        expect(offsets.kind).toBe('derived');
        if (offsets.kind !== 'derived') return;
        const slices = { offsets: offsets.value, rangeBytes };
        expect(compoundHash(hash, data, slices).kind).toBe('derived');
      }),
    );
  });

  test('a bucket is RECENT, OLD or neither by age alone, however high the chain', () => {
    fc.assert(
      fc.property(anyU64, anyU64, anyU64, anyU64, (currentHeight, anchorHeight, recentMax, oldMin) => {
        const bucket = classifyBucket({ currentHeight, anchorHeight }, { recentMax, oldMin });
        const age = currentHeight - anchorHeight;
        expect(bucket === 'RECENT').toBe(age >= 0n && age <= recentMax);
        expect(bucket === 'OLD').toBe(age >= 0n && age > recentMax && age >= oldMin);
      }),
    );
  });

  test('a height lies in its epoch, and a later one in no earlier', () => {
    fc.assert(
      fc.property(anyU64, anyU64, anyU64, (zeroHeight, above, blocks) => {
        const epochBlocks = blocks + 1n;
        const epoch = epochIdOf(zeroHeight + above, { zeroHeight, epochBlocks }) ?? -1n;
        expect(epoch * epochBlocks <= above && above < (epoch + 1n) * epochBlocks).toBe(true);
      }),
    );
  });

  test('a healer does not verify, verifiers are different, and a start is never put off by the whole span', () => {
    fc.assert(
      fc.property(anyDraw, differentIds, anyU64, anyU64, (draw, activeIds, epochId, maxMs) => {
        const ticket = activeIds[0] ?? lep6.noClass;
        const part = healParticipants(lep6, { ticket, epochId }, { activeIds, verifiers: 2 });
        const everybody = part === undefined ? [] : [part.healer, ...part.verifiers];
        expect(new Set(everybody).size).toBe(Math.min(3, activeIds.length));
        const jitter = epochJitterMs(draw, { epochId, id: ticket, maxMs });
        expect(jitter >= 0n && (jitter < maxMs || maxMs === 0n)).toBe(true);
      }),
    );
  });
});
