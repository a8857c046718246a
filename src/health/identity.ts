import type { IdentityCheck, IdentityFact, SpecQuestion } from '../model/chain-spec.ts';
import { valueAt } from '../model/json-path.ts';
import type { Reply } from '../ports/ask.ts';

/** The replies had so far, by `questionKey`. */
export type KnownReplies = ReadonlyMap<string, Reply>;

/** What the replies so far say of an endpoint's identity. */
export type IdentityFinding =
  | { readonly kind: 'ask'; readonly question: SpecQuestion }
  | { readonly kind: 'confirmed' }
  /** Answered, and not of this chain. */
  | { readonly kind: 'wrong'; readonly detail: string }
  /** Not answered: this says nothing about identity. `reply` is the one that was no answer. */
  | { readonly kind: 'unclear'; readonly detail: string; readonly reply: Reply };

type Fact = 'holds' | 'contradicted' | 'unclear' | 'unasked';

/** Names a question among the replies. */
export function questionKey(question: SpecQuestion): string {
  return `${question.method} ${question.params}`;
}

/**
 * Judges an endpoint by the spec's alternatives: one whose facts all hold confirms it.
 *
 * It is wrong only if every alternative is contradicted by an answer; a timeout, a 429 or an unreadable value contradicts
 * nothing. While it is undecided it names the next question; each is asked once, however many facts need it. No alternatives
 * means that the spec knows no mark of the chain: then any endpoint is confirmed.
 */
export function judgeIdentity(checks: readonly IdentityCheck[], known: KnownReplies): IdentityFinding {
  if (checks.length === 0) return { kind: 'confirmed' };
  let unclear: IdentityFinding | undefined;
  let wrong = '';
  for (const check of checks) {
    const finding = judgeCheck(check, known);
    if (finding.kind === 'ask' || finding.kind === 'confirmed') return finding;
    if (finding.kind === 'unclear') unclear ??= finding;
    else wrong ||= finding.detail;
  }
  return unclear ?? { kind: 'wrong', detail: wrong };
}

/** One alternative: the first fact that does not hold decides it. */
function judgeCheck(check: IdentityCheck, known: KnownReplies): IdentityFinding {
  for (const fact of check.all) {
    const reply = known.get(questionKey(fact));
    const found = judgeFact(fact, reply);
    if (found === 'unasked' || reply === undefined)
      return { kind: 'ask', question: { method: fact.method, params: fact.params } };
    if (found === 'contradicted') return { kind: 'wrong', detail: contradiction(fact, reply) };
    if (found === 'unclear') return { kind: 'unclear', detail: notAnswered(fact, reply), reply };
  }
  return { kind: 'confirmed' };
}

function judgeFact(fact: IdentityFact, reply: Reply | undefined): Fact {
  if (reply === undefined) return 'unasked';
  if (reply.kind === 'failed') return 'unclear';
  const value = valueAt(reply.value, fact.path);
  switch (fact.compare) {
    case 'quantity':
      return compared(integerText(value), integerText(fact.expect));
    case 'text':
      return compared(textOf(value), fact.expect);
    case 'text-ignore-case':
      return compared(textOf(value)?.toLowerCase(), fact.expect.toLowerCase());
  }
}

function compared(value: string | undefined, expect: string | undefined): Fact {
  if (value === undefined) return 'unclear';
  return value === expect ? 'holds' : 'contradicted';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const integer = /^(?:0x[0-9a-fA-F]{1,64}|[0-9]{1,78})$/;

/** An integer of any size as decimal text, however it was written; chain ids may lie above 2^53. */
function integerText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
  return typeof value === 'string' && integer.test(value) ? BigInt(value).toString() : undefined;
}

function contradiction(fact: IdentityFact, reply: Reply): string {
  const value = reply.kind === 'result' ? valueAt(reply.value, fact.path) : undefined;
  return `${fact.method} says ${String(value).slice(0, 80)}, this chain's is ${fact.expect}`;
}

function notAnswered(fact: IdentityFact, reply: Reply): string {
  return reply.kind === 'failed'
    ? `identity not answered: ${reply.detail}`
    : `identity not answered: ${fact.method} gave nothing to compare`;
}
