/** @import { StatusReport } from '../../../model/status-report.ts' */
import { createAccounts } from './accounts.js';
import { createAnnouncer } from './announce.js';
import { createChain } from './chains.js';
import { createConsole } from './console.js';
import { byId, keepList, setText, showText } from './elements.js';
import { listen } from './feed.js';
import { momentWords, spanWords } from './words.js';

const keepChains = keepList(byId('chains'), ({ chain }) => chain, createChain);
const keepAccounts = createAccounts();
const keepConsole = createConsole();
const announce = createAnnouncer();

listen({ onStatus: show, onSilence: showSilence });

/** @param {StatusReport} status */
function show(status) {
  const sentence = byId('sentence');
  sentence.dataset.condition = status.condition;
  setText(sentence, status.sentence);
  document.title = status.condition === 'well' ? 'Switchyard' : `(${status.condition}) Switchyard`;
  setText(byId('about'), aboutWords(status));
  showText(byId('configuration'), configurationWords(status));
  keepChains(status.chains);
  keepAccounts(status.accounts);
  keepConsole(status.chains);
  announce(status);
}

/** @param {StatusReport} status */
function aboutWords({ at, gateway, configuration, countedSince }) {
  return [
    `as of ${momentWords(at)}`,
    `version ${gateway.version}, up since ${momentWords(gateway.startedAt)}`,
    `configuration ${configuration.revision}, taken ${momentWords(configuration.takenAt)}`,
    `today counts from ${momentWords(countedSince)}`,
  ].join(' · ');
}

/** @param {StatusReport} status */
function configurationWords({ configuration: { refused } }) {
  if (refused === undefined) return '';
  const { at, problems } = refused;
  return `The configuration read at ${momentWords(at)} is refused, the one before stays in force: ${problems.join('; ')}`;
}

/** @param {number} silentMs */
function showSilence(silentMs) {
  showText(
    byId('link'),
    silentMs === 0 ? '' : `No word from the gateway for ${spanWords(silentMs)}: this page shows the past.`,
  );
}
