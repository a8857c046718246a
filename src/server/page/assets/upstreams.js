/** @import { UpstreamStatus } from '../../../model/status-report.ts' */
import { make, setText } from './elements.js';
import { factsOf, tablesOf } from './facts.js';
import { operate } from './operations.js';
import { durationWords, numberWords, shareWords } from './words.js';

/**
 * One upstream: a line that says how it is, and all the rest behind it.
 *
 * @param {UpstreamStatus} first
 */
export function createUpstream(first) {
  const line = createLine();
  const facts = createFacts();
  const { buttons, cordon } = createButtons(first.upstream);
  const details = make('details', {}, [line.element, buttons, ...facts.elements]);
  const element = make('li', { 'data-upstream': first.upstream }, [details]);
  let present = first;
  const showFacts = () => (details.open ? facts.update(present) : undefined);
  details.addEventListener('toggle', showFacts);
  return {
    element,
    /** @param {UpstreamStatus} status */
    update(status) {
      present = status;
      element.dataset.state = stateOf(status);
      line.update(status);
      cordon.update(status);
      showFacts();
    },
  };
}

/** What is behind the line. Whoever scrolls a table or selects a text there keeps it: only what has changed is renewed. */
function createFacts() {
  const facts = make('div');
  const tables = make('div');
  let tabled = '';
  return {
    elements: [facts, tables],
    /** @param {UpstreamStatus} status */
    update(status) {
      if (!hasSelectionIn(facts)) facts.replaceChildren(factsOf(status));
      const present = JSON.stringify([status.usage.errorsToday, status.transitions]);
      if (present !== tabled) tables.replaceChildren(...tablesOf(status));
      tabled = present;
    },
  };
}

/** @param {Node} node */
function hasSelectionIn(node) {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && node.contains(selection.anchorNode);
}

function createLine() {
  const name = make('strong');
  const tier = make('span', { class: 'tag' });
  const state = make('span', { class: 'state' });
  const sentence = make('span', { class: 'sentence' });
  const numbers = make('span', { class: 'numbers' });
  const parts = [
    make('span', { class: 'swatch', 'aria-hidden': 'true' }),
    name,
    ' ',
    tier,
    ' ',
    state,
    ' ',
    sentence,
    ' ',
    numbers,
  ];
  return {
    element: make('summary', {}, parts),
    /** @param {UpstreamStatus} status */
    update(status) {
      setText(name, `${status.provider}/${status.endpoint}`);
      setText(tier, status.tier);
      const word = stateOf(status);
      setText(state, word);
      // Most sentences begin with just this word.
      setText(
        sentence,
        status.sentence.startsWith(`${word} `) ? status.sentence.slice(word.length + 1) : status.sentence,
      );
      setText(numbers, numbersOf(status));
    },
  };
}

/**
 * What counts most, in a word: it may serve, and be cordoned all the same.
 *
 * @param {UpstreamStatus} status
 */
function stateOf({ standing, identity, cordoned, heldOff, lagging }) {
  if (identity === 'wrong') return 'wrong chain';
  if (cordoned) return 'cordoned';
  if (standing !== 'serving') return standing;
  if (heldOff !== undefined) return 'held off';
  return lagging ? 'lagging' : standing;
}

/** @param {UpstreamStatus} status */
function numbersOf({ share, usage, lag }) {
  const numbers = [
    share === undefined ? '' : `${shareWords(share)} of calls`,
    usage.p95Ms === undefined ? '' : `p95 ${durationWords(usage.p95Ms)}`,
    lag === undefined ? '' : `lag ${numberWords(lag)}`,
  ];
  return numbers.filter((number) => number !== '').join(' · ');
}

/** @param {string} upstream */
function createButtons(upstream) {
  const said = make('output', { class: 'said' });
  const cordon = make('button', { type: 'button' });
  const probe = make('button', { type: 'button' }, ['Probe now']);
  /** @type {(name: string, done: string) => Promise<void>} */
  const run = async (name, done) => {
    setText(said, '…');
    const answer = await operate(name, { upstream });
    setText(said, answer.done === true ? done : `Not done: ${answer.why ?? 'no reason was given'}.`);
  };
  let order = 'cordon';
  cordon.addEventListener('click', () => void run(order, order === 'cordon' ? 'Cordoned.' : 'Uncordoned.'));
  probe.addEventListener('click', () => void run('probe', 'A probe is on its way.'));
  return {
    buttons: make('p', { class: 'buttons' }, [cordon, probe, said]),
    cordon: {
      /** @param {UpstreamStatus} status */
      update({ cordoned, provider, endpoint }) {
        order = cordoned ? 'uncordon' : 'cordon';
        setText(cordon, cordoned ? 'Uncordon' : 'Cordon');
        cordon.setAttribute('aria-label', `${cordoned ? 'Uncordon' : 'Cordon'} ${provider}/${endpoint}`);
        probe.setAttribute('aria-label', `Probe ${provider}/${endpoint} now`);
      },
    },
  };
}
