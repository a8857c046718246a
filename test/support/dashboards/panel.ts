import type { ShownState } from './selections.ts';

/** Where Grafana finds the data: the data source chosen at the top of the dashboard. */
export const datasource = { type: 'prometheus', uid: `\${datasource}` } as const;

/** One query of a panel. `legend` names its series: words, and labels in double braces. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

/** What every panel says of itself. */
export interface PanelWords {
  readonly title: string;
  /** What it shows, and what to make of it. */
  readonly about: string;
  /** A unit of Grafana's. */
  readonly unit: string;
  /** Columns of 24. */
  readonly width?: number;
}

/** A panel before it has a place. */
export interface Panel {
  readonly width: number;
  readonly height: number;
  readonly json: object;
}

/** Curves over time. */
export function graph(words: PanelWords, queries: readonly Query[], look: 'lines' | 'stacked' = 'lines'): Panel {
  const stacked = look === 'stacked';
  const custom = {
    drawStyle: 'line',
    lineWidth: 1,
    fillOpacity: stacked ? 40 : 8,
    showPoints: 'never',
    spanNulls: false,
    stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
  };
  return panel(words, 8, {
    type: 'timeseries',
    targets: queries.map(rangeTarget),
    fieldConfig: { defaults: { unit: words.unit, ...axisOf(words.unit), custom }, overrides: [] },
    options: {
      legend: { displayMode: 'table', placement: 'bottom', showLegend: true, calcs: ['lastNotNull', 'max'] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  });
}

/** From which value on a figure is yellow or red; where `red` is below `yellow`, small values are the bad ones. */
export interface Limits {
  readonly yellow?: number;
  readonly red: number;
}

/** One figure, as it is now. */
export function figure(words: PanelWords, queries: readonly Query[], limits?: Limits): Panel {
  return panel({ ...words, width: words.width ?? 3 }, 4, {
    type: 'stat',
    targets: queries.map(instantTarget),
    fieldConfig: {
      defaults: { unit: words.unit, color: { mode: 'thresholds' }, thresholds: thresholdsOf(limits) },
      overrides: [],
    },
    options: {
      colorMode: 'value',
      graphMode: 'none',
      justifyMode: 'center',
      textMode: 'auto',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  });
}

/** The legends of what there is: names, not numbers. */
export function names(words: PanelWords, query: Query): Panel {
  const { json, ...place } = figure(words, [query]);
  const options = { colorMode: 'none', graphMode: 'none', justifyMode: 'center', textMode: 'name' };
  const reduceOptions = { calcs: ['lastNotNull'], fields: '', values: false };
  return { ...place, json: { ...json, options: { ...options, reduceOptions } } };
}

/** Which state each series was in, over time. The query's values are places in the list of states, from 1. */
export function timeline(words: PanelWords, query: Query, states: readonly ShownState[]): Panel {
  return panel({ ...words, width: words.width ?? 24 }, 8, {
    type: 'state-timeline',
    targets: [rangeTarget(query, 0)],
    fieldConfig: {
      defaults: {
        unit: words.unit,
        color: { mode: 'thresholds' },
        custom: { fillOpacity: 80, lineWidth: 0, spanNulls: false },
        mappings: [mappingOf(states)],
        thresholds: thresholdsOf(),
      },
      overrides: [],
    },
    options: {
      mergeValues: true,
      showValue: 'auto',
      rowHeight: 0.85,
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'single', sort: 'none' },
    },
  });
}

/** One column of a table. Its query groups by the labels of the rows. */
export interface Column {
  readonly name: string;
  readonly expr: string;
  readonly unit: string;
  readonly states?: readonly ShownState[];
  /** The column exists for its labels: its values are not shown. */
  readonly shows?: 'labels';
}

/** One row for each set of labels, as things are now. */
export function table(words: PanelWords, columns: readonly Column[]): Panel {
  // Grafana tells values apart only where there are several.
  const fieldOf = (at: number): string => (columns.length === 1 ? 'Value' : `Value #${refId(at)}`);
  const hidden = columns.flatMap(({ shows }, at) => (shows === 'labels' ? [fieldOf(at)] : []));
  const renamed = columns.flatMap(({ shows, name }, at) => (shows === 'labels' ? [] : [[fieldOf(at), name] as const]));
  return panel({ ...words, width: words.width ?? 24 }, 9, {
    type: 'table',
    targets: columns.map(({ expr, name }, at) => ({
      ...instantTarget({ expr, legend: name }, at),
      format: 'table',
    })),
    fieldConfig: {
      defaults: { unit: words.unit, custom: { align: 'auto', filterable: true } },
      overrides: columns.filter(({ shows }) => shows === undefined).map(overrideOf),
    },
    options: { showHeader: true, cellHeight: 'sm' },
    transformations: [
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: {
          excludeByName: Object.fromEntries(['Time', ...hidden].map((name) => [name, true])),
          renameByName: Object.fromEntries(renamed),
        },
      },
    ],
  });
}

function overrideOf({ name, unit, states }: Column): object {
  const mapped =
    states === undefined
      ? []
      : [
          { id: 'mappings', value: [mappingOf(states)] },
          { id: 'custom.cellOptions', value: { type: 'color-text' } },
        ];
  return {
    matcher: { id: 'byName', options: name },
    properties: [{ id: 'unit', value: unit }, ...mapped],
  };
}

function panel({ title, about, width = 8 }: PanelWords, height: number, rest: object): Panel {
  return { width, height, json: { title, description: about, datasource, ...rest } };
}

function refId(at: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + at);
}

function rangeTarget({ expr, legend }: Query, at: number): object {
  return { refId: refId(at), datasource, editorMode: 'code', expr, legendFormat: legend, range: true, instant: false };
}

function instantTarget({ expr, legend }: Query, at: number): object {
  return { refId: refId(at), datasource, editorMode: 'code', expr, legendFormat: legend, range: false, instant: true };
}

function mappingOf(states: readonly ShownState[]): object {
  const entries = states.map(({ name, color }, at) => [`${at + 1}`, { text: name, color, index: at }]);
  return { type: 'value', options: Object.fromEntries(entries) };
}

/** From 0 up, but for heights: blocks are counted in millions, and what matters are the last few. */
function axisOf(unit: string): object {
  return unit === 'none' ? {} : { min: 0 };
}

/** Green where all is well; without limits plain text. */
function thresholdsOf(limits?: Limits): object {
  if (limits === undefined) return { mode: 'absolute', steps: [{ color: 'text', value: null }] };
  const { yellow, red } = limits;
  const isGoodBelow = yellow === undefined || yellow <= red;
  const middle = yellow === undefined ? [] : [{ color: 'yellow', value: isGoodBelow ? yellow : red }];
  const steps = isGoodBelow
    ? [{ color: 'green', value: null }, ...middle, { color: 'red', value: red }]
    : [{ color: 'red', value: null }, ...middle, { color: 'green', value: yellow }];
  return { mode: 'absolute', steps };
}
