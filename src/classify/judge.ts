import type { AnswerRule } from '../model/answer-rule.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { MethodPolicy } from '../model/method-policy.ts';
import { type Meaning, okVerdict, type Verdict } from '../model/verdict.ts';
import { type AbciReading, isNumberedBySdk, readAbci, readAbciText } from './abci-reading.ts';
import type { ErrorEvidence, Evidence, GrpcEvidence, MalformedEvidence, ResultEvidence } from './evidence.ts';
import { maxEvidenceText } from './evidence.ts';
import { readForeignBody } from './foreign-body.ts';
import { compileRules, type Facts, type RuleBook } from './rule-book.ts';
import { transportVerdicts } from './transport-verdict.ts';
import { unclassified, verdictOfStatus } from './verdict-of-status.ts';
import { withRetryAfter } from './with-retry-after.ts';

/** Says what answers mean. */
export interface Judge {
  /**
   * The meaning of one answer, and what follows from it. Never throws; takes time linear in the (bounded) texts.
   *
   * The order: what our own client saw, then the config's rules, then the chain's; in each set messages before codes. An answer
   * of the protocol outranks the HTTP status it came with, unless nothing is known of it and the status tells of a door
   * that was shut. A write whose error nobody knows is final.
   */
  judge(evidence: Evidence): Verdict;
  /** Whether good results of this method may hide a refusal and must be shown to the judge. False for nearly all. */
  readsResults(policy: MethodPolicy): boolean;
}

/**
 * Makes the judge of one chain: its rules are prepared once. `extra` are the config's own rules, which come before all others.
 * @throws SyntaxError where a rule's pattern is no regular expression; `patternProblem` tells beforehand.
 */
export function createJudge(spec: Pick<ChainSpec, 'family' | 'answerRules'>, extra: readonly AnswerRule[] = []): Judge {
  const books = [compileRules(extra), compileRules(spec.answerRules)];
  const readsAbci = books.some((book) => book.readsAbci);
  return {
    judge: (evidence) => judgeEvidence(books, evidence),
    readsResults: ({ addon }) => readsAbci || isTracing(addon),
  };
}

function judgeEvidence(books: readonly RuleBook[], evidence: Evidence): Verdict {
  switch (evidence.kind) {
    case 'transport':
      return transportVerdicts[evidence.failure];
    case 'malformed':
      return finalForWrites(withRetryAfter(judgeMalformed(books, evidence), evidence), evidence.policy);
    case 'error':
      return finalForWrites(withRetryAfter(judgeError(books, evidence), evidence), evidence.policy);
    case 'grpc':
      return finalForWrites(withRetryAfter(judgeGrpc(books, evidence), asOverHttp(evidence)), evidence.policy);
    case 'result':
      return judgeResult(books, evidence);
  }
}

/** Statuses a door in front of the upstream answers with: they say something even where the body says nothing known. */
const doorStatuses: ReadonlySet<number> = new Set([401, 402, 403, 407, 429]);

function judgeError(books: readonly RuleBook[], evidence: ErrorEvidence): Verdict {
  const { code, method, status, message, dataText } = evidence;
  const facts: Facts = { message: lower(message), data: lower(unquoted(dataText)), method, code, httpStatus: status };
  const verdict = look(books, facts);
  if (verdict.meaning !== 'generic' || !doorStatuses.has(status)) return verdict;
  return lookByStatus(books, facts) ?? verdict;
}

function judgeGrpc(books: readonly RuleBook[], { code, message, method, policy }: Omit<GrpcEvidence, 'kind'>): Verdict {
  const abci = readAbciText(message);
  if (abci !== undefined) return judgeAbci(books, abci, { method, policy });
  return look(books, { message: lower(message), data: '', method, grpcCode: code });
}

/** A gRPC answer with the status its REST twin would carry, where that status may name a time to wait. */
function asOverHttp({ code, retryAfterMs }: GrpcEvidence): { status: number; retryAfterMs: number | undefined } {
  return { status: code === 8 ? 429 : code === 14 ? 503 : 500, retryAfterMs };
}

function judgeMalformed(books: readonly RuleBook[], evidence: MalformedEvidence): Verdict {
  const { method, policy, status } = evidence;
  const body = readForeignBody(evidence.bodyText.slice(0, maxEvidenceText));
  if (body.kind === 'status') {
    return judgeGrpc(books, { code: body.grpcCode, message: body.message, method, policy });
  }
  const silent: Facts = { message: '', data: '', method, httpStatus: status };
  const told = lookByStatus(books, silent) ?? verdictOfStatus(status);
  if (body.kind === 'page') return told;
  const spoken = look(books, { ...silent, message: lower(body.message), code: body.code });
  return countsBeside(spoken, { told, status }) ? spoken : told;
}

/** What only an answer of the protocol can say: a stranger's "not found" is about a path, not about a transaction. */
const chainData: ReadonlySet<Meaning> = new Set<Meaning>([
  'block-unknown',
  'slot-skipped',
  'tx-unknown',
  'not-indexed',
]);

/**
 * Whether the words of a foreign body say more than its status. Never a final verdict: there is no answer of the protocol to
 * hand to the client. Under a status that asks to slow down only words that say for how long; under any other error only
 * words from which something else follows, or that an operator has to hear of.
 */
function countsBeside(spoken: Verdict, { told, status }: { readonly told: Verdict; readonly status: number }): boolean {
  if (spoken.meaning === 'generic' || spoken.retry === 'no' || chainData.has(spoken.meaning)) return false;
  if (status === 429 || status === 402) return spoken.holdOff;
  if (status < 400 || spoken.meaning === 'auth-failed') return true;
  return spoken.blame !== told.blame || spoken.retry !== told.retry || spoken.holdOff !== told.holdOff;
}

function judgeResult(books: readonly RuleBook[], { result, policy, method }: ResultEvidence): Verdict {
  if (isTracing(policy.addon) && result.includes(timedOutTrace)) {
    return look(books, { message: 'execution timeout', data: '', method });
  }
  const abci = books.some((book) => book.readsAbci) ? readAbci(result) : undefined;
  return abci === undefined ? okVerdict : judgeAbci(books, abci, { method, policy });
}

/** How a tracer that ran out of time says so inside a good answer. The quotes cannot be forged from within a JSON string. */
const timedOutTrace = '"error":"execution timeout"';

function isTracing(addon: string | undefined): boolean {
  return addon === 'debug' || addon === 'trace';
}

/** What a module refused under a number of its own: deterministic, and nobody's fault but the question's. */
const refusedRead: Verdict = Object.freeze({ ...unclassified, meaning: 'reverted', retry: 'no' });
const refusedWrite: Verdict = Object.freeze({ ...unclassified, meaning: 'tx-rejected', blame: 'client', retry: 'no' });

function judgeAbci(
  books: readonly RuleBook[],
  reading: AbciReading,
  { method, policy }: { readonly method: string; readonly policy: MethodPolicy },
): Verdict {
  const refused = policy.kind === 'write' ? refusedWrite : refusedRead;
  if (!isNumberedBySdk(reading)) return refused;
  const facts: Facts = { message: lower(reading.log), data: '', method, abciCode: reading.code };
  const verdict = look(books, facts);
  return verdict === unclassified ? refused : finalForWrites(verdict, policy);
}

function look(books: readonly RuleBook[], facts: Facts): Verdict {
  for (const book of books) {
    const verdict = book.byText(facts) ?? book.byCode(facts);
    if (verdict !== undefined) return verdict;
  }
  return unclassified;
}

function lookByStatus(books: readonly RuleBook[], facts: Facts): Verdict | undefined {
  for (const book of books) {
    const verdict = book.byStatus(facts);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

/** A write that failed in a way nobody knows may have been processed: it is not tried again. */
function finalForWrites(verdict: Verdict, policy: MethodPolicy): Verdict {
  const isOpen = verdict.meaning === 'generic' && verdict.retry !== 'no' && policy.kind === 'write';
  return isOpen ? { ...verdict, retry: 'no' } : verdict;
}

/** `error.data` as the words it holds: a JSON string loses its quotes, escapes stay. */
function unquoted(dataText: string): string {
  if (!dataText.startsWith('"')) return dataText;
  return dataText.slice(1, dataText.endsWith('"') && dataText.length > 1 ? -1 : undefined);
}

function lower(text: string): string {
  return (text.length > maxEvidenceText ? text.slice(0, maxEvidenceText) : text).toLowerCase();
}
