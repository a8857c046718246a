import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import type { Fault } from '../../../src/demo/fault.ts';
import type { Devnet } from '../../../src/demo/start-devnet.ts';
import { ask, blockAt, callText, heightOf, openDevnet, post, viewOf } from './open-devnet.ts';

const { devnet } = openDevnet();

const chainId = callText({ method: 'eth_chainId' });

function set(fault: Fault): Promise<void> {
  return devnet().faults.set('alpha', fault);
}

function postAlpha(body = chainId, signal?: AbortSignal): ReturnType<typeof post> {
  return post(devnet(), 'alpha', body, signal);
}

/** Everything a provider's door writes in answer to one request on a connection of its own, and how the connection ends. */
function rawAnswer(running: Devnet): Promise<{ readonly text: string; readonly error: string | undefined }> {
  return new Promise((resolve) => {
    const { port } = new URL(viewOf(running, 'alpha').url);
    const socket = connect(Number(port), '127.0.0.1');
    let text = '';
    let error: string | undefined;
    socket.on('data', (bytes) => {
      text += bytes.toString();
    });
    socket.on('error', (failure: NodeJS.ErrnoException) => {
      error = failure.code;
    });
    socket.on('close', () => resolve({ text, error }));
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${chainId.length}\r\n\r\n${chainId}`);
  });
}

describe('a provider of the devnet', () => {
  test('up: passes the bytes of its anvil on as they are', async () => {
    const odd = '{"id":9007199254740993,  "jsonrpc":"2.0","method":"eth_chainId","params":[]}';
    const { status, headers, text } = await postAlpha(odd);
    expect({ status, type: headers.get('content-type'), text }).toEqual({
      status: 200,
      type: 'application/json',
      text: '{"jsonrpc":"2.0","id":9007199254740993,"result":"0x7a69"}',
    });
  });

  test('up: passes on what is no JSON-RPC too', async () => {
    expect((await postAlpha('not json')).text).toContain('"error"');
    expect((await fetch(viewOf(devnet(), 'alpha').url)).status).toBe(405);
  });

  test.each(['down', 'killed'] as const)('%s: refuses connections, and is back on the same port', async (kind) => {
    const { url } = viewOf(devnet(), 'alpha');
    await set({ kind });
    expect(await rawAnswer(devnet())).toEqual({ text: '', error: 'ECONNREFUSED' });
    await set({ kind: 'up' });
    expect(viewOf(devnet(), 'alpha').url).toBe(url);
    expect(await ask(devnet(), 'alpha', { method: 'eth_chainId' })).toBe('0x7a69');
  });

  test('down: breaks connections that are open', async () => {
    await set({ kind: 'black-hole' });
    const held = rawAnswer(devnet());
    await postAlpha(chainId, AbortSignal.timeout(50)).catch(() => undefined);
    await set({ kind: 'down' });
    expect(await held).toEqual({ text: '', error: 'ECONNRESET' });
  });

  test('slow: answers rightly, but not before the delay is over', async () => {
    await set({ kind: 'slow', delayMs: 600_000 });
    await expect(postAlpha(chainId, AbortSignal.timeout(200))).rejects.toThrow('timeout');
    await set({ kind: 'slow', delayMs: 30 });
    expect((await postAlpha()).text).toBe('{"jsonrpc":"2.0","id":1,"result":"0x7a69"}');
  });

  test('black-hole: takes the call and says nothing', async () => {
    await set({ kind: 'black-hole' });
    await expect(postAlpha(chainId, AbortSignal.timeout(200))).rejects.toThrow('timeout');
  });

  test('black-hole: a transaction is not carried out', async () => {
    await set({ kind: 'black-hole' });
    const { from, to } = { from: '0xa0Ee7A142d267C1f36714E4a8F75612F20a79720', to: quiet };
    const body = callText({ method: 'eth_sendTransaction', params: [{ from, to, value: '0x1' }] });
    await expect(postAlpha(body, AbortSignal.timeout(200))).rejects.toThrow('timeout');
    const { height } = devnet().faults.view();
    await vi.waitUntil(() => devnet().faults.view().height > height + 2, { timeout: 10_000 });
    expect(await ask(devnet(), 'bravo', { method: 'eth_getTransactionCount', params: [from, 'latest'] })).toBe('0x0');
  });

  test('stuck: its newest block stays the newest, and it catches up', async () => {
    await set({ kind: 'stuck' });
    const stood = await heightOf(devnet(), 'alpha');
    await vi.waitUntil(async () => (await heightOf(devnet(), 'bravo')) > stood + 3, { timeout: 10_000 });
    expect(await heightOf(devnet(), 'alpha')).toBe(stood);
    await set({ kind: 'up' });
    expect(await heightOf(devnet(), 'alpha')).toBeGreaterThan(stood + 3);
  });

  test('429: says so, with Retry-After', async () => {
    await set({ kind: '429', retryAfterSeconds: 7 });
    const { status, headers } = await postAlpha();
    expect({ status, after: headers.get('retry-after') }).toEqual({ status: 429, after: '7' });
  });

  test('errors: answers each call of a batch with -32603 under its id', async () => {
    await set({ kind: 'errors' });
    const error = { code: -32603, message: 'internal error' };
    expect(JSON.parse((await postAlpha(`[${chainId},{"id":"b","method":"eth_call"}]`)).text)).toEqual([
      { jsonrpc: '2.0', id: 1, error },
      { jsonrpc: '2.0', id: 'b', error },
    ]);
  });

  test('html: answers 200 with a web page', async () => {
    await set({ kind: 'html' });
    const { status, headers, text } = await postAlpha();
    expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: 'text/html' });
    expect(text).toMatch(/^<!doctype html>/);
  });

  test('wrong-id: the answer is right and the id is not', async () => {
    await set({ kind: 'wrong-id' });
    const answer = JSON.parse((await postAlpha()).text);
    expect(answer.result).toBe('0x7a69');
    expect(answer.id).not.toBe(1);
  });

  test('truncated: half of the JSON, under its own right length', async () => {
    await set({ kind: 'truncated' });
    const { status, headers, text } = await postAlpha();
    const whole = '{"jsonrpc":"2.0","id":1,"result":"0x7a69"}';
    expect({ status, length: headers.get('content-length'), text }).toEqual({
      status: 200,
      length: String(whole.length >> 1),
      text: whole.slice(0, whole.length >> 1),
    });
  });

  test('cut: promises the whole, sends half and resets', async () => {
    await set({ kind: 'cut' });
    const { text, error } = await rawAnswer(devnet());
    expect(text).toMatch(/content-length: 42\r\n[^{]*\r\n\r\n\{"jsonrpc":"2.0","id"$/);
    expect(error).toBe('ECONNRESET');
  });

  test('far-ahead: claims a block no chain has, and serves the real ones', async () => {
    await set({ kind: 'far-ahead' });
    expect(await heightOf(devnet(), 'alpha')).toBe(1_000_000_000);
    const head = await ask(devnet(), 'alpha', { method: 'eth_getBlockByNumber', params: ['latest', false] });
    expect(head).toMatchObject({ number: '0x3b9aca00' });
    expect(await blockAt(devnet(), 'alpha', 5)).toEqual(await blockAt(devnet(), 'bravo', 5));
  });

  test('wrong-chain: claims another id', async () => {
    await set({ kind: 'wrong-chain', chainId: 10 });
    expect(await ask(devnet(), 'alpha', { method: 'eth_chainId' })).toBe('0xa');
    expect(await ask(devnet(), 'alpha', { method: 'net_version' })).toBe('10');
  });

  test('wrong-data: is of the right chain and height, and its data is wrong', async () => {
    await set({ kind: 'wrong-data' });
    expect(await ask(devnet(), 'alpha', { method: 'eth_chainId' })).toBe('0x7a69');
    const [wrong, right] = [await blockAt(devnet(), 'alpha', 5), await blockAt(devnet(), 'bravo', 5)];
    expect(wrong?.number).toBe(right?.number);
    expect(wrong?.hash).not.toBe(right?.hash);
    const balance = { method: 'eth_getBalance', params: [quiet, 'latest'] };
    expect(await ask(devnet(), 'alpha', balance)).not.toBe(await ask(devnet(), 'bravo', balance));
  });

  test('one provider in trouble is no trouble for the others', async () => {
    await set({ kind: 'killed' });
    const height = await heightOf(devnet(), 'bravo');
    await vi.waitUntil(async () => (await heightOf(devnet(), 'charlie')) > height + 3, { timeout: 10_000 });
  });
});

/** An account of anvil that no test sends from. */
const quiet = '0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f';
