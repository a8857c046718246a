import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventually, statusOf } from '../support/ask-gateway.ts';
import { createFakeChain, type FakeChain } from '../support/fake-chain.ts';
import { answerAsChain } from '../support/fake-methods.ts';
import { startFakeUpstream } from '../support/fake-upstream.ts';
import * as scripts from '../support/fault-scripts.ts';
import { type Script, startFaultUpstream } from '../support/fault-upstream.ts';
import { devnetOf, type OpenGateway, openGateway, untilReady } from '../support/open-gateway.ts';

/** What the good upstream answers to the call under test. */
const good = '0x3b9aca00';

/** Plays the fault for the call under test and is a good upstream for everything else, probes and polls included. */
function faulty(chain: FakeChain, fault: Script): Script {
  return (peer) => {
    const { id, method, params = [] } = JSON.parse(peer.body);
    if (method === 'eth_gasPrice') return fault(peer);
    const answer = answerAsChain({ chain, top: chain.height(), transactions: new Map() }, method, params);
    peer.write(scripts.wellFormed(JSON.stringify({ jsonrpc: '2.0', id, ...answer })));
  };
}

/** A well-formed HTTP answer with this body, byte for byte in Latin-1; the id of the call is at hand. */
function body(text: (id: number) => string, headers: readonly string[] = []): Script {
  return status('200 OK', text, headers);
}

/** The same with another status. */
function status(line: string, text: (id: number) => string, headers: readonly string[] = []): Script {
  return (peer) => {
    const content = Buffer.from(text(JSON.parse(peer.body).id), 'latin1');
    peer.write(scripts.http(line, [`content-length: ${content.length}`, ...headers]));
    peer.write(content);
  };
}

function encoded(header: string, bytes: (text: string) => Buffer): Script {
  return (peer) => {
    const text = `{"jsonrpc":"2.0","id":${JSON.parse(peer.body).id},"result":"0x1"}`;
    scripts.encoded(header, bytes(text))(peer);
  };
}

const result = (id: number): string => `{"jsonrpc":"2.0","id":${id},"result":"0x1"}`;
const bytesOfLatin1 = (id: number): string => `{"jsonrpc":"2.0","id":${id},"result":"\xe9\xff"}`;

/** A gateway whose first upstream plays the fault and whose second is good; calls begin with the first. */
async function openBeside(fault: Script): Promise<OpenGateway> {
  const chain = createFakeChain({ chainId: 31_337 });
  const bad = await startFaultUpstream(faulty(chain, fault));
  const other = await startFakeUpstream({ chain });
  onTestFinished(async () => void (await Promise.all([bad.close(), other.close()])));
  const gateway = await openGateway({ limits: { maxResponseBytes: '1MiB' }, chains: devnetOf([bad, other]) });
  await untilReady(gateway);
  await eventually(
    () => statusOf(gateway.adminUrl),
    ([devnet]) => devnet?.upstreams.every(({ standing }) => standing === 'serving') === true,
  );
  return gateway;
}

async function askFirst(gateway: OpenGateway) {
  const { body: answer, headers } = await gateway.call('eth_gasPrice', [], {
    headers: { 'x-switchyard-provider': 'p0' },
  });
  const upstream = headers.get('x-switchyard-upstream');
  return { answer, upstream, attempts: headers.get('x-switchyard-attempts') };
}

const neverPassedOn: readonly (readonly [string, Script])[] = [
  ['F-004: a reset before the headers', scripts.resetsBeforeHeaders],
  ['F-005: an end before the headers', scripts.closesBeforeHeaders],
  ['F-006: a reset in mid-body', scripts.resetsMidBody],
  ['F-007: an end in mid-body', scripts.closesMidLength],
  ['F-008: an end in the middle of the chunks', scripts.closesMidChunks],
  ['F-009: half a body that ends with its connection', scripts.closesMidOpenEnd],
  ['F-010: no answer at all', scripts.silent],
  ['F-011: a body that drips', scripts.drips],
  ['F-012: a body that never ends', scripts.neverEnds],
  ['F-013: interim answers without end', scripts.floodsInterim],
  ['F-014: headers above 16 KiB', scripts.hugeHeaders],
  ['F-015: two ways to tell the length', scripts.bothLengths],
  ['F-016: two lengths', scripts.twoLengths],
  ['F-017: a banner of another protocol', scripts.garbageBanner],
  ['F-029: HTML with status 200', body(() => '<!doctype html><title>hello</title>')],
  ['F-032: 429 with Retry-After', scripts.tooManyRequests('7')],
  ['F-034: 429 without', scripts.tooManyRequests(undefined)],
  ['F-036: 503 with Retry-After', scripts.tooManyRequests('1', '503 Service Unavailable')],
  ['F-031: a JSON body that says 429', body(() => '{"code":429,"message":"too many requests"}')],
  ['F-038: 401', status('401 Unauthorized', () => '{"message":"invalid api key"}')],
  [
    'F-039: a used-up quota',
    body((id) => `{"jsonrpc":"2.0","id":${id},"error":{"code":-32005,"message":"daily request count exceeded"}}`),
  ],
  ['F-041: a page that was not found', status('404 Not Found', () => '<html>not found</html>')],
  ['F-042: a redirect', scripts.redirects('302 Found', 'http://127.0.0.1:1/elsewhere')],
  [
    'F-042: a redirect that keeps the verb',
    scripts.redirects('308 Permanent Redirect', 'http://127.0.0.1:1/elsewhere'),
  ],
  ['F-043: no content', scripts.says('HTTP/1.1 204 No Content\r\n\r\n')],
  ['F-043: an empty body', body(() => '')],
  ['F-044: an encoding nobody knows', encoded('zstd-9', (text) => Buffer.from(text))],
  ['F-045: a body that unpacks without end', scripts.encoded('gzip', scripts.gzipBomb(50 * 1024 * 1024))],
  ['F-046: a gzip cut short', encoded('gzip', (text) => gzipSync(text).subarray(0, 12))],
  ['F-047: two encodings at once', encoded('gzip, gzip', (text) => gzipSync(gzipSync(text)))],
  ['F-050: JSON that breaks off', body((id) => result(id).slice(0, -4))],
  ['F-051: two answers in one', body((id) => result(id) + result(id))],
  ['F-052: another id', body((id) => result(id + 1))],
  ['F-053: the id as a string', body((id) => result(id).replace(`:${id},`, `:"${id}",`))],
  ['F-054: the id null on success', body((id) => result(id).replace(`:${id},`, ':null,'))],
  ['F-058: neither result nor error', body((id) => `{"jsonrpc":"2.0","id":${id}}`)],
  ['F-062: what JSON does not know', body((id) => `{"jsonrpc":"2.0","id":${id},"result":NaN}`)],
  ['F-063: bytes that are no UTF-8', body(bytesOfLatin1)],
  ['F-065: two results', body((id) => `{"jsonrpc":"2.0","id":${id},"result":"0x1","result":"0x2"}`)],
  ['F-066: a second id in disguise', body((id) => `{"jsonrpc":"2.0","id":${id},"\\u0069d":7,"result":"0x1"}`)],
  ['F-067: a nest without a bottom', body((id) => `{"jsonrpc":"2.0","id":${id},"result":${'['.repeat(100_000)}`)],
];

/** Odd answers that are answers: they reach the client, and nobody else is asked. */
const passedOn: readonly (readonly [string, Script, object])[] = [
  [
    'F-030: an error of the protocol that is final',
    body((id) => `{"jsonrpc":"2.0","id":${id},"error":{"code":3,"message":"execution reverted","data":"0x08c379a0"}}`),
    { error: { code: 3, message: 'execution reverted', data: '0x08c379a0' } },
  ],
  [
    'F-040: the same with the status 500',
    status(
      '500 Internal Server Error',
      (id) => `{"jsonrpc":"2.0","id":${id},"error":{"code":3,"message":"execution reverted"}}`,
    ),
    { error: { code: 3, message: 'execution reverted' } },
  ],
  ['F-035: a Retry-After beside a good answer', body(result, ['retry-after: 600']), { result: '0x1' }],
  ['F-044: gzip nobody asked for', encoded('gzip', (text) => gzipSync(text)), { result: '0x1' }],
  ['F-048: a byte order mark', body((id) => `\xef\xbb\xbf${result(id)}`), { result: '0x1' }],
  ['F-056: the envelope of version 1', body((id) => `{"id":${id},"result":"0x1","error":null}`), { result: '0x1' }],
  ['F-059: null', body((id) => `{"jsonrpc":"2.0","id":${id},"result":null}`), { result: null }],
  [
    'F-070: names that mean something to JavaScript',
    body((id) => `{"jsonrpc":"2.0","id":${id},"result":{"constructor":1,"prototype":{"x":2}}}`),
    { result: { constructor: 1, prototype: { x: 2 } } },
  ],
];

describe('a client never sees', () => {
  test.each(neverPassedOn)('%s: another upstream answers the same call', async (_, fault) => {
    const gateway = await openBeside(fault);
    const { answer, upstream, attempts } = await askFirst(gateway);
    expect(answer).toEqual({ jsonrpc: '2.0', id: 1, result: good });
    expect({ upstream, attempts }).toEqual({ upstream: 'p1/json-rpc', attempts: '2' });
  });
});

describe('a client gets', () => {
  test.each(passedOn)('%s, as the upstream said it', async (_, odd, expected) => {
    const gateway = await openBeside(odd);
    const { answer, upstream, attempts } = await askFirst(gateway);
    expect(answer).toEqual({ jsonrpc: '2.0', id: 1, ...expected });
    expect({ upstream, attempts }).toEqual({ upstream: 'p0/json-rpc', attempts: '1' });
  });

  test('F-018: nothing of what an upstream says unasked', async () => {
    const gateway = await openBeside((peer) => {
      const { id } = JSON.parse(peer.body);
      peer.write(scripts.wellFormed(result(id)) + scripts.wellFormed('{"jsonrpc":"2.0","id":666,"result":"0xbad"}'));
    });
    for (let turn = 0; turn < 5; turn += 1) {
      const { answer } = await askFirst(gateway);
      expect(['0x1', good]).toContain(answer.result);
    }
  });
});

describe('an upstream that asks us to slow down', () => {
  test.each([
    ['F-032: for seven seconds', '7', 7000],
    ['F-033: until a date', new Date(Date.now() + 60_000).toUTCString(), 30_000],
    ['F-033: for longer than an hour', '1000000000', 3_500_000],
  ])('%s is left alone, and nothing is held against it', async (_, retryAfter, atLeastMs) => {
    const gateway = await openBeside(scripts.tooManyRequests(retryAfter));
    await askFirst(gateway);
    const [devnet] = await eventually(
      () => statusOf(gateway.adminUrl),
      ([chain]) => chain?.upstreams.some(({ heldOff }) => heldOff !== undefined) === true,
    );
    const held = devnet?.upstreams.find(({ provider }) => provider === 'p0');
    expect(held).toMatchObject({ standing: 'serving', heldOff: { reason: 'retry-after', forMs: expect.any(Number) } });
    expect(held?.heldOff).toSatisfy(({ forMs }: { forMs: number }) => forMs > atLeastMs - 6000 && forMs <= 4_320_000);
    expect((await askFirst(gateway)).attempts).toBe('1');
  });
});
