/** @import { UpstreamStatus } from '../../../model/status-report.ts' */
import { make, makeFacts, makeTable } from './elements.js';
import { durationWords, momentWords, numberWords, spanWords } from './words.js';

/** Methods named in a list; the others are counted. */
const mostMethods = 20;

/**
 * What there is to say of an upstream beside its one line, as of now.
 *
 * @param {UpstreamStatus} status
 * @returns {HTMLElement}
 */
export function factsOf(status) {
  return makeFacts([...standingFacts(status), ...trafficFacts(status)]);
}

/**
 * What happened to an upstream, in tables.
 *
 * @param {UpstreamStatus} status
 * @returns {readonly HTMLElement[]}
 */
export function tablesOf(status) {
  return [...errorTable(status), ...transitionTable(status)];
}

/**
 * @param {UpstreamStatus} status
 * @returns {readonly (readonly [string, string])[]}
 */
function standingFacts(status) {
  const { standing, reason, sinceMs, identity, heldOff, lastFailure, nextProbeInMs, trips, cordoned } = status;
  return [
    ['Standing', `${standing}${reason === undefined ? '' : ` (${reason})`} for ${spanWords(sinceMs)}`],
    ['Cordoned', cordoned ? 'yes: not asked until it is uncordoned' : ''],
    ['Next probe', nextProbeInMs === undefined ? '' : `in ${spanWords(nextProbeInMs)}`],
    ['Held off', heldOff === undefined ? '' : `for ${spanWords(heldOff.forMs)} (${heldOff.reason})`],
    ['Identity', identity],
    ['Last good answer', agoWords(status.lastGoodAgoMs) || 'none yet'],
    ['Last failure', lastFailure === undefined ? '' : failureWords(lastFailure)],
    ['Trips not yet forgiven', trips === 0 ? '' : String(trips)],
    ['Methods avoided', listWords(status.avoidances.map(({ method, forMs }) => `${method} for ${spanWords(forMs)}`))],
    ['Methods it lacks', listWords(status.unsupported)],
  ];
}

/**
 * @param {UpstreamStatus} status
 * @returns {readonly (readonly [string, string])[]}
 */
function trafficFacts({
  head,
  finalized,
  headAgeMs,
  tracker,
  inFlight,
  score,
  usage,
  interface: spoken,
  group,
  weight,
}) {
  const calls = Object.entries(usage.callsToday).map(([purpose, count]) => `${numberWords(count)} ${purpose}`);
  return [
    ['Head', head === undefined ? 'not yet known' : `${numberWords(head)}, moved ${agoWords(headAgeMs)}`],
    ['Finalized', numberWords(finalized)],
    ['Tracker', tracker],
    ['Calls for clients', `${usage.callsPerSecond.toFixed(1)} per second, ${inFlight} in flight`],
    ['p95', durationWords(usage.p95Ms)],
    ['Score (lower is asked first)', score === undefined ? '' : durationWords(score)],
    ['Calls today', calls.length === 0 ? 'none' : calls.join(', ')],
    ['Interface', spoken],
    ['Operated by', `${group}, weight ${weight}`],
  ];
}

/**
 * @param {NonNullable<UpstreamStatus['lastFailure']>} failure
 * @returns {string}
 */
function failureWords({ agoMs, meaning, method, detail }) {
  return `${agoWords(agoMs)}: ${meaning} (${method}: ${detail})`;
}

/**
 * @param {UpstreamStatus} status
 * @returns {readonly HTMLElement[]}
 */
function errorTable({ usage }) {
  if (usage.errorsToday.length === 0) return [];
  const rows = usage.errorsToday.map(({ kind, blame, count }) => [numberWords(count), kind, blame]);
  return [makeTable('Bad answers today', ['Times', 'What it meant', 'Whose fault'], rows)];
}

/**
 * The newest first.
 *
 * @param {UpstreamStatus} status
 * @returns {readonly HTMLElement[]}
 */
function transitionTable({ transitions }) {
  if (transitions.length === 0) return [];
  const rows = transitions
    .toReversed()
    .map(({ at, from, to, reason, detail }) => [
      make('time', { datetime: at }, [momentWords(at)]),
      `${from} → ${to}`,
      reason === undefined ? detail : `${reason}: ${detail}`,
    ]);
  return [makeTable('Last changes of standing', ['When', 'What', 'Why'], rows)];
}

/**
 * @param {number | undefined} ms
 * @returns {string}
 */
function agoWords(ms) {
  return ms === undefined ? '' : `${spanWords(ms)} ago`;
}

/**
 * @param {readonly string[]} items
 * @returns {string}
 */
function listWords(items) {
  const more = items.length - mostMethods;
  return [...items.slice(0, mostMethods), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
