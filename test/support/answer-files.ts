import { readFileSync } from 'node:fs';
import type { Evidence } from '../../src/classify/evidence.ts';
import { createJudge, type Judge } from '../../src/classify/judge.ts';
import type { AnswerRule } from '../../src/model/answer-rule.ts';
import type { MethodClass } from '../../src/model/method-policy.ts';
import type { Family } from '../../src/model/names.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import { policyOf } from './build-policy.ts';

/** The families with rules of their own. */
export const families: readonly Family[] = ['evm', 'solana', 'utxo', 'cosmos', 'generic'];

/** The files of `chains/answers/`, by name. */
export const ruleFiles = [...families, 'common'] as const;

/** The rules of one shipped file, in the order of matching. */
export function rulesIn(file: string): readonly AnswerRule[] {
  const read: { rules: AnswerRule[] } = JSON.parse(
    readFileSync(new URL(`../../chains/answers/${file}.json`, import.meta.url), 'utf8'),
  );
  return read.rules;
}

/** The judge a chain of this family gets, without rules of a config. */
export function judgeOf(family: Family): Judge {
  return createJudge({ family, answerRules: [...rulesIn(family), ...rulesIn('common')] });
}

/** One labelled answer of `test/fixtures/answers/`: what came over which transport, and what it means. */
export interface LabelledAnswer extends Pick<Verdict, 'meaning' | 'blame' | 'retry' | 'holdOff' | 'cache'> {
  readonly transport: 'json-rpc' | 'http' | 'grpc' | 'result';
  readonly method: string;
  readonly class: MethodClass;
  readonly status?: number;
  readonly code?: number;
  readonly message?: string;
  readonly data?: string;
  readonly body?: string;
  readonly result?: string;
  readonly retryAfterMs?: number;
  /** The rule that decides; null where none does. */
  readonly rule: string | null;
}

/** The labelled answers of one family. */
export function labelledAnswers(family: Family): readonly LabelledAnswer[] {
  const read: { answers: LabelledAnswer[] } = JSON.parse(
    readFileSync(new URL(`../fixtures/answers/${family}.json`, import.meta.url), 'utf8'),
  );
  return read.answers;
}

/** A labelled answer as the judge is shown it. */
export function evidenceOf(answer: LabelledAnswer): Evidence {
  const { method, status = 200, code = 0, message = '', retryAfterMs } = answer;
  const kind = answer.class === 'write' ? 'write' : 'read';
  const addon = method.startsWith('debug_') ? { addon: 'debug' } : {};
  const asked = { method, policy: policyOf({ name: method, class: answer.class, kind, ...addon }), retryAfterMs };
  switch (answer.transport) {
    case 'json-rpc':
      return { kind: 'error', status, code, message, dataText: answer.data ?? '', ...asked };
    case 'http':
      return { kind: 'malformed', status, bodyText: answer.body ?? '', ...asked };
    case 'grpc':
      return { kind: 'grpc', code, message, ...asked };
    case 'result':
      return { kind: 'result', result: Buffer.from(answer.result ?? ''), ...asked };
  }
}

/** What decides about retries, health and cache, without what only the log needs. */
export function essenceOf({ meaning, blame, retry, holdOff, cache }: Verdict): Omit<Verdict, 'rule' | 'retryAfterMs'> {
  return { meaning, blame, retry, holdOff, cache };
}
