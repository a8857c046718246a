import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { trackerStateKinds } from '../../../src/model/events.ts';
import { faults } from '../../../src/model/faults.ts';
import { chainStates as everyChainState } from '../../../src/model/pairing.ts';
import { standingKinds } from '../../../src/model/standing.ts';
import { metricTable } from '../../../src/observe/metric-table.ts';
import { dashboardFolder, dashboardPlans } from '../../support/dashboards/all.ts';
import { renderDashboard } from '../../support/dashboards/dashboard.ts';
import { chainStates, failedOutcomes, standings, trackerStates } from '../../support/dashboards/selections.ts';
import { type KnownMetrics, knownMetrics } from '../../support/known-metrics.ts';
import { readExpression } from '../../support/promql.ts';
import { prometheusFolder } from '../../support/rule-files.ts';
import { type Dashboard, lintDashboard } from './lint-dashboard.ts';

const files = readdirSync(dashboardFolder).sort();

const dashboards = dashboardPlans.map((plan): Dashboard => JSON.parse(renderDashboard(plan)));

let metrics: KnownMetrics;

beforeAll(async () => {
  metrics = await knownMetrics();
});

/** The files are made from plans; `npx vitest run test/unit/observability/dashboards.test.ts -u` writes them anew. */
test.each(dashboardPlans)('the file of $uid is what its plan says', async (plan) => {
  await expect(renderDashboard(plan)).toMatchFileSnapshot(join(dashboardFolder, `${plan.uid}.json`));
});

test('there is a file for every plan, called as its uid, and no other', () => {
  expect(files).toEqual(dashboardPlans.map(({ uid }) => `${uid}.json`).sort());
});

test.each(dashboards)('$uid keeps the conventions', (dashboard) => {
  expect(lintDashboard(dashboard, metrics)).toEqual([]);
});

describe('what the dashboards show', () => {
  test('is every metric of the table', () => {
    const targets = dashboards.flatMap(({ panels }) => panels).flatMap(({ targets = [] }) => targets);
    const used = new Set(targets.flatMap(({ expr }) => readExpression(expr).selectors.map(({ metric }) => metric)));
    const isDrawn = (name: string): boolean => [name, `${name}_bucket`].some((series) => used.has(series));
    const names = Object.values(metricTable).map(({ name }) => name);
    expect(names.filter((name) => !isDrawn(name))).toEqual([]);
  });

  test.each([
    { of: 'standing', shown: standings, all: standingKinds },
    { of: 'tracker', shown: trackerStates, all: trackerStateKinds },
    { of: 'chain', shown: chainStates, all: everyChainState },
  ])('is every state of a $of', ({ shown, all }) => {
    expect(shown.map(({ name }) => name).sort()).toEqual([...all].sort());
  });

  test('counts every fault as failed, but for those of the client, of the drain, and of what was asked for', () => {
    const notOurs = ['PARSE_ERROR', 'INVALID_REQUEST', 'METHOD_NOT_FOUND', 'METHOD_FORBIDDEN', 'RATE_LIMITED'];
    const sizes = ['BODY_TOO_LARGE', 'RESPONSE_TOO_LARGE', 'BATCH_TOO_LARGE', 'RANGE_TOO_WIDE'];
    const others = [...notOurs, ...sizes, 'SHUTTING_DOWN', 'UNKNOWN_CHAIN', 'UNAUTHORIZED'];
    expect([...failedOutcomes, ...others].sort()).toEqual(Object.keys(faults).sort());
  });
});

describe('what provisions them', () => {
  function readYaml(path: string): unknown {
    return parse(readFileSync(join(dashboardFolder, '..', path), 'utf8'));
  }

  test('keeps changes in files, where dashboards that are not editable have them', () => {
    expect(readYaml('provisioning/dashboards/switchyard.yml')).toMatchObject({
      apiVersion: 1,
      providers: [{ type: 'file', allowUiUpdates: false }],
    });
  });

  test('knows how often Prometheus scrapes, so that no rate looks back on a single sample', () => {
    const prometheus: { global: { scrape_interval: string } } = parse(
      readFileSync(join(prometheusFolder, 'prometheus.yml'), 'utf8'),
    );
    expect(readYaml('provisioning/datasources/switchyard.yml')).toMatchObject({
      apiVersion: 1,
      datasources: [{ type: 'prometheus', jsonData: { timeInterval: prometheus.global.scrape_interval } }],
    });
  });
});

test('the README lists every dashboard', () => {
  const listed = readFileSync(join(dashboardFolder, '..', 'README.md'), 'utf8').matchAll(
    /\(dashboards\/([\w-]+\.json)\)/g,
  );
  expect([...listed].map(([, file]) => file).sort()).toEqual(files);
});

describe('the conventions', () => {
  const datasource = { type: 'prometheus', uid: `\${datasource}` };
  const expr = 'sum by (chain) (rate(switchyard_requests_total{job=~"$job",instance=~"$instance"}[$__rate_interval]))';
  const target = { refId: 'A', expr, legendFormat: '{{chain}}', datasource };
  const panel = {
    id: 1,
    type: 'timeseries',
    title: 'Calls',
    description: 'Calls per second.',
    datasource,
    gridPos: { x: 0, y: 0, w: 12, h: 8 },
    fieldConfig: { defaults: { unit: 'reqps' } },
    targets: [target],
  };
  const variable = { type: 'query', query: '', refresh: 2, includeAll: true, multi: true, allValue: '.+' };
  const source = { ...variable, name: 'datasource', type: 'datasource', query: 'prometheus' };
  const job = { ...variable, name: 'job' };
  const instance = { ...variable, name: 'instance' };
  const good: Dashboard = {
    id: null,
    uid: 'switchyard-test',
    title: 'Test',
    editable: false,
    schemaVersion: 39,
    tags: ['switchyard'],
    templating: { list: [source, job, instance] },
    panels: [panel],
  };
  const withVariables = (...list: Dashboard['templating']['list']): Dashboard => ({ ...good, templating: { list } });
  const withPanel = (change: Partial<Dashboard['panels'][number]>): Dashboard => ({
    ...good,
    panels: [{ ...panel, ...change }],
  });
  const asking = (expression: string): Dashboard => withPanel({ targets: [{ ...target, expr: expression }] });
  const conditions = 'job=~"$job",instance=~"$instance"';

  test('find nothing in a good dashboard', () => {
    expect(lintDashboard(good, metrics)).toEqual([]);
  });

  test.each<readonly [string, Dashboard]>([
    ['id: is not null', { ...good, id: 7 }],
    ['uid: Test is not stable', { ...good, uid: 'Test' }],
    ['editable: changes in the browser would be lost', { ...good, editable: true }],
    ['schemaVersion: 40', { ...good, schemaVersion: 40 }],
    ['tags: links between the dashboards go by the tag switchyard', { ...good, tags: [] }],
    ['__inputs: only for an export', Object.assign({ __inputs: [] }, good)],
    ['variables: no data source first', withVariables(job, instance)],
    ['variables: no instance', withVariables(source, job)],
    ['variable job: cannot stand for all', withVariables(source, { ...job, includeAll: false }, instance)],
    ['variable job: is not read again when the time changes', withVariables(source, { ...job, refresh: 1 }, instance)],
    ['Calls: is off the grid of 24 columns', withPanel({ gridPos: { x: 13, y: 0, w: 12, h: 8 } })],
    ['Other: lies over Calls', { ...good, panels: [panel, { ...panel, id: 2, title: 'Other' }] }],
    ['panel id 1 is there twice', { ...good, panels: [panel, { ...panel, title: 'Other' }] }],
    ['panel title Calls is there twice', { ...good, panels: [panel, { ...panel, id: 2 }] }],
    ['a panel without a title', withPanel({ title: '' })],
    ['Calls: no description', withPanel({ description: '' })],
    ['Calls: unit ms', withPanel({ fieldConfig: { defaults: { unit: 'ms' } } })],
    ['Calls: no query', withPanel({ targets: [] })],
    ['Calls: a data source of its own', withPanel({ datasource: { type: 'prometheus', uid: 'P1' } })],
    ['Calls: refId A is there twice', withPanel({ targets: [target, target] })],
    ['Calls: A has no legend', withPanel({ targets: [{ ...target, legendFormat: '' }] })],
    [
      'Calls: A names a label provider, which no metric of it has',
      withPanel({ targets: [{ ...target, legendFormat: '{{provider}}' }] }),
    ],
    [
      'Calls: A is no rate, as its unit says',
      asking(`sum by (chain) (increase(switchyard_requests_total{${conditions}}[$__range]))`),
    ],
    [
      'Calls: A asks for switchyard_calls_total, which is no metric',
      asking(`rate(switchyard_calls_total{${conditions}}[$__range])`),
    ],
    ['Calls: A shows the counter switchyard_requests_total raw', asking(`switchyard_requests_total{${conditions}}`)],
    [
      'Calls: A takes the rate of the gauge switchyard_chain_ready',
      asking(`rate(switchyard_chain_ready{${conditions}}[$__range])`),
    ],
    ['Calls: A looks back a fixed 5m', asking(`rate(switchyard_requests_total{${conditions}}[5m])`)],
    ['Calls: A ignores the variable instance', asking('rate(switchyard_requests_total{job=~"$job"}[$__range])')],
    [
      'Calls: A asks for a label tier, which switchyard_requests_total has not',
      asking(`rate(switchyard_requests_total{${conditions},tier="backup"}[$__range])`),
    ],
  ])('find: %s', (finding, dashboard) => {
    expect(lintDashboard(dashboard, metrics)).toContain(finding);
  });
});
