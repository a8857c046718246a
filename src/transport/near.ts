import { BlockList, isIP } from 'node:net';

const ownRanges = new BlockList();
ownRanges.addSubnet('10.0.0.0', 8);
ownRanges.addSubnet('127.0.0.0', 8);
ownRanges.addSubnet('169.254.0.0', 16);
ownRanges.addSubnet('172.16.0.0', 12);
ownRanges.addSubnet('192.168.0.0', 16);
ownRanges.addAddress('::1', 'ipv6');
ownRanges.addSubnet('fc00::', 7, 'ipv6');
ownRanges.addSubnet('fe80::', 10, 'ipv6');

/**
 * True where a host is most likely on our own network, by its name alone: a private address, a single label, or a name
 * under `.local` or `.internal`. There a compressed answer costs the upstream more than the wire saves.
 */
export function isNear(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  if (family !== 0) return ownRanges.check(host, family === 6 ? 'ipv6' : 'ipv4');
  return !host.includes('.') || host.endsWith('.local') || host.endsWith('.internal');
}
