import { keccak256, toFunctionSelector, toHex } from 'viem';
import { assemble } from './evm-assembly.ts';

/** What the contract offers, as client libraries read it. */
export const counterAbi = [
  { type: 'function', name: 'count', inputs: [], outputs: [{ type: 'uint256' }], stateMutability: 'view' },
  {
    type: 'function',
    name: 'setCount',
    inputs: [{ name: 'to', type: 'uint256' }],
    outputs: [],
    stateMutability: 'nonpayable',
  },
  {
    type: 'function',
    name: 'refuse',
    inputs: [{ name: 'why', type: 'uint256' }],
    outputs: [],
    stateMutability: 'nonpayable',
  },
  { type: 'event', name: 'Counted', inputs: [{ name: 'to', type: 'uint256', indexed: false }] },
  { type: 'error', name: 'Refused', inputs: [{ name: 'why', type: 'uint256' }] },
] as const;

const counted = keccak256(toHex('Counted(uint256)'));

const runtime = assemble(`
  0x00 calldataload 0xe0 shr
  dup1 ${toFunctionSelector('count()')} eq @count jumpi
  dup1 ${toFunctionSelector('setCount(uint256)')} eq @setCount jumpi
  dup1 ${toFunctionSelector('refuse(uint256)')} eq @refuse jumpi
  0x00 0x00 revert
  count:
    0x00 sload 0x00 mstore 0x20 0x00 return
  setCount:
    0x04 calldataload dup1 0x00 sstore 0x00 mstore ${counted} 0x20 0x00 log1 stop
  refuse:
    ${toFunctionSelector('Refused(uint256)')} 0xe0 shl 0x00 mstore
    0x04 calldataload 0x04 mstore 0x24 0x00 revert
`);

const size = toHex(runtime.length / 2, { size: 1 });
/** The code before the runtime, which returns it, is 11 bytes long. */
const loader = assemble(`${size} dup1 0x0b 0x00 codecopy 0x00 return`);

/** A contract that keeps a number, tells of each change, and refuses with a custom error when asked to. */
export const counterCode = `0x${loader}${runtime}` as const;

/** Code that, called without an address, answers a number: a call with an answer of its own. */
export function codeThatReturns(number: `0x${string}`): `0x${string}` {
  return `0x${assemble(`${number} 0x00 mstore 0x20 0x00 return`)}`;
}
