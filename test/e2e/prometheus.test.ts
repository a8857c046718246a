import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { askHttp } from '../support/ask-gateway.ts';
import { dashboardFolder, dashboardPlans } from '../support/dashboards/all.ts';
import { useObservedWorld } from '../support/observed-world.ts';
import { promtool, type Series } from '../support/prometheus.ts';
import { readExpression } from '../support/promql.ts';
import { readRules } from '../support/rule-files.ts';

interface Shown {
  readonly expr: string;
  readonly legendFormat: string;
  readonly refId: string;
  readonly instant: boolean;
}

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly Shown[] }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

const dashboards = dashboardPlans.map(({ uid }): Dashboard => {
  return JSON.parse(readFileSync(join(dashboardFolder, `${uid}.json`), 'utf8'));
});

const queries = dashboards.flatMap(({ panels }, at) =>
  panels.flatMap(({ title, targets = [] }) =>
    targets.map((target) => ({ ...target, name: `${dashboardPlans[at]?.uid}: ${title}, query ${target.refId}` })),
  ),
);

const variables = dashboards.flatMap(({ templating }, at) =>
  templating.list.flatMap(({ name, definition }) =>
    definition === undefined ? [] : [{ name: `${dashboardPlans[at]?.uid}: ${name}`, label: name, definition }],
  ),
);

const rules = readRules().map((rule) => ({ ...rule, name: rule.alert ?? rule.record ?? '' }));

/** As Grafana fills in its variables while all of each is chosen. */
function filledIn(expression: string): string {
  return expression
    .replaceAll('$__rate_interval', '10s')
    .replaceAll('$__range', '60s')
    .replaceAll(/\$(?:job|instance|chain|provider|endpoint)\b/g, '.+');
}

function hasValues(series: readonly Series[]): boolean {
  return series.some(({ values }) => values.length > 0);
}

const world = useObservedWorld();

describe('a dashboard shows data for', () => {
  test.each(queries)('$name', async ({ expr, instant, legendFormat }) => {
    const { prometheus } = world.get();
    const found = await (instant ? prometheus.ask(filledIn(expr)) : prometheus.askRange(filledIn(expr), 10));
    expect(found.filter((series) => hasValues([series]))).not.toEqual([]);
    for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
      expect(found.some(({ labels }) => labels[label] !== undefined)).toBe(true);
  });

  test.each(variables)('the choice of $name', async ({ definition, label }) => {
    const [, selector = '', chosen] = /^label_values\((.+), (\w+)\)$/.exec(filledIn(definition)) ?? [];
    expect(chosen).toBe(label);
    const found = await world.get().prometheus.ask(`count by (${label}) (${selector})`);
    expect(found.map(({ labels }) => labels[label])).not.toEqual([]);
    expect(found.map(({ labels }) => labels[label])).not.toContain(undefined);
  });
});

describe('the rule', () => {
  test.each(rules)('$name is evaluated without an error', async ({ name }) => {
    const loaded = (await world.get().prometheus.rules()).filter((rule) => rule.name === name);
    expect(loaded).toEqual([expect.objectContaining({ health: 'ok' })]);
  });

  test.each(rules.filter(({ record }) => record !== undefined))('$name has data', async ({ name }) => {
    expect(hasValues(await world.get().prometheus.ask(name))).toBe(true);
  });

  test.each(rules)('$name rests on selectors that have data', async ({ expr }) => {
    const { selectors } = readExpression(expr);
    for (const { text } of selectors)
      expect([text, hasValues(await world.get().prometheus.ask(text))]).toEqual([text, true]);
  });
});

describe('of the alerts', () => {
  test.each([
    'SwitchyardChainNotReady',
    'SwitchyardEndpointBlocked',
    'SwitchyardEndpointUnauthorized',
    'SwitchyardUnclassifiedErrors',
    'SwitchyardWrongChain',
  ])('%s has been set off by the fault', async (name) => {
    const alert = (await world.get().prometheus.rules()).find((rule) => rule.name === name);
    expect(['pending', 'firing']).toContain(alert?.state);
  });

  test.each([
    'SwitchyardBudgetLow',
    'SwitchyardBudgetNearlySpent',
    'SwitchyardDown',
    'SwitchyardEndpointQuarantined',
    'SwitchyardEpochsDiffer',
    'SwitchyardMemoryAtBound',
    'SwitchyardReplicaDown',
    'SwitchyardWriteOutcomeUnknown',
  ])('%s is quiet', async (name) => {
    const alert = (await world.get().prometheus.rules()).find((rule) => rule.name === name);
    expect(alert?.state).toBe('inactive');
  });
});

describe('the exposition', () => {
  /** The values of a metric's lines that hold all of these label pairs. */
  function valuesOf(text: string, name: string, ...pairs: readonly string[]): readonly number[] {
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`));
    return lines
      .filter((line) => pairs.every((pair) => line.includes(pair)))
      .map((line) => Number(line.split(' ').at(-1)));
  }

  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

  test('draws no remark of promtool', async () => {
    const { text } = await askHttp(`${world.get().gateway.adminUrl}/metrics`);
    expect(promtool(['check', 'metrics'], text)).toEqual({ code: 0, output: '' });
  });

  test('counts every call that was answered once, and no more', async () => {
    const answered = await world.get().endTraffic();
    const { text } = await askHttp(`${world.get().gateway.adminUrl}/metrics`);
    expect(sum(valuesOf(text, 'switchyard_requests_total'))).toBe(answered);
    expect(sum(valuesOf(text, 'switchyard_request_duration_seconds_count'))).toBe(answered);
  });

  test('calls healthy what serves or is in probation, and nothing else', async () => {
    const { text } = await askHttp(`${world.get().gateway.adminUrl}/metrics`);
    const inRotation = ['serving', 'probation'].flatMap((standing) =>
      valuesOf(text, 'switchyard_endpoint_standing', `standing="${standing}"`),
    );
    expect(sum(valuesOf(text, 'switchyard_endpoint_healthy'))).toBe(sum(inRotation));
    expect(sum(valuesOf(text, 'switchyard_endpoint_standing'))).toBe(
      valuesOf(text, 'switchyard_endpoint_healthy').length,
    );
  });
});
