import { beforeAll, describe, expect, test } from 'vitest';
import { dashboardPlans } from '../../support/dashboards/all.ts';
import { renderDashboard } from '../../support/dashboards/dashboard.ts';
import { failedOutcomes } from '../../support/dashboards/selections.ts';
import { type KnownMetrics, knownMetrics } from '../../support/known-metrics.ts';
import { readExpression } from '../../support/promql.ts';
import { readAlertCases, readRules } from '../../support/rule-files.ts';

const rules = readRules();
const alerts = rules.flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert }]));
const recordings = rules.flatMap((rule) => (rule.record === undefined ? [] : [{ ...rule, record: rule.record }]));
const cases = readAlertCases();

/** What gets somebody up. Everything else the gateway copes with until the morning. */
const pages = [
  'SwitchyardBudgetNearlySpent',
  'SwitchyardChainFailing',
  'SwitchyardChainNotReady',
  'SwitchyardDown',
  'SwitchyardHeapAtBound',
  'SwitchyardMemoryAtBound',
  'SwitchyardWriteOutcomeUnknown',
  'SwitchyardWrongChain',
];

const counting = ['rate', 'increase'];

let metrics: KnownMetrics;

beforeAll(async () => {
  metrics = await knownMetrics();
});

describe.each(alerts)('$alert', ({ alert, labels, annotations, expr }) => {
  test('says how urgent it is, what is wrong, and what to do', () => {
    expect(labels).toEqual({ severity: pages.includes(alert) ? 'page' : 'ticket' });
    expect(annotations).toEqual({
      summary: expect.stringMatching(/^.{10,130}[^.]$/),
      description: expect.stringMatching(/^.{30,180}\.$/),
    });
  });

  test('is tested with a case in which it fires and one in which it does not', () => {
    const own = cases.filter(({ alertname }) => alertname === alert).map(({ exp_alerts }) => exp_alerts?.length);
    expect(own).toContain(0);
    expect(own.some((count) => count !== undefined && count > 0)).toBe(true);
  });

  test('is told apart by labels it has', () => {
    const known = readExpression(expr).selectors.flatMap(
      ({ metric }) => metrics.get(metric)?.labels ?? metric.split(/[_:]/),
    );
    const shown = [...(annotations?.summary ?? '').matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
    expect(shown.filter((label) => ![...known, 'job', 'instance'].includes(label ?? ''))).toEqual([]);
  });
});

test('the alerts that page are these and no others', () => {
  expect(pages).toEqual(
    alerts
      .filter(({ labels }) => labels?.severity === 'page')
      .map(({ alert }) => alert)
      .sort(),
  );
});

test('no two alerts have the same name, and every case is of one that exists', () => {
  const names = alerts.map(({ alert }) => alert);
  expect(new Set(names).size).toBe(names.length);
  expect(cases.map(({ alertname }) => alertname).filter((name) => !names.includes(name))).toEqual([]);
});

test('a panel that an alert speaks of is on a dashboard', () => {
  const titles = dashboardPlans.map(renderDashboard).join('\n');
  const spokenOf = alerts.flatMap(({ annotations }) => [
    ...(annotations?.description ?? '').matchAll(/panel "([^"]+)"|, "([^"]+)" with/g),
  ]);
  const named = spokenOf.map(([, panel, other]) => panel ?? other ?? '');
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((title) => !titles.includes(`"title": "${title}"`))).toEqual([]);
});

test('what is recorded is named by its labels, its metric and what was done, and an alert uses it', () => {
  const used = alerts.flatMap(({ expr }) => readExpression(expr).selectors.map(({ metric }) => metric));
  for (const { record } of recordings) {
    expect(record).toMatch(/^job_chain(?:_provider_endpoint)?:switchyard_\w+:\w+$/);
    expect(used).toContain(record);
  }
});

describe.each(rules.map((rule) => ({ ...rule, name: rule.alert ?? rule.record ?? '' })))('$name asks', ({ expr }) => {
  const { selectors, labels } = readExpression(expr);
  const recorded = recordings.map(({ record }) => record);
  const ofTable = selectors.filter(({ metric }) => !recorded.includes(metric));

  test('for metrics there are, by labels they have', () => {
    expect(selectors.length).toBeGreaterThan(0);
    expect(ofTable.filter(({ metric }) => !metrics.has(metric))).toEqual([]);
    for (const { metric, matchers } of ofTable) {
      const known = ['job', 'instance', 'le', ...(metrics.get(metric)?.labels ?? [])];
      expect(known).toEqual(expect.arrayContaining(matchers.map(({ label }) => label)));
    }
    const all = ofTable.flatMap(({ metric }) => metrics.get(metric)?.labels ?? []);
    const given = ['job', 'instance', 'le', 'chain', ...all];
    expect(given).toEqual(expect.arrayContaining([...labels]));
  });

  test('for the growth of counters, and for gauges as they are', () => {
    const growing = ofTable.filter(({ within }) => within.some((name) => counting.includes(name)));
    const counters = ofTable.filter(({ metric }) => metrics.get(metric)?.kind !== 'gauge');
    expect(growing.map(({ text }) => text)).toEqual(counters.map(({ text }) => text));
  });
});

test('what a rule calls failed is what the dashboards call failed', () => {
  const outcomes = rules
    .flatMap(({ expr }) => readExpression(expr).selectors)
    .filter(({ metric }) => metric === 'switchyard_requests_total')
    .flatMap(({ matchers }) => matchers.map(({ value }) => value));
  expect(outcomes.length).toBeGreaterThan(0);
  expect(new Set(outcomes)).toEqual(new Set([failedOutcomes.join('|')]));
});
