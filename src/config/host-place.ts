import { BlockList, isIP } from 'node:net';
import { getDomain } from 'tldts';

/**
 * Whose a host is, as far as its name tells.
 *
 * `own`: a private address, a single-label name or a name of a local zone; `label` is fit for a provider's name.
 * `public`: `domain` is the registrable domain, or the address itself: who operates it.
 * `forbidden`: link-local, cloud metadata, multicast or unspecified: no upstream lives there.
 */
export type HostPlace =
  | { readonly kind: 'own'; readonly label: string }
  | { readonly kind: 'public'; readonly domain: string; readonly label: string }
  | { readonly kind: 'forbidden' };

/** Addresses an upstream never has: asking them would hand a cloud's credentials, or nobody, to whoever calls. */
const forbiddenNets: readonly (readonly [string, number])[] = [
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['0.0.0.0', 8],
  ['fe80::', 10],
  ['ff00::', 8],
  ['fd00:ec2::254', 128],
  ['64:ff9b::a9fe:0', 112],
  ['::', 128],
];

/** Private, shared and loopback ranges (RFC 1918, 4193, 6598). */
const privateNets: readonly (readonly [string, number])[] = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['127.0.0.0', 8],
  ['100.64.0.0', 10],
  ['::1', 128],
  ['fc00::', 7],
];

const forbiddenNames = new Set(['metadata', 'metadata.goog', 'metadata.google.internal', 'instance-data']);

/** Zones that are never delegated in the public tree (RFC 6762, 8375 and habit): the operator's own network. */
const ownZones = ['localhost', 'local', 'internal', 'lan', 'home.arpa', 'svc'];

const forbidden = blockList(forbiddenNets);
const own = blockList(privateNets);

function blockList(nets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of nets) list.addSubnet(address, prefix, address.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}

/** Says whose `hostname` is. Takes it as `URL` spells it (lower case, punycode, brackets around IPv6). Never throws. */
export function placeOfHost(hostname: string): HostPlace {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const version = isIP(host);
  if (version !== 0) return placeOfAddress(host, version === 6 ? 'ipv6' : 'ipv4');
  if (forbiddenNames.has(host)) return { kind: 'forbidden' };
  if (!host.includes('.') || ownZones.some((zone) => host.endsWith(`.${zone}`))) {
    return { kind: 'own', label: host.split('.')[0] ?? host };
  }
  const domain = getDomain(host) ?? host;
  return { kind: 'public', domain, label: domain };
}

function placeOfAddress(address: string, version: 'ipv4' | 'ipv6'): HostPlace {
  if (forbidden.check(address, version)) return { kind: 'forbidden' };
  const label = version === 'ipv4' ? address : `ipv6-${address.replace(/[^0-9a-f]+/g, '-').replace(/^-|-$/g, '')}`;
  return own.check(address, version) ? { kind: 'own', label } : { kind: 'public', domain: label, label };
}
