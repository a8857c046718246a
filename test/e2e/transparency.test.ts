import { describe, expect, test } from 'vitest';
import { post } from '../support/ask-gateway.ts';
import { counterCode } from '../support/counter-contract.ts';
import { poorAddress, useDevnet } from './devnet.ts';

const devnet = useDevnet();

const rich = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';

/** Calls of many kinds, good and bad, whose answers do not hang on when they are asked. */
const calls: readonly (readonly [string, string])[] = [
  ['eth_chainId', '[]'],
  ['net_version', '[]'],
  ['web3_sha3', '["0x68656c6c6f"]'],
  ['eth_blockNumber', '[]'],
  ['eth_getBlockByNumber', '["0x0",true]'],
  ['eth_getBlockByNumber', '["latest", false]'],
  ['eth_getBlockByNumber', '["0xffffff",false]'],
  ['eth_getBlockByNumber', '["nonsense",false]'],
  ['eth_getBlockByNumber', '[]'],
  ['eth_getBalance', `["${rich}","0x0"]`],
  ['eth_getBalance', `["${rich}","0xffffff"]`],
  ['eth_getCode', `["${poorAddress}","latest"]`],
  ['eth_getTransactionCount', `["${rich}","pending"]`],
  ['eth_getStorageAt', `["${rich}","0x0","latest"]`],
  ['eth_getProof', `["${rich}",["0x0"],"latest"]`],
  ['eth_getTransactionByHash', `["0x${'00'.repeat(32)}"]`],
  ['eth_getTransactionReceipt', `["0x${'00'.repeat(32)}"]`],
  ['eth_getLogs', '[{"fromBlock":"0x0","toBlock":"latest"}]'],
  ['eth_getLogs', '[{"fromBlock":"0x5","toBlock":"0x1"}]'],
  ['eth_call', `[{"data":"${counterCode}"},"latest"]`],
  ['eth_call', '[{"data":"0xfe"},"latest"]'],
  ['eth_call', '[]'],
  ['eth_estimateGas', `[{"from":"${rich}","to":"${poorAddress}","value":"0x1"}]`],
  ['eth_sendRawTransaction', '["0x02f8"]'],
  ['eth_somethingNew', '[1, 2.0, {"b":1,"a":2}]'],
  ['eth_feeHistory', '["0x1","latest",[25,75]]'],
  ['debug_traceBlockByNumber', '["0x0"]'],
];

/** The answer's bytes, and none of HTTP. */
async function textOf(url: string, body: string): Promise<string> {
  return (await post(url, body, { 'content-type': 'application/json' })).text;
}

/** JSON without insignificant white space, its members in their own order and its numbers as they are written. */
function compact(text: string): string {
  return text.replace(/("(?:\\.|[^"\\])*")|\s+/g, (_, string) => string ?? '');
}

describe('F-061: the gateway is invisible: what it answers is byte for byte what the upstream says to', () => {
  test.each(calls)('%s %s', async (method, params) => {
    const { anvil, url } = devnet.get();
    const body = `{"jsonrpc":"2.0","id":7,"method":"${method}","params":${params}}`;
    const [direct, through] = await Promise.all([textOf(anvil.url, body), textOf(url, body)]);
    expect(compact(through)).toBe(compact(direct));
  });
});
