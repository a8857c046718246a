/** @import { ChainStatus } from '../../../model/status-report.ts' */
import { createChart } from './charts.js';
import { keepList, make, setText } from './elements.js';
import { createUpstream } from './upstreams.js';
import { durationWords, numberWords, spanWords } from './words.js';

/**
 * One chain: its sentence, its tip, who would be asked next, its charts and its upstreams.
 *
 * @param {ChainStatus} first
 */
export function createChain(first) {
  const id = `chain-${first.chain}`;
  const condition = make('span', { class: 'tag condition' });
  const sentence = make('p', { class: 'sentence' });
  const facts = make('p', { class: 'quiet' });
  const calls = createChart('Calls per second', (value) => value.toFixed(1));
  const p95 = createChart('p95 of attempts', durationWords);
  const list = make('ul', { class: 'upstreams' });
  const keepUpstreams = keepList(list, ({ upstream }) => upstream, createUpstream);
  const element = make('section', { 'aria-labelledby': id, class: 'chain' }, [
    make('h2', { id }, [`${first.chain} `, condition]),
    sentence,
    facts,
    list,
    make('div', { class: 'charts' }, [calls.element, p95.element]),
  ]);
  return {
    element,
    /** @param {ChainStatus} status */
    update(status) {
      element.dataset.condition = status.condition;
      setText(condition, status.condition);
      setText(sentence, status.sentence);
      setText(facts, factsOf(status));
      keepUpstreams(status.upstreams);
      calls.update(status.upstreams, ({ usage }) => usage.trend.callsPerSecond);
      p95.update(status.upstreams, ({ usage }) => usage.trend.p95Ms);
    },
  };
}

/** @param {ChainStatus} status */
function factsOf({ tip, tipAgeMs, finalized, epoch, next, state, upstreams }) {
  const names = new Map(upstreams.map(({ upstream, provider, endpoint }) => [upstream, `${provider}/${endpoint}`]));
  const facts = [
    tip === undefined ? 'tip not yet known' : `tip ${numberWords(tip)}`,
    tipAgeMs === undefined ? '' : `moved ${spanWords(tipAgeMs)} ago`,
    finalized === undefined ? '' : `final ${numberWords(finalized)}`,
    epoch === undefined ? '' : `epoch ${numberWords(epoch)}`,
    state === 'running' ? '' : state,
    `next asked: ${next.map((key) => names.get(key) ?? key).join(', ') || 'nobody'}`,
  ];
  return facts.filter((fact) => fact !== '').join(' · ');
}
