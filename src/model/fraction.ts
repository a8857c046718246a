/**
 * A number in [0, 1) that depends on the text alone: the same in every replica and after a restart.
 *
 * It spreads what would otherwise happen at one moment (probes, checks) without chance: FNV-1a over the UTF-16 units,
 * then a finalizer, since FNV alone leaves the high bits of short texts alike.
 */
export function fractionOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
