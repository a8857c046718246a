import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askHttp, eventually, statusOf } from '../support/ask-gateway.ts';
import { createFakeChain } from '../support/fake-chain.ts';
import { answerAsChain } from '../support/fake-methods.ts';
import { startFakeUpstream } from '../support/fake-upstream.ts';
import * as scripts from '../support/fault-scripts.ts';
import { type FaultUpstream, type Peer, startFaultUpstream } from '../support/fault-upstream.ts';
import { devnetOf, type OpenGateway, openGateway, untilReady } from '../support/open-gateway.ts';

/** A list far above what the gateway holds here, which is 64 KiB. */
const large = `[${Array.from({ length: 40_000 }, (_, at) => `"0x${at.toString(16).padStart(8, '0')}"`).join(',')}]`;
const good = '"0x3b9aca00"';

const chunkedHead = scripts.http('200 OK', ['transfer-encoding: chunked']);

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

/** Answers the call under test with this body, at once and whole. */
function says(body: (id: number) => string) {
  return (peer: Peer): void => peer.write(`${chunkedHead}${chunk(body(idOf(peer)))}0\r\n\r\n`);
}

function idOf(peer: Peer): number {
  return JSON.parse(peer.body).id;
}

interface Opened extends OpenGateway {
  /** The upstream asked first. */
  readonly first: FaultUpstream;
  /** Asks for what the first upstream treats as the test says; it is not asked for anything else by clients. */
  ask(id?: string): Promise<Response>;
  /** The sum of a metric's samples whose labels hold all of these. */
  sample(name: string, ...labels: readonly string[]): Promise<number>;
}

/** A gateway that holds 64 KiB of an answer, before an upstream that plays `script` and one that answers briefly and well. */
async function openStreaming(script: (peer: Peer) => void, limits: object = {}): Promise<Opened> {
  const chain = createFakeChain({ chainId: 31_337 });
  const first = await startFaultUpstream((peer) => {
    const { id, method, params = [] } = JSON.parse(peer.body);
    if (method === 'eth_gasPrice') return script(peer);
    const answer = answerAsChain({ chain, top: chain.height(), transactions: new Map() }, method, params);
    peer.write(scripts.wellFormed(JSON.stringify({ jsonrpc: '2.0', id, ...answer })));
  });
  const second = await startFakeUpstream({ chain });
  onTestFinished(async () => void (await Promise.all([first.close(), second.close()])));
  const chains = devnetOf([first, second], { limits: { maxHeldBytes: '64KiB', ...limits } });
  const gateway = await openGateway({ chains });
  await untilReady(gateway);
  await eventually(
    () => statusOf(gateway.adminUrl),
    ([devnet]) => devnet?.upstreams.every(({ standing }) => standing === 'serving') === true,
  );
  return {
    ...gateway,
    first,
    ask: (id = '7') =>
      fetch(`${gateway.url}/devnet`, {
        method: 'POST',
        headers: { 'x-switchyard-provider': 'p0' },
        body: `{"jsonrpc":"2.0","id":${id},"method":"eth_gasPrice"}`,
      }),
    async sample(name, ...labels) {
      const { text } = await askHttp(`${gateway.adminUrl}/metrics`);
      const lines = text
        .split('\n')
        .filter((line) => line.startsWith(name) && labels.every((each) => line.includes(each)));
      return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    },
  };
}

describe('an answer larger than what is held', () => {
  test.each([
    ['in chunks', says((id) => `{"jsonrpc":"2.0","id":${id},"result":${large}}`)],
    ['with its id last, as some upstreams write it', says((id) => `{"jsonrpc":"2.0","result":${large},"id":${id}}`)],
    [
      'in one piece',
      (peer: Peer) => peer.write(scripts.wellFormed(`{"id":${idOf(peer)},"error":null,"result":${large}} `)),
    ],
    [
      'packed',
      (peer: Peer) => scripts.encoded('gzip', gzipSync(`{"jsonrpc":"2.0","id":${idOf(peer)},"result":${large}}`))(peer),
    ],
  ])('F-068: that comes %s reaches its client byte for byte under its own id', async (_, script) => {
    const gateway = await openStreaming(script);
    const answer = await gateway.ask('"my own"');
    expect(answer.headers.get('transfer-encoding')).toBe('chunked');
    expect(answer.headers.get('x-switchyard-upstream')).toBe('p0/json-rpc');
    expect(answer.headers.get('x-switchyard-attempts')).toBe('1');
    expect(await answer.text()).toBe(`{"jsonrpc":"2.0","id":"my own","result":${large}}`);
    await eventually(
      () => gateway.sample('switchyard_requests_total', 'method="eth_gasPrice"', 'outcome="ok"'),
      (count) => count === 1,
    );
    expect(
      await gateway.sample('switchyard_endpoint_requests_total', 'provider="p0"', 'class="light"', 'outcome="ok"'),
    ).toBe(1);
    expect(await gateway.sample('switchyard_endpoint_in_flight')).toBe(0);
    expect(await gateway.sample('switchyard_buffered_bytes')).toBe(0);
  });

  test.each([
    ['an error', (id: number) => `{"jsonrpc":"2.0","id":${id},"error":{"code":1,"message":${JSON.stringify(large)}}}`],
    ["another call's result", (id: number) => `{"jsonrpc":"2.0","id":${id + 1},"result":${large}}`],
    ['no JSON', (id: number) => `{"jsonrpc":"2.0","id":${id},"result":[01${large}]}`],
    ['no answer at all', () => `{"data":${large}}`],
  ])('is not streamed where its beginning is %s: another upstream is asked', async (_, body) => {
    const gateway = await openStreaming(says(body));
    const answer = await gateway.ask();
    expect(answer.headers.get('x-switchyard-upstream')).toBe('p1/json-rpc');
    expect(await answer.text()).toBe(`{"jsonrpc":"2.0","id":7,"result":${good}}`);
    expect(await gateway.sample('switchyard_buffered_bytes')).toBe(0);
  });

  test('in a batch is refused with what to do, and nothing else of the batch is', async () => {
    const gateway = await openStreaming(says((id) => `{"jsonrpc":"2.0","id":${id},"result":${large}}`));
    const price = '{"jsonrpc":"2.0","id":1,"method":"eth_gasPrice"}';
    const chainId = '{"jsonrpc":"2.0","id":2,"method":"eth_chainId"}';
    const headers = { 'x-switchyard-exclude': 'p1' };
    const answer = await gateway.post(`[${price},${chainId}]`, { headers });
    const [refused, served] = JSON.parse(answer.text);
    expect(refused).toMatchObject({ id: 1, error: { code: -32056, data: { fault: 'RESPONSE_TOO_LARGE' } } });
    expect(refused.error.message).toContain('Ask this call alone, outside a batch');
    expect(served).toEqual({ jsonrpc: '2.0', id: 2, result: '0x7a69' });
  });

  test('is refused above the largest answer allowed, as long as nothing went out', async () => {
    const gateway = await openStreaming(
      (peer) => peer.write(scripts.wellFormed(`{"jsonrpc":"2.0","id":${idOf(peer)},"result":${large}}`)),
      { maxResponseBytes: '128KiB' },
    );
    const answer = await gateway.call('eth_gasPrice', [], { headers: { 'x-switchyard-exclude': 'p1' } });
    expect(answer.body.error?.message).toContain('at most 131072 bytes');
  });
});

describe('an answer that breaks off while it is streamed', () => {
  const half = large.slice(0, 300_000);

  /** The beginning goes out, and then the fault comes. */
  function thenFault(fault: (peer: Peer) => void) {
    return (peer: Peer): void => {
      peer.write(`${chunkedHead}${chunk(`{"jsonrpc":"2.0","id":${idOf(peer)},"result":${half}`)}`);
      faults.push(() => fault(peer));
    };
  }

  const faults: (() => void)[] = [];

  test.each([
    ['F-006: by a reset', (peer: Peer) => peer.reset(), 'failed'],
    ['F-008: in the middle of its chunks', (peer: Peer) => peer.fin(), 'failed'],
    ['F-050: by an end of the body in mid-JSON', (peer: Peer) => peer.write('0\r\n\r\n'), 'failed'],
    ['F-062: by what JSON does not know', (peer: Peer) => peer.write(`${chunk('",NaN]}')}0\r\n\r\n`), 'failed'],
    [
      'F-063: by bytes that are no UTF-8',
      (peer: Peer) => peer.write(Buffer.from([0x31, 13, 10, 0xff, 13, 10])),
      'failed',
    ],
    ['F-051: by a second answer', (peer: Peer) => peer.write(`${chunk('"]}{}')}0\r\n\r\n`), 'failed'],
    ['F-065: by a second result', (peer: Peer) => peer.write(`${chunk('"],"result":1}')}0\r\n\r\n`), 'failed'],
    [
      'F-066: by a second id in disguise',
      (peer: Peer) => peer.write(`${chunk('"],"\\u0069d":7}')}0\r\n\r\n`),
      'failed',
    ],
    [
      'F-057: by an error after the result',
      (peer: Peer) => peer.write(`${chunk('"],"error":{}}')}0\r\n\r\n`),
      'failed',
    ],
  ] as const)('%s breaks its client off too, and counts against its upstream', async (_, fault, outcome) => {
    const gateway = await openStreaming(thenFault(fault));
    const answer = await gateway.ask();
    expect(answer.status).toBe(200);
    faults.splice(0).forEach((each) => void each());
    await expect(answer.text()).rejects.toThrow('terminated');
    await eventually(
      () => gateway.sample('switchyard_requests_total', 'outcome="broken-off"'),
      (count) => count === 1,
    );
    expect(
      await gateway.sample(
        'switchyard_endpoint_requests_total',
        'provider="p0"',
        'class="light"',
        `outcome="${outcome}"`,
      ),
    ).toBe(1);
    expect(await gateway.sample('switchyard_endpoint_errors_total', 'provider="p0"', 'blame="upstream"')).toBe(1);
    expect(await gateway.sample('switchyard_endpoint_in_flight')).toBe(0);
    expect(await gateway.sample('switchyard_buffered_bytes')).toBe(0);
    expect((await gateway.call('eth_chainId')).body.result).toBe('0x7a69');
  });

  test('F-009: by the end of a connection that nothing else would tell breaks its client off too', async () => {
    const gateway = await openStreaming((peer) => {
      peer.write(scripts.http('200 OK', ['connection: close'], `{"jsonrpc":"2.0","id":${idOf(peer)},"result":${half}`));
      faults.push(() => peer.fin());
    });
    const answer = await gateway.ask();
    faults.splice(0).forEach((each) => void each());
    await expect(answer.text()).rejects.toThrow('terminated');
  });

  test('above the largest answer allowed is nobody else to blame', async () => {
    const gateway = await openStreaming(
      thenFault((peer) => peer.flood(Buffer.from(chunk(' '.repeat(0x10000))))),
      { maxResponseBytes: '1MiB' },
    );
    const answer = await gateway.ask();
    faults.splice(0).forEach((each) => void each());
    await expect(answer.text()).rejects.toThrow('terminated');
    await eventually(
      () => gateway.sample('switchyard_requests_total', 'outcome="broken-off"'),
      (count) => count === 1,
    );
    expect(await gateway.sample('switchyard_endpoint_errors_total', 'provider="p0"', 'blame="upstream"')).toBe(0);
  });

  test('because its client has gone closes its connection, holds nothing and blames nobody', async () => {
    const gateway = await openStreaming(thenFault(() => undefined));
    const { hostname, port } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    const body = '{"jsonrpc":"2.0","id":7,"method":"eth_gasPrice"}';
    socket.write(
      `POST /devnet HTTP/1.1\r\nhost: x\r\nx-switchyard-provider: p0\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await once(socket, 'data');
    socket.destroy();
    await eventually(
      () => gateway.sample('switchyard_requests_total', 'outcome="client-gone"'),
      (count) => count === 1,
    );
    expect(await gateway.sample('switchyard_buffered_bytes')).toBe(0);
    expect(await gateway.sample('switchyard_endpoint_in_flight')).toBe(0);
    expect(await gateway.sample('switchyard_endpoint_errors_total', 'provider="p0"', 'blame="upstream"')).toBe(0);
  });
});
