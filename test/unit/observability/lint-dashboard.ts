import type { KnownMetrics } from '../../support/known-metrics.ts';
import { readExpression, type Selector } from '../../support/promql.ts';

/** A dashboard's file, as far as it is looked at. */
export interface Dashboard {
  readonly id: unknown;
  readonly uid: string;
  readonly title: string;
  readonly editable: boolean;
  readonly schemaVersion: number;
  readonly tags: readonly string[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly DashboardPanel[];
}

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: unknown;
  readonly refresh: number;
  readonly includeAll: boolean;
  readonly multi: boolean;
  readonly allValue?: string;
}

export interface DashboardPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: Source;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly Target[];
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat: string;
  readonly datasource?: Source;
}

interface Source {
  readonly type: string;
  readonly uid: string;
}

/** A finding: where, and what is wrong there. */
export type Finding = string;

const units = ['bool_yes_no', 'bytes', 'cps', 'dateTimeFromNow', 'none', 'percentunit', 'reqps', 's', 'short'];
const perSecond = ['cps', 'reqps'];
const counting = ['rate', 'irate', 'increase'];
/** Labels that Prometheus, a histogram or a replica adds. */
const addedLabels = ['job', 'instance', 'le'];
/** Labels that are chosen at the top of a dashboard, where it has the variable. */
const chosenLabels = ['chain', 'provider', 'endpoint'];

/** Checks a dashboard against the conventions that keep it importable, filterable and readable. Empty: nothing to say. */
export function lintDashboard(dashboard: Dashboard, metrics: KnownMetrics): readonly Finding[] {
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');
  return [
    ...lintFrame(dashboard),
    ...lintVariables(dashboard.templating.list),
    ...lintPlaces(dashboard.panels),
    ...repeated(dashboard.panels.map(({ id }) => `panel id ${id}`)),
    ...repeated(panels.map(({ title }) => `panel title ${title}`)),
    ...panels.flatMap(lintPanel),
    ...panels.flatMap((panel) => lintQueries(panel, dashboard, metrics)),
  ];
}

function lintFrame(dashboard: Dashboard): readonly Finding[] {
  const { id, uid, editable, schemaVersion, tags } = dashboard;
  return [
    ...when(id !== null, 'id: is not null'),
    ...when(!/^switchyard-[a-z-]{1,29}$/.test(uid), `uid: ${uid} is not stable`),
    ...when(editable, 'editable: changes in the browser would be lost'),
    ...when(schemaVersion !== 39, `schemaVersion: ${schemaVersion}`),
    ...when(!tags.includes('switchyard'), 'tags: links between the dashboards go by the tag switchyard'),
    ...when('__inputs' in dashboard, '__inputs: only for an export'),
  ];
}

function lintVariables(variables: readonly Variable[]): readonly Finding[] {
  const [source, ...queried] = variables;
  const names = queried.map(({ name }) => name);
  return [
    ...when(source?.type !== 'datasource' || source.query !== 'prometheus', 'variables: no data source first'),
    ...['job', 'instance'].filter((name) => !names.includes(name)).map((name) => `variables: no ${name}`),
    ...queried.flatMap(({ name, refresh, includeAll, multi, allValue }) => [
      ...when(!includeAll || !multi || allValue !== '.+', `variable ${name}: cannot stand for all`),
      ...when(refresh !== 2, `variable ${name}: is not read again when the time changes`),
    ]),
  ];
}

function lintPlaces(panels: readonly DashboardPanel[]): readonly Finding[] {
  const taken = new Map<string, string>();
  return panels.flatMap(({ title, gridPos: { x, y, w, h } }) => {
    const cells = Array.from({ length: w * h }, (_, at) => `${x + (at % w)}:${y + Math.floor(at / w)}`);
    const over = new Set(cells.flatMap((cell) => taken.get(cell) ?? []));
    for (const cell of cells) taken.set(cell, title);
    return [
      ...when(x < 0 || x + w > 24 || w < 1 || h < 1, `${title}: is off the grid of 24 columns`),
      ...[...over].map((other) => `${title}: lies over ${other}`),
    ];
  });
}

function lintPanel({ title, description, datasource, fieldConfig, targets = [] }: DashboardPanel): readonly Finding[] {
  const unit = fieldConfig?.defaults.unit ?? '';
  const sources = [datasource, ...targets.map((target) => target.datasource)];
  return [
    ...when(title === '', 'a panel without a title'),
    ...when((description ?? '') === '', `${title}: no description`),
    ...when(!units.includes(unit), `${title}: unit ${unit}`),
    ...when(targets.length === 0, `${title}: no query`),
    ...when(
      sources.some((source) => source?.type !== 'prometheus' || source.uid !== `\${datasource}`),
      `${title}: a data source of its own`,
    ),
    ...repeated(targets.map(({ refId }) => `${title}: refId ${refId}`)),
    ...targets.filter(({ legendFormat }) => legendFormat === '').map(({ refId }) => `${title}: ${refId} has no legend`),
    ...targets
      .filter(({ expr }) => perSecond.includes(unit) && !expr.includes('rate('))
      .map(({ refId }) => `${title}: ${refId} is no rate, as its unit says`),
  ];
}

function lintQueries(panel: DashboardPanel, dashboard: Dashboard, metrics: KnownMetrics): readonly Finding[] {
  const chosen = dashboard.templating.list.map(({ name }) => name);
  return (panel.targets ?? []).flatMap(({ expr, legendFormat, refId }) => {
    const where = `${panel.title}: ${refId}`;
    const { selectors, labels } = readExpression(expr);
    const known = selectors.flatMap(({ metric }) => metrics.get(metric)?.labels ?? []);
    const named = [...labels, ...[...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)];
    const unknown = named.filter((label) => !known.includes(label) && !addedLabels.includes(label));
    return [
      ...selectors.flatMap((selector) => lintSelector(selector, { where, chosen, metrics })),
      ...unknown.map((label) => `${where} names a label ${label}, which no metric of it has`),
    ];
  });
}

interface Surroundings {
  readonly where: string;
  readonly chosen: readonly string[];
  readonly metrics: KnownMetrics;
}

function lintSelector(selector: Selector, { where, chosen, metrics }: Surroundings): readonly Finding[] {
  const { metric: name, matchers, range, within } = selector;
  const metric = metrics.get(name);
  if (metric === undefined) return [`${where} asks for ${name}, which is no metric`];
  const isCounted = within.some((call) => counting.includes(call));
  const wanted = ['job', 'instance', ...chosenLabels.filter((label) => chosen.includes(label))];
  const given = [...addedLabels, ...metric.labels];
  const unfiltered = wanted
    .filter((label) => given.includes(label))
    .filter((label) => !matchers.some((one) => one.label === label && one.value === `$${label}`));
  return [
    ...when(metric.kind !== 'gauge' && !isCounted, `${where} shows the counter ${name} raw`),
    ...when(metric.kind === 'gauge' && isCounted, `${where} takes the rate of the gauge ${name}`),
    ...when(
      range !== undefined && !/^\$__(?:rate_interval|range)$/.test(range),
      `${where} looks back a fixed ${range}`,
    ),
    ...unfiltered.map((label) => `${where} ignores the variable ${label}`),
    ...matchers
      .filter(({ label }) => !given.includes(label))
      .map(({ label }) => `${where} asks for a label ${label}, which ${name} has not`),
  ];
}

function when(condition: unknown, finding: Finding): readonly Finding[] {
  return condition === true ? [finding] : [];
}

function repeated(names: readonly string[]): readonly Finding[] {
  return names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${name} is there twice`);
}
