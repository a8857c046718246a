/** @import { StatusReport } from '../../../model/status-report.ts' */
import { byId } from './elements.js';

/**
 * Creates the announcer: tells screen readers what has changed, and stays silent while only ages and numbers do.
 *
 * @returns {(status: StatusReport) => void}
 */
export function createAnnouncer() {
  /** @type {ReadonlyMap<string, string> | undefined} */
  let before;
  return (status) => {
    const present = statesOf(status);
    const news = before === undefined ? [] : [...present].filter(([name, state]) => before?.get(name) !== state);
    before = present;
    if (news.length > 0) byId('news').textContent = news.map(([name, state]) => `${name} is ${state}.`).join(' ');
  };
}

/**
 * What is worth saying of every chain and upstream.
 *
 * @param {StatusReport} status
 * @returns {ReadonlyMap<string, string>}
 */
function statesOf({ chains }) {
  /** @type {Map<string, string>} */
  const states = new Map();
  for (const { chain, condition, upstreams } of chains) {
    states.set(chain, condition);
    for (const { upstream, standing, cordoned } of upstreams) states.set(upstream, cordoned ? 'cordoned' : standing);
  }
  return states;
}
