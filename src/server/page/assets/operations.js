import { byId } from './elements.js';

/** @typedef {{ readonly done?: boolean, readonly why?: string, readonly [name: string]: unknown }} Answer */

/**
 * Asks the gateway to do something. Never rejects: what went wrong is said in `why`. Where the token is missing, its field gets the
 * focus.
 *
 * @param {string} name of the operation: the last part of its path.
 * @param {object} body
 * @returns {Promise<Answer>}
 */
export async function operate(name, body) {
  const token = /** @type {HTMLInputElement} */ (byId('token'));
  /** @type {Record<string, string>} */
  const headers = { 'content-type': 'application/json', 'x-switchyard-operator': 'page' };
  if (token.value !== '') headers.authorization = `Bearer ${token.value}`;
  try {
    const response = await fetch(`/api/${name}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (response.status === 401) token.focus();
    return await response.json();
  } catch {
    return { done: false, why: 'the gateway did not answer' };
  }
}
