import type { AnswerRule } from '../model/answer-rule.ts';
import type { Verdict } from '../model/verdict.ts';
import { createPhraseIndex } from './phrase-index.ts';
import { readWidth } from './read-width.ts';

/** What is known of one bad answer. Texts are bounded and in lower case; a number that was not said is undefined. */
export interface Facts {
  readonly message: string;
  readonly data: string;
  /** The method's name as the client wrote it. */
  readonly method: string;
  readonly code?: number | undefined;
  readonly grpcCode?: number | undefined;
  readonly abciCode?: number | undefined;
  readonly httpStatus?: number | undefined;
}

/**
 * Answer rules, ready to be asked. Each of the three looks for the first rule, in the order of the rules, whose conditions
 * all hold. Never throws.
 *
 * `byText`: rules that name a text, a pattern or only methods. `byCode`: rules that name a code of the protocol.
 * `byStatus`: rules that name nothing but an HTTP status.
 */
export interface RuleBook {
  byText(facts: Facts): Verdict | undefined;
  byCode(facts: Facts): Verdict | undefined;
  byStatus(facts: Facts): Verdict | undefined;
  /** Whether a rule speaks of codes inside results. */
  readonly readsAbci: boolean;
}

/** A rule with its conditions prepared. `rank` is its place in the order. */
interface PreparedRule {
  readonly rank: number;
  readonly when: AnswerRule['when'];
  readonly pattern: RegExp | undefined;
  readonly widest: RegExp | undefined;
  readonly verdict: Verdict;
}

/** Prepares rules once, so that judging costs little. @throws SyntaxError where a pattern is no regular expression. */
export function compileRules(rules: readonly AnswerRule[]): RuleBook {
  const prepared = rules.map(prepareRule);
  const worded = prepared.filter(({ when }) => !isByCode(when) && !isByStatus(when));
  const phrases = worded.flatMap(({ rank, when }) =>
    (when.texts ?? []).map((text) => ({ text: text.toLowerCase(), rank })),
  );
  const index = createPhraseIndex(phrases);
  const unindexed = worded.filter(({ when }) => when.texts === undefined).map(({ rank }) => rank);
  const coded = shelve(prepared.filter(({ when }) => isByCode(when)));
  const byStatus = prepared.filter(({ when }) => isByStatus(when));
  return {
    byText: (facts) => {
      const found = new Set(unindexed);
      const note = (rank: number): void => {
        found.add(rank);
      };
      index(facts.message, note);
      index(facts.data, note);
      const rank = inOrder(found).find((candidate) => holds(prepared[candidate], facts));
      const rule = rank === undefined ? undefined : prepared[rank];
      return rule === undefined ? undefined : verdictOf(rule, facts);
    },
    byCode: (facts) => coded(facts)?.find((rule) => holds(rule, facts))?.verdict,
    byStatus: (facts) => byStatus.find((rule) => holds(rule, facts))?.verdict,
    readsAbci: rules.some(({ when }) => when.abciCode !== undefined),
  };
}

/** What a rule says of these facts; how wide a range may be stands in the text. */
function verdictOf({ verdict, widest }: PreparedRule, { message, data }: Facts): Verdict {
  const width = widest === undefined ? undefined : (readWidth(widest, message) ?? readWidth(widest, data));
  return width === undefined ? verdict : { ...verdict, width };
}

function prepareRule(rule: AnswerRule, rank: number): PreparedRule {
  const { when, widest, meaning, blame, retry, holdOff, cache, id } = rule;
  return {
    rank,
    when,
    pattern: when.pattern === undefined ? undefined : new RegExp(when.pattern, 'i'),
    widest: widest === undefined ? undefined : new RegExp(widest, 'i'),
    verdict: Object.freeze({ meaning, blame, retry, holdOff, cache, rule: id }),
  };
}

/** A rule is asked once, however often its words were found: a long text must not make it slow. */
function inOrder(ranks: ReadonlySet<number>): readonly number[] {
  return [...ranks].sort((one, other) => one - other);
}

function isWorded(when: AnswerRule['when']): boolean {
  return when.texts !== undefined || when.pattern !== undefined;
}

function isByCode(when: AnswerRule['when']): boolean {
  return !isWorded(when) && (when.code ?? when.grpcCode ?? when.abciCode) !== undefined;
}

function isByStatus(when: AnswerRule['when']): boolean {
  return !isWorded(when) && !isByCode(when) && when.httpStatus !== undefined;
}

/** Files rules under their codes, and answers with those under the most specific code the facts hold. */
function shelve(rules: readonly PreparedRule[]): (facts: Facts) => readonly PreparedRule[] | undefined {
  const shelves = { code: new Map(), grpcCode: new Map(), abciCode: new Map() } satisfies Record<string, Shelf>;
  for (const rule of rules) {
    file(shelves.abciCode, rule, rule.when.abciCode);
    file(shelves.grpcCode, rule, rule.when.grpcCode);
    file(shelves.code, rule, rule.when.code);
  }
  return ({ code, grpcCode, abciCode }) => {
    if (abciCode !== undefined) return shelves.abciCode.get(abciCode);
    if (grpcCode !== undefined) return shelves.grpcCode.get(grpcCode);
    return code === undefined ? undefined : shelves.code.get(code);
  };
}

type Shelf = Map<number, PreparedRule[]>;

function file(shelf: Shelf, rule: PreparedRule, codes: readonly number[] | undefined): void {
  for (const code of codes ?? []) {
    const there = shelf.get(code);
    if (there === undefined) shelf.set(code, [rule]);
    else there.push(rule);
  }
}

/**
 * Whether every condition of a rule holds, save that of its texts: the index found one of those.
 * Beside an ABCI code only rules that name it count: the log that comes with it quotes what the client wrote.
 */
function holds(rule: PreparedRule | undefined, facts: Facts): boolean {
  if (rule === undefined) return false;
  const { when, pattern } = rule;
  if (facts.abciCode !== undefined && when.abciCode === undefined) return false;
  return (
    names(when.abciCode, facts.abciCode) &&
    names(when.grpcCode, facts.grpcCode) &&
    names(when.code, facts.code) &&
    names(when.httpStatus, facts.httpStatus) &&
    (when.methods === undefined || when.methods.includes(facts.method)) &&
    (pattern === undefined || pattern.test(facts.message) || (facts.data !== '' && pattern.test(facts.data)))
  );
}

function names(codes: readonly number[] | undefined, code: number | undefined): boolean {
  return codes === undefined || (code !== undefined && codes.includes(code));
}
