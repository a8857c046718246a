import { type ConfigReading, settingsFrom } from './read-config.ts';
import { readUpstreamUrl, type UpstreamUrl } from './upstream-url.ts';

/** The name of the one chain until it is found out which it is. */
export const detectedChain = 'detected';

/**
 * Settings for URLs given without a file: one chain that is to be detected, all URLs primaries, everything else at its default.
 *
 * A WebSocket URL joins the HTTP URL of its host, else of its operator, else the only one there is. Problems name a URL by its
 * position. Never throws.
 */
export function settingsFromUrls(urls: readonly string[], memoryBytes: number): ConfigReading {
  const problems: string[] = [];
  const read = urls.flatMap((text, at) => readOne({ text, position: at + 1 }, problems));
  const entries = paired(read, problems);
  if (problems.length > 0) return { kind: 'refused', problems };
  const data = { chains: { [detectedChain]: { primary: entries } } };
  const { settings, problems: found } = settingsFrom(data, { known: [], memoryBytes, chains: 'detected' });
  if (found.length > 0) return { kind: 'refused', problems: found.map(({ text }) => `a URL ${text}`) };
  return { kind: 'read', settings };
}

interface GivenUrl {
  readonly text: string;
  /** From 1, as people count. */
  readonly position: number;
}

interface CheckedUrl extends GivenUrl {
  readonly url: UpstreamUrl;
}

function readOne(given: GivenUrl, problems: string[]): readonly CheckedUrl[] {
  const reading = readUpstreamUrl(given.text);
  if (reading.kind === 'read') return [{ ...given, url: reading.url }];
  problems.push(`URL ${given.position} ${reading.why}`);
  return [];
}

/** Entries of a tier, as a file would have them. */
interface Entry {
  readonly url: string;
  ws?: string;
}

function paired(given: readonly CheckedUrl[], problems: string[]): readonly Entry[] {
  const http = given.filter(({ url }) => url.transport === 'http');
  const entries = new Map<CheckedUrl, Entry>(http.map((each) => [each, { url: each.text }]));
  const seen = new Set<string>();
  for (const each of given) {
    if (seen.has(each.url.href)) problems.push(`URL ${each.position} was given before (leave it out)`);
    seen.add(each.url.href);
    if (each.url.transport === 'http') continue;
    const partner = partnerOf(
      each.url,
      http.filter((candidate) => entries.get(candidate)?.ws === undefined),
    );
    const entry = partner === undefined ? undefined : entries.get(partner);
    if (entry === undefined)
      problems.push(`URL ${each.position} is a WebSocket URL without its HTTP URL (give that too)`);
    else entry.ws = each.text;
  }
  return [...entries.values()];
}

function partnerOf(socket: UpstreamUrl, free: readonly CheckedUrl[]): CheckedUrl | undefined {
  const sameHost = free.find(({ url }) => url.host === socket.host);
  const sameOperator = free.find(({ url }) => isSameOperator(url, socket));
  return sameHost ?? sameOperator ?? (free.length === 1 ? free[0] : undefined);
}

function isSameOperator({ place: left }: UpstreamUrl, { place: right }: UpstreamUrl): boolean {
  return left.kind === 'public' && right.kind === 'public' && left.domain === right.domain;
}
