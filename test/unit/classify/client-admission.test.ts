import { beforeAll, describe, expect, test } from 'vitest';
import { classifyCall } from '../../../src/classify/classify-call.ts';
import { refuseByKey } from '../../../src/classify/client-admission.ts';
import type { ChainSpec } from '../../../src/model/chain-spec.ts';
import type { ClientKey } from '../../../src/model/client.ts';
import { compileChain } from '../../../src/spec/compile-chain.ts';
import { packagedDocuments } from '../../support/chain-documents.ts';

const token = '0x00000000000000000000000000000000000000aa';
const another = '0x00000000000000000000000000000000000000bb';
const balanceOf = `0x70a08231${'00'.repeat(32)}`;
const transfer = `0xa9059cbb${'00'.repeat(64)}`;
let spec: ChainSpec;

beforeAll(async () => {
  const compiled = compileChain(await packagedDocuments(), 'ethereum');
  if (compiled.kind !== 'compiled') throw new Error('ethereum does not compile');
  spec = compiled.value;
});

function refused(traits: Partial<ClientKey>, method: string, params: unknown = []): boolean {
  const key: ClientKey = { name: 'dapp', sha256: '', steer: false, ...traits };
  const call = { id: Buffer.from('1'), method, params: Buffer.from(JSON.stringify(params)) };
  return refuseByKey(key, classifyCall(spec, call), 'ethereum') !== undefined;
}

describe('what a key may call', () => {
  test('everything the chain serves, where nothing is said', () => {
    expect(refused({}, 'eth_call', [{ to: another }, 'latest'])).toBe(false);
  });

  test('its chains only', () => {
    expect(refused({ chains: ['base'] }, 'eth_chainId')).toBe(true);
    expect(refused({ chains: ['base', 'ethereum'] }, 'eth_chainId')).toBe(false);
  });

  test('its methods only; deny stands above allow', () => {
    const key = { allow: ['eth_call', 'eth_chainId'], deny: ['eth_call'] };
    expect(['eth_call', 'eth_chainId', 'eth_blockNumber'].map((method) => refused(key, method))).toEqual([
      true,
      false,
      true,
    ]);
  });

  test.each([
    ['a call of the contract', 'eth_call', [{ to: token, data: balanceOf }, 'latest'], false],
    ['the same in capitals', 'eth_call', [{ to: token.toUpperCase().replace('0X', '0x'), input: balanceOf }], false],
    ['another function of it', 'eth_call', [{ to: token, data: transfer }], true],
    ['one function in `data`, another in `input`', 'eth_call', [{ to: token, data: balanceOf, input: transfer }], true],
    ['another contract beside it, in other letters', 'eth_call', [{ to: token, To: another, data: balanceOf }], true],
    ['another input beside it, in other letters', 'eth_call', [{ to: token, data: balanceOf, INPUT: transfer }], true],
    ['logs of another beside its own', 'eth_getLogs', [{ address: token, addreſs: another }], true],
    ['no input at all', 'eth_call', [{ to: token }], true],
    ['another contract', 'eth_call', [{ to: another, data: balanceOf }], true],
    ['a contract that is created', 'eth_call', [{ data: balanceOf }], true],
    ['its logs', 'eth_getLogs', [{ address: token }], false],
    ['its logs and those of another', 'eth_getLogs', [{ address: [token, another] }], true],
    ['everybody’s logs', 'eth_getLogs', [{}], true],
    ['nobody’s logs', 'eth_getLogs', [{ address: [] }], true],
    ['its storage', 'eth_getStorageAt', [token, '0x0', 'latest'], false],
    ['a light read that names none', 'eth_blockNumber', [], false],
    ['a read that may name any', 'eth_simulateV1', [{}], true],
    ['a write', 'eth_sendRawTransaction', ['0x02'], true],
    ['an unknown method', 'eth_somethingNew', [], true],
  ])('bound to a function of a contract: %s', (_, method, params, expected) => {
    expect(refused({ contracts: [{ address: token, functions: ['0x70a08231'] }] }, method, params)).toBe(expected);
  });

  test('bound to contracts, a method that names none is open where the key names it', () => {
    const contracts = [{ address: token }];
    expect(refused({ contracts, allow: ['eth_sendRawTransaction'] }, 'eth_sendRawTransaction', ['0x02'])).toBe(false);
    expect(refused({ contracts }, 'eth_call', [{ to: token, data: transfer }])).toBe(false);
  });
});
