const opcodes: Readonly<Record<string, number>> = {
  stop: 0x00,
  eq: 0x14,
  shl: 0x1b,
  shr: 0x1c,
  calldataload: 0x35,
  codecopy: 0x39,
  mstore: 0x52,
  sload: 0x54,
  sstore: 0x55,
  jumpi: 0x57,
  jumpdest: 0x5b,
  dup1: 0x80,
  log1: 0xa1,
  return: 0xf3,
  revert: 0xfd,
};

/**
 * Assembles EVM code: words are opcodes, `0x…` pushes its bytes, `name:` marks a place to jump to and `@name` pushes its
 * offset. Code below 256 bytes only, so that one byte holds an offset.
 */
export function assemble(source: string): string {
  const words = source.split(/\s+/).filter((word) => word !== '');
  const places = new Map<string, number>();
  let offset = 0;
  for (const word of words) {
    if (word.endsWith(':')) places.set(word.slice(0, -1), offset);
    offset += sizeOf(word);
  }
  return words.map((word) => bytesOf(word, places)).join('');
}

function sizeOf(word: string): number {
  if (word.startsWith('0x')) return word.length / 2;
  return word.startsWith('@') ? 2 : 1;
}

function bytesOf(word: string, places: ReadonlyMap<string, number>): string {
  if (word.startsWith('0x')) return hex(0x5f + word.length / 2 - 1) + word.slice(2);
  if (word.startsWith('@')) return `60${hex(places.get(word.slice(1)) ?? 0)}`;
  const opcode = opcodes[word.endsWith(':') ? 'jumpdest' : word];
  if (opcode === undefined) throw new Error(`no such opcode: ${word}`);
  return hex(opcode);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
