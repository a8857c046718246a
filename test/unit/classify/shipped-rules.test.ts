import { describe, expect, it } from 'vitest';
import type { Judge } from '../../../src/classify/judge.ts';
import type { AnswerRule } from '../../../src/model/answer-rule.ts';
import { patternProblem } from '../../../src/model/linear-pattern.ts';
import type { Family } from '../../../src/model/names.ts';
import {
  essenceOf,
  evidenceOf,
  families,
  judgeOf,
  labelledAnswers,
  ruleFiles,
  rulesIn,
} from '../../support/answer-files.ts';
import { policyOf } from '../../support/build-policy.ts';

const judges = new Map<Family, Judge>(families.map((family) => [family, judgeOf(family)]));

function judgeFor(family: Family): Judge {
  const judge = judges.get(family);
  if (judge === undefined) throw new Error(`no judge for ${family}`);
  return judge;
}

describe.each(families)('what upstreams of family %s say (F-030, F-040, F-142, F-192)', (family) => {
  const named = labelledAnswers(family).map((answer) => ({ answer, name: nameOf(answer) }));

  it.each(named)('is understood: $name', ({ answer }) => {
    const verdict = judgeFor(family).judge(evidenceOf(answer));
    const { meaning, blame, retry, holdOff, cache, rule } = answer;
    expect({ ...essenceOf(verdict), rule: verdict.rule ?? null }).toEqual({
      meaning,
      blame,
      retry,
      holdOff,
      cache,
      rule,
    });
  });
});

function nameOf(answer: ReturnType<typeof labelledAnswers>[number]): string {
  const { transport, status, code, message, data, body, result } = answer;
  return `${transport} ${code ?? status ?? ''} ${message ?? body ?? result ?? ''} ${data ?? ''}`.trim().slice(0, 160);
}

describe('the labelled answers', () => {
  it('are at least 300, and none is labelled twice', () => {
    const all = families.flatMap((family) =>
      labelledAnswers(family).map(({ transport, method, status, code, message, data, body, result, retryAfterMs }) =>
        JSON.stringify([family, transport, method, status, code, message, data, body, result, retryAfterMs]),
      ),
    );
    expect(all.length).toBeGreaterThanOrEqual(300);
    expect(new Set(all).size).toBe(all.length);
  });

  it('show every shipped rule at work', () => {
    const decided = new Set(families.flatMap((family) => labelledAnswers(family).map(({ rule }) => rule)));
    const idle = ruleFiles.flatMap((file) => rulesIn(file)).filter(({ id }) => !decided.has(id));
    expect(idle.map(({ id }) => id)).toEqual([]);
  });
});

describe.each(ruleFiles)('the rules of chains/answers/%s.json', (file) => {
  const rules = rulesIn(file);

  it('are not shadowed: each of their words is decided by the rule that holds it', () => {
    const where = file === 'common' ? families : [file];
    const shadowed = rules
      .filter(({ when }) => when.pattern === undefined)
      .flatMap((rule) => (rule.when.texts ?? []).map((text) => ({ rule, text })))
      .filter(({ rule, text }) => !where.some((family) => decides(judgeFor(family), rule, text)));
    expect(shadowed.map(({ rule, text }) => `${rule.id}: ${text}`)).toEqual([]);
  });

  it('have patterns that take linear time', () => {
    const problems = rules.flatMap(({ id, when, widest }) =>
      [when.pattern, widest].flatMap((pattern) => {
        const problem = pattern === undefined ? undefined : patternProblem(pattern);
        return problem === undefined ? [] : [`${id}: ${problem}`];
      }),
    );
    expect(problems).toEqual([]);
  });

  it('name each of their words once, in lower case', () => {
    for (const { id, when } of rules) {
      const texts = when.texts ?? [];
      expect(texts, id).toEqual([...new Set(texts.map((text) => text.toLowerCase()))]);
    }
  });

  it('agree with themselves: who asks to slow down is not blamed, who is blamed may be left, what is kept is final', () => {
    for (const { id, blame, retry, holdOff, cache } of rules) {
      if (holdOff) expect([blame, retry], id).toEqual(['none', 'other']);
      if (blame === 'upstream' && id !== 'evm-code-version') expect(retry, id).not.toBe('no');
      if (cache) expect([blame, retry], id).toEqual(['none', 'no']);
    }
  });
});

/** Whether a word, in the midst of a sentence and under the rule's other conditions, is decided by that rule. */
function decides(judge: Judge, { id, when }: AnswerRule, text: string): boolean {
  const method = when.methods?.[0] ?? 'm';
  const asked = { method, policy: policyOf() };
  const sentence = `it says ${text} there`;
  if (when.abciCode !== undefined) {
    const result = Buffer.from(JSON.stringify({ code: when.abciCode[0], codespace: 'sdk', log: sentence }));
    return judge.judge({ kind: 'result', result, ...asked }).rule === id;
  }
  const code = when.code?.[0] ?? -31_999;
  return judge.judge({ kind: 'error', status: 200, code, message: sentence, dataText: '', ...asked }).rule === id;
}

describe('all shipped rules together', () => {
  it('have names of their own', () => {
    const ids = ruleFiles.flatMap((file) => rulesIn(file).map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });
});
