import { type HostPlace, placeOfHost } from './host-place.ts';

/** A checked URL of an upstream. User info has left the URL and become the value of an `Authorization` header. */
export interface UpstreamUrl {
  /** Normalised, without user info and fragment. */
  readonly href: string;
  readonly transport: 'http' | 'ws';
  /** As `URL` spells it: lower case, punycode, brackets around IPv6. */
  readonly host: string;
  readonly place: Exclude<HostPlace, { kind: 'forbidden' }>;
  /** `Basic …`, where the URL had user info. */
  readonly authorization?: string;
}

/** What came of reading one URL. `why` says what is wrong and what to do; it never holds a part of the text. */
export type UrlReading =
  | { readonly kind: 'read'; readonly url: UpstreamUrl }
  | { readonly kind: 'refused'; readonly why: string };

const longestUrl = 4_096;

const transports: Readonly<Record<string, 'http' | 'ws'>> = {
  'http:': 'http',
  'https:': 'http',
  'ws:': 'ws',
  'wss:': 'ws',
};

/** Reads the URL of an upstream as the config has it. Never throws, and never repeats the text it was given. */
export function readUpstreamUrl(text: string): UrlReading {
  if (text.length > longestUrl) return refused(`is longer than ${longestUrl} characters`);
  if (/[\s\p{Cc}]/u.test(text)) return refused('holds a space or a line break (remove it, or write %20)');
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text))
    return refused('is no URL (begin with https://, http://, wss:// or ws://)');
  // `new URL` is asked only for what can be read: its error would carry the whole text.
  if (!URL.canParse(text)) return refused('is no valid URL (check host and port)');
  const url = new URL(text);
  const transport = transports[url.protocol];
  if (transport === undefined) return refused('has a scheme that is not served (https, http, wss and ws are)');
  if (url.hash !== '') return refused('has a #fragment, which is never sent (remove it, or write %23)');
  return placed(url, transport);
}

function placed(url: URL, transport: 'http' | 'ws'): UrlReading {
  const place = placeOfHost(url.hostname);
  if (place.kind === 'forbidden') {
    return refused("points at a link-local, metadata or unspecified address (use the upstream's own address)");
  }
  const authorization = authorizationOf(url);
  if (authorization === undefined) return refused('has user info that cannot be decoded (write % as %25)');
  url.username = '';
  url.password = '';
  const read = { href: url.href, transport, host: url.hostname, place };
  return { kind: 'read', url: authorization === '' ? read : { ...read, authorization } };
}

/** Empty without user info, undefined where its percent-encoding is broken. */
function authorizationOf(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return '';
  try {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    return `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`;
  } catch {
    return undefined;
  }
}

function refused(why: string): UrlReading {
  return { kind: 'refused', why };
}
