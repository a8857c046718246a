import type { EndpointSettings, Settings } from '../model/settings.ts';
import { placeOfHost } from './host-place.ts';

/** Shorter texts are no secrets, and replacing them would blot out half of every message. */
const shortest = 4;

/** From this length a part of a path or of a host's name may be a key, unless it is a plain word. */
const shortestKey = 8;

/** Words of paths and hosts that say which network or product, not whose account; so do the shortest words. */
const plainWords = new Set(
  (
    'ethereum mainnet testnet devnet archive endpoint jsonrpc json-rpc sepolia holesky optimism arbitrum polygon avalanche ' +
    'bitcoin litecoin cosmoshub tendermint blockchain gateway provider services websocket ext goerli public'
  ).split(' '),
);

/**
 * Every text of the settings that may be a secret: whole URLs, hosts, long parts of paths, query values, user info, labels of
 * hosts that look like keys, header values and the admin token; each as written, decoded and encoded. Longest first.
 *
 * Generous: a text too many costs a word in a message, one too few costs an account. Not in it: private hosts, what names
 * of chains, providers and groups show anyway, and what is shorter than four characters. Never throws.
 */
export function secretsOf(settings: Settings): readonly string[] {
  const names = namesOf(settings);
  const found = new Set<string>();
  const keep = (text: string): void => {
    for (const spelling of spellings(text)) {
      if (spelling.length >= shortest && !names.has(spelling)) found.add(spelling);
    }
  };
  if (settings.admin.token !== undefined) keep(settings.admin.token);
  for (const chain of settings.chains)
    for (const endpoint of chain.endpoints) secretsOfEndpoint(endpoint).forEach(keep);
  return [...found].sort((left, right) => right.length - left.length || (left < right ? -1 : 1));
}

function namesOf({ chains }: Settings): ReadonlySet<string> {
  const shown = chains.flatMap(({ endpoints }) => endpoints.flatMap(({ provider, group }) => [provider, group]));
  return new Set([...chains.map(({ name }) => name), ...shown]);
}

/** The text with every secret replaced by `***`. Secrets come longest first, as `secretsOf` lists them. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);
}

function secretsOfEndpoint({ url, ws, headers }: EndpointSettings): readonly string[] {
  const urls = ws === undefined ? [url] : [url, ws];
  return [...urls.flatMap(secretsOfUrl), ...Object.values(headers).flatMap(secretsOfHeader)];
}

function secretsOfUrl(href: string): readonly string[] {
  const url = new URL(href);
  const path = url.pathname.split('/').filter(isKeyLike);
  const query = url.search
    .slice(1)
    .split(/[&=]/)
    .filter((part) => part.length >= shortestKey);
  const values = [...url.searchParams.values()].filter((value) => !isPlain(value));
  return [href, href.replace(/\/$/, ''), ...secretsOfHost(url), ...path, ...query, ...values];
}

function secretsOfHost({ host, hostname }: URL): readonly string[] {
  const place = placeOfHost(hostname);
  if (place.kind !== 'public') return [];
  const below = hostname === place.domain ? [] : hostname.slice(0, -place.domain.length - 1).split('.');
  return [host, hostname, ...below.filter(isKeyLike)];
}

function isKeyLike(part: string): boolean {
  return part.length >= shortestKey && !part.split('-').every(isPlain);
}

function isPlain(word: string): boolean {
  return plainWords.has(word) || /^(?:[a-z]{1,5}|v\d{1,2})$/.test(word);
}

/** The whole value, the part behind a scheme such as `Bearer`, and what `Basic` encodes. */
function secretsOfHeader(value: string): readonly string[] {
  const [, scheme = '', credentials = ''] = /^([A-Za-z][\w-]*) +(\S+)$/.exec(value) ?? [];
  if (scheme.toLowerCase() !== 'basic') return [value, credentials];
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const user = pair.slice(0, Math.max(0, colon));
  const password = pair.slice(colon + 1);
  // A user beside a password is a name like `admin`, unless it looks like a key; alone it is the key.
  return [value, credentials, pair, password, ...(password === '' || isKeyLike(user) ? [user] : [])];
}

/** As written, without and with percent-encoding, and in lower case: hosts and some upstreams lower it. */
function spellings(text: string): readonly string[] {
  return [text, decoded(text), encodeURIComponent(text), text.toLowerCase()];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
