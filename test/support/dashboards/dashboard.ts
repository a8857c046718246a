import { datasource, type Panel } from './panel.ts';

/** A dashboard before its panels have places. */
export interface DashboardPlan {
  /** Also the file's name; links and bookmarks hang on it. */
  readonly uid: string;
  readonly title: string;
  readonly about: string;
  /** The variables at its top, beside those of data source, job and instance. */
  readonly variables: readonly ('chain' | 'provider' | 'endpoint')[];
  readonly rows: readonly Row[];
}

/** Panels under a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Where each variable's values come from; each is narrowed by those before it. */
const variableQueries = {
  job: 'label_values(switchyard_build_info, job)',
  instance: 'label_values(switchyard_build_info{job=~"$job"}, instance)',
  chain: 'label_values(switchyard_chain_ready{job=~"$job",instance=~"$instance"}, chain)',
  provider: 'label_values(switchyard_endpoint_info{job=~"$job",instance=~"$instance",chain=~"$chain"}, provider)',
  endpoint:
    'label_values(switchyard_endpoint_info{job=~"$job",instance=~"$instance",chain=~"$chain",provider=~"$provider"}, endpoint)',
} as const;

/** A dashboard as Grafana imports it: the text of its file. */
export function renderDashboard({ uid, title, about, variables, rows }: DashboardPlan): string {
  const queried = (['job', 'instance', ...variables] as const).map(queriedVariable);
  const dashboard = {
    id: null,
    uid,
    title,
    description: about,
    tags: ['switchyard'],
    editable: false,
    schemaVersion: 39,
    version: 1,
    timezone: 'browser',
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    graphTooltip: 1,
    fiscalYearStartMonth: 0,
    links: [
      {
        type: 'dashboards',
        title: 'Switchyard',
        tags: ['switchyard'],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
        targetBlank: false,
      },
    ],
    annotations: { list: [] },
    templating: { list: [datasourceVariable, ...queried] },
    panels: placeRows(rows),
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

const datasourceVariable = {
  name: 'datasource',
  label: 'Data source',
  type: 'datasource',
  query: 'prometheus',
  refresh: 1,
  hide: 0,
  regex: '',
  options: [],
  current: {},
  includeAll: false,
  multi: false,
};

function queriedVariable(name: keyof typeof variableQueries): object {
  const query = variableQueries[name];
  return {
    name,
    label: `${name[0]?.toUpperCase()}${name.slice(1)}`,
    type: 'query',
    datasource,
    definition: query,
    query: { query, refId: `variable-${name}` },
    refresh: 2,
    sort: 1,
    hide: 0,
    regex: '',
    options: [],
    includeAll: true,
    allValue: '.+',
    multi: true,
    current: { selected: true, text: ['All'], value: ['$__all'] },
  };
}

const columns = 24;

/** Rows below one another, their panels from left to right, a new line where one is full. */
function placeRows(rows: readonly Row[]): readonly object[] {
  const placed: object[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    placed.push({
      id: placed.length + 1,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { h: 1, w: columns, x: 0, y },
    });
    y += 1;
    let x = 0;
    let lineHeight = 0;
    for (const { width, height, json } of panels) {
      if (x + width > columns) {
        y += lineHeight;
        x = 0;
        lineHeight = 0;
      }
      placed.push({ id: placed.length + 1, gridPos: { h: height, w: width, x, y }, ...json });
      x += width;
      lineHeight = Math.max(lineHeight, height);
    }
    y += lineHeight;
  }
  return placed;
}
