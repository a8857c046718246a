import { describe, expect, onTestFinished, test } from 'vitest';
import type { AnswerRest } from '../../../src/model/answer.ts';
import type { GatewayReply, GatewayRequest } from '../../../src/ports/handle.ts';
import { maxListeners } from '../../../src/server/page/status-feed.ts';
import { askHttp, post } from '../../support/ask-gateway.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { openAdmin, recordedOperations, replyOf } from './open-doors.ts';

const json = { 'content-type': 'application/json' };

describe('the status page', () => {
  test('may run and load only what this door serves itself, and stands in no frame', async () => {
    const { url } = await openAdmin();
    const { status, headers } = await askHttp(`${url}/`);
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
  });

  test('is whole: each file that the page or one of its scripts names is served under its type', async () => {
    const { url } = await openAdmin();
    const found = new Map<string, string>();
    const open = ['/'];
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (found.has(path)) continue;
      const { status, headers, text } = await askHttp(`${url}${path}`);
      expect({ path, status }).toEqual({ path, status: 200 });
      found.set(path, headers.get('content-type') ?? '');
      const named = path.includes('uplot') ? [] : [...text.matchAll(/(?:href|src|from) ?=? ?["'](\.?\/[^"']+)["']/g)];
      open.push(...named.map(([, name = '']) => name.replace(/^\.\//, '/page/')));
    }
    expect(found.get('/page/page.js')).toBe('text/javascript; charset=utf-8');
    expect(found.get('/page/page.css')).toBe('text/css; charset=utf-8');
    expect(found.get('/page/icon.svg')).toBe('image/svg+xml');
    expect(found.get('/page/uplot.js')).toBe('text/javascript; charset=utf-8');
    expect([...found.keys()].filter((path) => path.endsWith('.js')).length).toBe(13);
  });

  test('is sent again only where it has changed', async () => {
    const { url } = await openAdmin();
    const etag = (await askHttp(`${url}/page/page.js`)).headers.get('etag') ?? '';
    expect(await askHttp(`${url}/page/page.js`, { headers: { 'if-none-match': etag } })).toMatchObject({
      status: 304,
      text: '',
    });
    expect((await askHttp(`${url}/page/page.css`, { headers: { 'if-none-match': etag } })).status).toBe(200);
  });

  test.each(['/page/', '/page/tsconfig.json', '/page/../package.json', '/page/%2e%2e/page-files.ts', '/index.html'])(
    'leads nowhere else: %s',
    async (path) => {
      const { url } = await openAdmin();
      expect((await askHttp(`${url}${path}`)).status).toBe(404);
    },
  );
});

describe('the events', () => {
  /** Listens until the test is over; `read` answers the next piece of the stream. */
  async function listenTo(url: string) {
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const response = await fetch(`${url}/api/events`, { signal: stop.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    return { response, stop: () => stop.abort(), read: async () => (await reader?.read())?.value };
  }

  test('begin with the status of now, under the headers of the page, and go on every second', async () => {
    const clock = createVirtualClock();
    let made = 0;
    const status = () => {
      made += 1;
      return { made };
    };
    const { url } = await openAdmin({}, { clock, operations: { ...recordedOperations(), status } });
    const { response, read } = await listenTo(url);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    let heard = '';
    while (!heard.includes('"made":1')) heard += await read();
    expect(heard).toBe('retry: 2000\n\nevent: status\ndata: {"made":1}\n\n');
    clock.advance(1000);
    expect(await read()).toBe('event: status\ndata: {"made":2}\n\n');
  });

  test('are refused to one listener too many, who is told where to look instead', async () => {
    const { url } = await openAdmin();
    await Promise.all(Array.from({ length: maxListeners }, () => listenTo(url)));
    const { status, headers, text } = await askHttp(`${url}/api/events`);
    expect({ status, retry: headers.get('retry-after') }).toEqual({ status: 503, retry: '10' });
    expect(JSON.parse(text)).toEqual({ done: false, why: '32 listen already; /api/status says the same' });
  });

  test('end for a listener who has gone', async () => {
    const clock = createVirtualClock();
    const { url } = await openAdmin({}, { clock });
    const { stop } = await listenTo(url);
    expect(clock.pending()).toBe(1);
    stop();
    while (clock.pending() > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  test('begin with no bug: one in the status is answered as such', async () => {
    const clock = createVirtualClock();
    const status = () => {
      throw new Error('the secret of the bug');
    };
    const { url } = await openAdmin({}, { clock, operations: { ...recordedOperations(), status } });
    const answer = await askHttp(`${url}/api/events`);
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('secret');
    expect(clock.pending()).toBe(0);
  });
});

describe('the console', () => {
  /** A door whose calls are noted and answered so. */
  async function openConsole(reply: GatewayReply = replyOf('{"result":"0x1"}'), token?: string) {
    const calls: GatewayRequest[] = [];
    const handle = async (request: GatewayRequest) => {
      calls.push(request);
      return reply;
    };
    const { url } = await openAdmin(token === undefined ? {} : { token }, { handle });
    return { url, calls };
  }

  test('makes a call as a client of this machine would, and answers what that would have got', async () => {
    const { url, calls } = await openConsole({
      ...replyOf('{"result":"0x1"}'),
      headers: { 'x-switchyard-cache': 'hit' },
    });
    const asked = { chain: 'eth', method: 'eth_call', params: [{ to: '0x1' }], key: 's3cret' };
    const { status, text } = await post(`${url}/api/call`, JSON.stringify(asked), json);
    const { request, ...answer } = JSON.parse(text);
    expect({ status, answer }).toEqual({
      status: 200,
      answer: { done: true, status: 200, headers: { 'x-switchyard-cache': 'hit' }, body: '{"result":"0x1"}' },
    });
    expect(calls.map(({ body, credential, ...call }) => ({ ...call, body: body.toString(), key: credential }))).toEqual(
      [
        {
          chain: 'eth',
          body: '{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[{"to":"0x1"}]}',
          client: { address: '127.0.0.1', loopback: true },
          requestId: request,
          steering: new Map(),
          key: '1ec1c26b50d5d3c58d9583181af8076655fe00756bf7285940ba3670f99fcba0',
        },
      ],
    );
    expect(text).not.toContain('s3cret');
  });

  test('costs what a call costs, so it is for those who may write', async () => {
    const { url, calls } = await openConsole(undefined, 'correct-horse');
    const call = '{"chain":"eth","method":"m"}';
    expect((await post(`${url}/api/call`, call, json)).status).toBe(401);
    expect((await post(`${url}/api/call`, call, { ...json, origin: 'https://evil.example' })).status).toBe(403);
    expect(calls).toEqual([]);
    const authorization = 'Bearer correct-horse';
    expect((await post(`${url}/api/call`, call, { ...json, authorization })).status).toBe(200);
  });

  test.each(['[]', '{}', '"x"', '{"chain":"eth"}', '{"chain":"eth","method":""}', '{"chain":1,"method":"m"}'])(
    'says what it wants where it is sent %s',
    async (body) => {
      const { url, calls } = await openConsole();
      const { status, text } = await post(`${url}/api/call`, body, json);
      expect({ status, done: JSON.parse(text).done }).toEqual({ status: 400, done: false });
      expect(calls).toEqual([]);
    },
  );

  test('shows the beginning of a large answer, gives back what was held and closes what was still to come', async () => {
    const done: string[] = [];
    const rest: AnswerRest = {
      beginning: [Buffer.alloc(50_000, 'b')],
      read: async () => ({ kind: 'ended' }),
      cancel: () => void done.push('cancelled'),
    };
    const reply = { ...replyOf([Buffer.alloc(50_000, 'a')]), rest, letGo: () => void done.push('let go') };
    const { url } = await openConsole(reply);
    const { text } = await post(`${url}/api/call`, '{"chain":"eth","method":"m"}', json);
    const { body, cut } = JSON.parse(text);
    expect({ length: body.length, end: body.at(-1), cut }).toEqual({ length: 65_536, end: 'b', cut: true });
    expect(done).toEqual(['cancelled', 'let go']);
  });
});
