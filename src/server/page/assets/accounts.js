/** @import { AccountStatus } from '../../../model/account.ts' */
import { byId, makeTable, setText } from './elements.js';
import { momentWords, numberWords, shareWords } from './words.js';

/**
 * Shows what is left of every account that has a limit; hidden where there is none.
 *
 * @returns {(accounts: readonly AccountStatus[]) => void}
 */
export function createAccounts() {
  const section = byId('accounts');
  const box = byId('accounts-left');
  let shown = '';
  return (accounts) => {
    section.hidden = accounts.length === 0;
    const rows = accounts.map(rowOf);
    const present = JSON.stringify(rows);
    if (present === shown) return;
    shown = present;
    const table = makeTable('Spent this month', ['Account', 'Spent', 'Left', 'Renewed', 'In flight'], rows);
    box.replaceChildren(table);
    const spent = accounts.filter(({ budget }) => budget?.remainingRatio === 0).map(({ account }) => account);
    setText(byId('accounts-spent'), spent.length === 0 ? '' : `Nothing is left of ${spent.join(', ')}.`);
  };
}

/** @param {AccountStatus} status */
function rowOf({ account, budget, inFlight }) {
  if (budget === undefined) return [account, 'no budget', '', '', String(inFlight)];
  const { spent, limit, unit, remainingRatio, renewsAt } = budget;
  const words = `${numberWords(spent)} of ${numberWords(limit)} ${unit}`;
  return [account, words, shareWords(remainingRatio), momentWords(renewsAt), String(inFlight)];
}
