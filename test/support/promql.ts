/** One condition on a label: `chain=~"$chain"`. */
export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** One use of a metric inside an expression. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /** What stands between square brackets: `5m`, `$__rate_interval`. */
  readonly range: string | undefined;
  /** The functions and aggregations around it, outermost first. */
  readonly within: readonly string[];
  /** The selector as written, without its range. */
  readonly text: string;
}

/** What an expression is made of, as far as names go. */
export interface Reading {
  readonly selectors: readonly Selector[];
  /** Labels named by `by`, `without`, `on`, `ignoring`, `group_left` and `group_right`. */
  readonly labels: readonly string[];
}

const text = '"(?:\\\\.|[^"\\\\])*"';
const piece = new RegExp(
  [
    `\\s+|${text}|\\d[\\w.]*`,
    '(?:by|without|on|ignoring|group_left|group_right)\\s*\\((?<labels>[^)]*)\\)',
    '(?:and|or|unless|bool|offset|group_left|group_right)\\b',
    '(?<called>[a-zA-Z_]\\w*)(?=\\s*(?:\\(|by\\b|without\\b))',
    `(?<metric>[a-zA-Z_:][\\w:]*)(?:\\{(?<matchers>(?:${text}|[^}"])*)\\})?(?:\\[(?<range>[^\\]]*)\\])?`,
    '(?<sign>[\\s\\S])',
  ].join('|'),
  'g',
);

/** Reads metrics and labels off a PromQL expression that is known to be valid. @throws Error for a selector without a metric. */
export function readExpression(expression: string): Reading {
  const selectors: Selector[] = [];
  const labels: string[] = [];
  const open: string[] = [];
  let called = '';
  for (const match of expression.matchAll(piece)) {
    const { groups = {} } = match;
    const { metric, matchers = '', range, sign } = groups;
    if (groups.labels !== undefined) labels.push(...namesIn(groups.labels));
    if (groups.called !== undefined) called = groups.called;
    if (sign === '{') throw new Error(`a selector without a metric: ${expression}`);
    if (sign === '(') open.push(called);
    if (sign === ')') open.pop();
    if (sign !== undefined) called = '';
    if (metric === undefined) continue;
    const within = open.filter((name) => name !== '');
    const written = range === undefined ? match[0] : match[0].slice(0, -range.length - 2);
    selectors.push({ metric, matchers: readMatchers(matchers), range, within, text: written });
  }
  return { selectors, labels };
}

function namesIn(list: string): readonly string[] {
  return list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function readMatchers(list: string): readonly Matcher[] {
  const found = list.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"((?:\\.|[^"\\])*)"/g);
  return [...found].map(([, label = '', operator = '', value = '']) => ({ label, operator, value }));
}
