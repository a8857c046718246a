import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignmentHash, type Draw } from '../../src/audit/assignment-hash.ts';
import { compareUtf8 } from '../../src/audit/bytes.ts';
import { lep6 } from '../../src/audit/convention.ts';
import { readPlainText } from '../../src/audit/plain-text.ts';
import { anyId, anyIds, someId } from '../support/audit-arbitraries.ts';

describe('text and its bytes', () => {
  test('a control character or half of a pair anywhere makes a text unfit', () => {
    const unfit = fc.oneof(
      fc.integer({ min: 0x00, max: 0x1f }),
      fc.integer({ min: 0x7f, max: 0x9f }),
      fc.integer({ min: 0xd800, max: 0xdfff }),
    );
    fc.assert(
      fc.property(someId, unfit, someId, (before, code, after) => {
        expect(readPlainText(`${before}${String.fromCharCode(code)}${after}`)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test('a text is taken or refused whole, and what is taken comes back from its bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const codes = Array.from(text, (char) => char.codePointAt(0) ?? 0);
        const isControl = (code: number): boolean => code < 0x20 || (code >= 0x7f && code < 0xa0);
        const isHalf = (code: number): boolean => code >= 0xd800 && code < 0xe000;
        const taken = readPlainText(text);
        expect(taken).toBe(codes.some((code) => isControl(code) || isHalf(code)) ? undefined : text);
        if (taken !== undefined) expect(Buffer.from(taken).toString()).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test('ids stand in the order of their code points, which is that of their bytes', () => {
    const pointsOf = (id: string): readonly number[] => Array.from(id, (char) => char.codePointAt(0) ?? 0);
    const byPoints = (left: string, right: string): number => {
      const [a, b] = [pointsOf(left), pointsOf(right)];
      const at = a.findIndex((point, i) => point !== b[i]);
      return at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1);
    };
    fc.assert(
      fc.property(anyId, anyId, (left, right) => {
        expect(Math.sign(compareUtf8(left, right))).toBe(Math.sign(byPoints(left, right)));
      }),
      { numRuns: 1000 },
    );
  });

  test('two different lists of parts are different bytes to the digest', () => {
    const asIs: Draw = {
      hash: { sha256: (bytes) => bytes, blake3: (bytes) => bytes },
      convention: lep6,
      seed: Buffer.alloc(0),
    };
    fc.assert(
      fc.property(anyIds, anyIds, (left, right) => {
        const isSame = Buffer.compare(assignmentHash(asIs, left), assignmentHash(asIs, right)) === 0;
        expect(isSame).toBe(JSON.stringify(left) === JSON.stringify(right));
      }),
      { numRuns: 1000 },
    );
  });
});
