/** @import { ChainStatus } from '../../../model/status-report.ts' */
import { byId, make, makeFacts, makeTable, setText } from './elements.js';
import { operate } from './operations.js';

/** @import { Answer } from './operations.js' */

/**
 * Makes the console work: a call is sent as a client would send it, and then it is told whom it went to and why.
 *
 * @returns {(chains: readonly ChainStatus[]) => void} to be told which chains there are.
 */
export function createConsole() {
  const form = /** @type {HTMLFormElement} */ (byId('console'));
  const said = byId('console-said');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const call = readCall(form);
    if (call === undefined) return setText(said, 'The params are no JSON.');
    const isSent = event.submitter?.getAttribute('value') === 'send';
    setText(said, '…');
    void (isSent ? send(call) : explain(call)).then(({ words, parts }) => {
      setText(said, words);
      byId('console-result').replaceChildren(...parts);
    });
  });
  return (chains) =>
    keepOptions(
      form,
      chains.map(({ chain }) => chain),
    );
}

/** @typedef {{ readonly chain: string, readonly method: string, readonly params: unknown, readonly key: string }} Call */
/** @typedef {{ readonly words: string, readonly parts: readonly HTMLElement[] }} Told */

/**
 * @param {HTMLFormElement} form
 * @returns {Call | undefined}
 */
function readCall(form) {
  const field = (/** @type {string} */ name) => String(new FormData(form).get(name) ?? '');
  try {
    const params = JSON.parse(field('params').trim() || '[]');
    return { chain: field('chain'), method: field('method').trim(), params, key: field('key') };
  } catch {
    return undefined;
  }
}

/**
 * @param {Call} call
 * @returns {Promise<Told>}
 */
async function send(call) {
  // Asked before: afterwards the call itself has changed who is fast and who is busy.
  const choice = await explain(call);
  const answer = await operate('call', call);
  if (answer.done !== true) return { words: refusalWords(answer), parts: [] };
  const past = await operate('explain', { request: answer.request });
  const attempts = listOf(past.calls).flatMap(({ attempts }) => listOf(attempts));
  const went = attempts.length > 0 ? attemptTable(attempts) : make('p', { class: 'quiet' }, [unknownWords(past)]);
  return {
    words: `Answered with HTTP ${wordsOf(answer.status)}.`,
    parts: [...answerParts(answer), went, ...choice.parts],
  };
}

/**
 * Why nothing is told of how a call went: it is answered from the cache, or nothing is remembered.
 *
 * @param {Answer} past
 */
function unknownWords({ error, why }) {
  return wordsOf(error ?? why) || 'No upstream was asked.';
}

/**
 * @param {Call} call
 * @returns {Promise<Told>}
 */
async function explain({ chain, method, params }) {
  const answer = await operate('explain', { chain, method, params });
  const problem = answer.error ?? (answer.done === false ? answer.why : undefined);
  if (problem !== undefined) return { words: wordsOf(problem), parts: [] };
  return { words: 'Nothing was sent.', parts: [upstreamTable('Who may be asked', listOf(answer.upstreams))] };
}

/** @param {Answer} answer */
function refusalWords({ why }) {
  return `Not sent: ${why ?? 'no reason was given'}.`;
}

/**
 * What the client would have got.
 *
 * @param {Answer} answer
 * @returns {readonly HTMLElement[]}
 */
function answerParts({ headers, body, cut }) {
  /** @type {(readonly [string, string])[]} */
  const facts = Object.entries(headers ?? {})
    .filter(([name]) => name.startsWith('x-switchyard-'))
    .map(([name, value]) => [name.slice('x-switchyard-'.length), wordsOf(value)]);
  const text = make('pre', { tabindex: '0', 'aria-label': 'Answer' }, [
    `${wordsOf(body)}${cut === true ? ' … (cut)' : ''}`,
  ]);
  return [make('h3', {}, ['Answer']), makeFacts(facts), text];
}

/**
 * To whom a call was sent, and what came of it.
 *
 * @param {readonly Readonly<Record<string, unknown>>[]} attempts
 */
function attemptTable(attempts) {
  const rows = attempts.map(({ upstream, purpose, afterMs, tookMs, meaning, rule }) => [
    wordsOf(upstream),
    wordsOf(purpose),
    `${wordsOf(afterMs)} ms`,
    tookMs === undefined ? '' : `${wordsOf(tookMs)} ms`,
    rule === undefined ? wordsOf(meaning) : `${wordsOf(meaning)} (${wordsOf(rule)})`,
  ]);
  return makeTable('Attempts', ['Upstream', 'Purpose', 'Sent after', 'Took', 'What it meant'], rows);
}

/**
 * @param {string} caption
 * @param {readonly Readonly<Record<string, unknown>>[]} upstreams
 */
function upstreamTable(caption, upstreams) {
  const rows = upstreams.map(({ upstream, verdict, resort, reason, score }) => [
    wordsOf(upstream),
    wordsOf(verdict),
    wordsOf(resort),
    wordsOf(reason),
    typeof score === 'number' ? score.toFixed(1) : '',
  ]);
  return makeTable(caption, ['Upstream', 'May be asked', 'As', 'Why no sooner', 'Score'], rows);
}

/**
 * @param {HTMLFormElement} form
 * @param {readonly string[]} chains
 */
function keepOptions(form, chains) {
  const select = /** @type {HTMLSelectElement} */ (form.elements.namedItem('chain'));
  const present = [...select.options].map(({ value }) => value);
  if (present.join() === chains.join()) return;
  const chosen = select.value;
  select.replaceChildren(...chains.map((chain) => make('option', { value: chain }, [chain])));
  if (chains.includes(chosen)) select.value = chosen;
}

/**
 * The records of a list that came as JSON.
 *
 * @param {unknown} value
 * @returns {readonly Readonly<Record<string, unknown>>[]}
 */
function listOf(value) {
  return Array.isArray(value) ? value : [];
}

/** @param {unknown} value */
function wordsOf(value) {
  return value === undefined || value === null ? '' : String(value);
}
