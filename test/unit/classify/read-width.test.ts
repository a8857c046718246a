import { describe, expect, test } from 'vitest';
import { createJudge } from '../../../src/classify/judge.ts';
import { readWidth } from '../../../src/classify/read-width.ts';
import { compileChain } from '../../../src/spec/compile-chain.ts';
import { packagedDocuments } from '../../support/chain-documents.ts';

const compiled = compileChain(await packagedDocuments(), 'ethereum');
if (compiled.kind === 'failed') throw new Error('ethereum does not compile');
const spec = compiled.value;
const judge = createJudge(spec);
const policy = spec.methods.get('eth_getLogs') ?? spec.unknownMethod;

function widthIn(message: string) {
  const asked = { policy, method: 'eth_getLogs', status: 200, code: -32000, dataText: '' };
  return judge.judge({ kind: 'error', message, ...asked });
}

describe('a refusal of a range', () => {
  test.each([
    ['eth_getLogs is limited to a 10,000 range', 10_000],
    ['eth_getLogs and eth_newFilter are limited to a 10,000 blocks range', 10_000],
    ['eth_getLogs is limited to 1024 block range. Please check the parameter requirements', 1024],
    ['eth_getLogs is limited to 0 - 50 blocks range', 50],
    ['exceed maximum block range: 50000', 50_000],
    ['query exceeds max block range 100000', 100_000],
    ['ranges over 10000 blocks are not supported on freetier', 10_000],
    ['Invalid eth_getLogs request. `fromBlock`-`toBlock` range too large. Max range: 800', 800],
    ['block range greater than 10000 max', 10_000],
    ['requested too many blocks from 1 to 5000, maximum is set to 2048', 2048],
    ['range 19999 exceeds limit of 10000', 10_000],
    ['log query range must not exceed 25 blocks', 25],
    ['maximum allowed is 50 blocks', 50],
    ['The maximum number of blocks distance is 2000: maximum blocks distance exceeded', 2000],
    [
      'Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no limit on the response size. Based on your parameters and the response size limit, this block range should work: [0x1, 0x2]',
      2000,
    ],
    [
      'Under the Free tier plan, you can make eth_getLogs requests with up to a 10 block range. Based on your parameters, this block range should work: [0x1, 0xa]. Upgrade to PAYG for expanded block range.',
      10,
    ],
  ])('%s: says how wide one may always be', (message, blocks) => {
    expect(widthIn(message)).toMatchObject({ meaning: 'result-too-large', width: { blocks, holds: 'always' } });
  });

  test.each([
    ['query returned more than 10000 results. Try with this block range [0x10, 0x20].', 17],
    ['query exceeds max results 20000, retry with the range 59066104-59066970', 867],
  ])('%s: says how wide this one may be', (message, blocks) => {
    expect(widthIn(message)).toMatchObject({ meaning: 'result-too-large', width: { blocks, holds: 'here' } });
  });

  test.each([
    'block range is too wide',
    'Block range is too large',
    'Requested range exceeds maximum RPC range limit',
    'Block range limit exceeded. See the limits page for details',
    'query returned more than 10000 results',
    'logs count exceeds the limit 50000',
    'Query timeout exceeded. Consider reducing your block range.',
  ])('%s: says nothing of the kind', (message) => {
    const verdict = widthIn(message);
    expect(verdict.meaning).toBe('result-too-large');
    expect(verdict).not.toHaveProperty('width');
  });
});

test.each(['0', '99999999999999999999', '1,2x'])('%j blocks are no width', (text) => {
  expect(readWidth(/^(?<blocks>.+)$/, text)).toBeUndefined();
});

test('a range that runs backwards is no width', () => {
  expect(readWidth(/(?<from>\d+)-(?<to>\d+)/, '20-10')).toBeUndefined();
});
