import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/classify/evidence.ts';
import { createPhraseIndex } from '../../src/classify/phrase-index.ts';
import { shapeOf } from '../../src/classify/shape-of.ts';
import { patternProblem } from '../../src/model/linear-pattern.ts';
import { meanings } from '../../src/model/verdict.ts';
import { families, judgeOf, ruleFiles, rulesIn } from '../support/answer-files.ts';
import { policyOf } from '../support/build-policy.ts';

const judges = families.map((family) => judgeOf(family));
const known: ReadonlySet<string> = new Set(ruleFiles.flatMap((file) => rulesIn(file).map(({ id }) => id)));
/** Words of the rules themselves, so that random texts mean something now and then. */
const words = ruleFiles.flatMap((file) => rulesIn(file).flatMap(({ when }) => when.texts ?? []));

const text = fc.oneof(
  fc.string({ maxLength: 200, unit: 'binary' }),
  fc
    .array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 8 })), { maxLength: 6 })
    .map((parts) => parts.join(' ')),
);
const asked = fc.record({
  method: fc.constantFrom('eth_call', 'eth_getLogs', 'eth_sendRawTransaction', 'm'),
  policy: fc
    .record({ kind: fc.constantFrom('read', 'write'), addon: fc.constantFrom('debug', undefined) })
    .map(({ kind, addon }) => policyOf({ kind, ...(addon !== undefined && { addon }) })),
});
const retryAfterMs = fc.option(fc.double(), { nil: undefined });
const status = fc.integer({ min: 100, max: 999 });
const code = fc.oneof(fc.integer(), fc.constantFrom(-32_000, -32_603, 3, 429, -27, 5));

const evidence: fc.Arbitrary<Evidence> = fc.oneof(
  fc.tuple(asked, status, code, text, text, retryAfterMs).map(([who, at, number, message, dataText, wait]) => ({
    kind: 'error' as const,
    status: at,
    code: number,
    message,
    dataText,
    retryAfterMs: wait,
    ...who,
  })),
  fc.tuple(asked, status, fc.oneof(text, fc.json()), retryAfterMs).map(([who, at, bodyText, wait]) => ({
    kind: 'malformed' as const,
    status: at,
    bodyText,
    retryAfterMs: wait,
    ...who,
  })),
  fc.tuple(asked, fc.integer({ min: 0, max: 20 }), text, retryAfterMs).map(([who, number, message, wait]) => ({
    kind: 'grpc' as const,
    code: number,
    message,
    retryAfterMs: wait,
    ...who,
  })),
  fc
    .tuple(asked, fc.oneof(text, fc.json()))
    .map(([who, result]) => ({ kind: 'result' as const, result: Buffer.from(result), ...who })),
);

describe('whatever an upstream answers, a judge', () => {
  it('says something of the closed lists, by a rule that ships or by none, and never throws', () => {
    fc.assert(
      fc.property(evidence, fc.constantFrom(...judges), (shown, judge) => {
        const verdict = judge.judge(shown);
        expect(meanings).toContain(verdict.meaning);
        expect(['none', 'client', 'upstream', 'capability']).toContain(verdict.blame);
        expect(['no', 'other', 'once', 'same-later']).toContain(verdict.retry);
        if (verdict.rule !== undefined) expect(known).toContain(verdict.rule);
        if (verdict.retryAfterMs !== undefined) expect(verdict.retryAfterMs).not.toBeLessThan(0);
      }),
      { numRuns: 3000 },
    );
  });

  it('says the same of the same answer, in capitals too', () => {
    fc.assert(
      fc.property(text, code, fc.constantFrom(...judges), (message, number, judge) => {
        fc.pre(message.toLowerCase() === message.toUpperCase().toLowerCase());
        const shown = {
          kind: 'error',
          status: 200,
          code: number,
          dataText: '',
          policy: policyOf(),
          method: 'm',
        } as const;
        expect(judge.judge({ ...shown, message: message.toUpperCase() })).toEqual(judge.judge({ ...shown, message }));
      }),
    );
  });

  it('never blames or spares an upstream for what a contract says when it reverts', () => {
    fc.assert(
      fc.property(text, fc.constantFrom(3, -32_000, -32_015), (reason, number) => {
        const shown = {
          kind: 'error',
          status: 200,
          code: number,
          dataText: '',
          policy: policyOf(),
          method: 'eth_call',
        } as const;
        const verdict = judgeOfEvm.judge({ ...shown, message: `execution reverted: ${reason}` });
        expect(verdict).toMatchObject({ meaning: 'reverted', blame: 'none', retry: 'no', holdOff: false });
      }),
    );
  });

  it('never tries a write again whose error it does not know', () => {
    fc.assert(
      fc.property(evidence, fc.constantFrom(...judges), (shown, judge) => {
        const verdict = judge.judge({ ...shown, policy: policyOf({ kind: 'write' }) });
        if (verdict.meaning === 'generic') expect(verdict.retry).toBe('no');
      }),
    );
  });
});

const judgeOfEvm = judgeOf('evm');

describe('the index of phrases', () => {
  it('finds exactly the phrases that the text includes', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', 'š'), maxLength: 40 });
    const phrases = fc.array(
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' ', 'š'), minLength: 1, maxLength: 6 }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(phrases, letters, (texts, haystack) => {
        const found = new Set<number>();
        createPhraseIndex(texts.map((phrase, rank) => ({ text: phrase, rank })))(haystack, (rank) => found.add(rank));
        const expected = texts.flatMap((phrase, rank) => (haystack.includes(phrase) ? [rank] : []));
        expect([...found].sort((one, other) => one - other)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the check of patterns', () => {
  it('never throws, and passes nothing with an unbounded quantifier', () => {
    const source = fc.string({
      unit: fc.constantFrom('a', '.', '(', ')', '[', ']', '{', '}', '1', ',', '*', '+', '?', '|', '\\', '^'),
      maxLength: 20,
    });
    fc.assert(
      fc.property(source, (pattern) => {
        if (patternProblem(pattern) !== undefined) return;
        const outsideClasses = pattern.replace(/\\./g, '').replace(/\[[^\]]*\]/g, 'x');
        expect(outsideClasses).not.toMatch(/[*+]|\{\d+,\}/);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the shape of a message', () => {
  it('is short, of one line, and holds no number, no address and no long key', () => {
    const message = fc.array(fc.oneof(text, fc.webUrl(), fc.uuid(), fc.integer().map(String)), { maxLength: 8 });
    fc.assert(
      fc.property(
        message.map((parts) => parts.join(' ')),
        (told) => {
          const shape = shapeOf(told);
          expect(shape.length).toBeLessThanOrEqual(160);
          expect(shape).not.toMatch(/[0-9]|:\/\/|\n/);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
