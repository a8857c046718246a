/** @import { UpstreamStatus } from '../../../model/status-report.ts' */
import uPlot from '/page/uplot.js';
import { make } from './elements.js';

const height = 140;

/** Lines that have a colour of their own in `page.css`; those above share them in turn. */
const colours = 8;

/**
 * A chart over the last minutes with a line for each upstream of a chain, in the colours of their swatches.
 *
 * @param {string} title
 * @param {(value: number) => string} words of one value.
 */
export function createChart(title, words) {
  const box = make('div', { class: 'plot', role: 'img' });
  const element = make('figure', {}, [make('figcaption', {}, [`${title}, last 10 minutes`]), box]);
  /** @type {uPlot | undefined} */
  let plot;
  let drawn = '';
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot?.redraw());
  new ResizeObserver(() => {
    if (box.clientWidth > 0) plot?.setSize({ width: box.clientWidth, height });
  }).observe(box);
  return {
    element,
    /**
     * @param {readonly UpstreamStatus[]} upstreams
     * @param {(upstream: UpstreamStatus) => readonly (number | null)[]} valuesOf
     */
    update(upstreams, valuesOf) {
      const lines = upstreams.map(valuesOf);
      const steps = Math.max(0, ...lines.map((line) => line.length));
      element.hidden = steps < 2;
      if (steps < 2) return;
      const names = upstreams.map(({ provider, endpoint }) => `${provider}/${endpoint}`);
      if (names.join() !== drawn) {
        plot?.destroy();
        plot = new uPlot(optionsOf(names, box.clientWidth || 300, words), undefined, box);
        drawn = names.join();
      }
      plot?.setData([minutesAgo(steps, upstreams), ...lines.map((line) => padded(line, steps))]);
      box.setAttribute('aria-label', `${title}: ${nowWords(names, lines, words)}`);
    },
  };
}

/**
 * @param {readonly string[]} names
 * @param {number} width
 * @param {(value: number) => string} words
 * @returns {uPlot.Options}
 */
function optionsOf(names, width, words) {
  const axis = {
    stroke: () => colour('--quiet'),
    grid: { stroke: () => colour('--line'), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false }, y: { range: (_plot, _least, most) => [0, Math.max(most, 1e-9) * 1.1] } },
    axes: [
      { ...axis, values: (_plot, ticks) => ticks.map((tick) => (tick === 0 ? 'now' : `${-tick} min`)) },
      { ...axis, size: 64, values: (_plot, ticks) => ticks.map(words) },
    ],
    series: [
      {},
      ...names.map((label, at) => ({ label, width: 2, points: { show: false }, stroke: () => colour(colourOf(at)) })),
    ],
  };
}

/**
 * The name of a line's colour in `page.css`.
 *
 * @param {number} at
 */
function colourOf(at) {
  return `--line-${(at % colours) + 1}`;
}

/** @param {string} name */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/**
 * @param {number} steps
 * @param {readonly UpstreamStatus[]} upstreams
 */
function minutesAgo(steps, upstreams) {
  const everyMs = Math.max(...upstreams.map(({ usage }) => usage.trend.everyMs));
  return Array.from({ length: steps }, (_, at) => ((at - steps + 1) * everyMs) / 60_000);
}

/**
 * The newest values stand at the right; a line that began later has none before.
 *
 * @param {readonly (number | null)[]} line
 * @param {number} steps
 */
function padded(line, steps) {
  return [...Array.from({ length: steps - line.length }, () => null), ...line];
}

/**
 * @param {readonly string[]} names
 * @param {readonly (readonly (number | null)[])[]} lines
 * @param {(value: number) => string} words
 */
function nowWords(names, lines, words) {
  return names
    .map((name, at) => {
      const last = lines[at]?.at(-1) ?? undefined;
      return `${name} ${last === undefined ? 'nothing' : words(last)}`;
    })
    .join(', ');
}
