import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { askHttp } from '../../support/ask-gateway.ts';
import { notJson, specificationExamples } from '../../support/json-texts.ts';
import { type OpenGateway, openOver } from '../../support/open-gateway.ts';

/** Ids of every shape there is, as bytes. */
const ids = [
  '1',
  '0',
  '-1',
  '1.0',
  '1e3',
  '9007199254740993',
  '1'.repeat(200),
  '0.1',
  'null',
  '""',
  '"0"',
  '"3f0c0d5e-7b0c-4a63-8f5c-0d9a3a3c6f11"',
  '"\\u0061\\"\\\\"',
  '"ünïcödé 🦄"',
  `"${'x'.repeat(200_000)}"`,
];

const chainId = (id: string): string => `{"jsonrpc":"2.0","id":${id},"method":"eth_chainId","params":[]}`;

/** Calls that are JSON and no requests, each with the id that is to be answered. */
const invalid: readonly (readonly [string, string])[] = [
  ['null', 'null'],
  ['123', 'null'],
  ['"x"', 'null'],
  ['{}', 'null'],
  ['{"jsonrpc":"2.0","id":1}', '1'],
  ['{"jsonrpc":"2.0","id":1,"method":5}', '1'],
  ['{"jsonrpc":"2.0","id":1,"method":""}', '1'],
  ['{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":5}', '1'],
  ['{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}', '1'],
  ['{"jsonrpc":2.0,"id":1,"method":"eth_chainId"}', '1'],
  ['{"id":1,"method":"eth_chainId"}', '1'],
  ['{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}', 'null'],
  ['{"jsonrpc":"2.0","id":[1],"method":"eth_chainId"}', 'null'],
  ['{"jsonrpc":"2.0","id":true,"method":"eth_chainId"}', 'null'],
];

/** Envelopes in which gateway and upstream might take different members for the one that counts. */
const repeated = [
  '{"jsonrpc":"2.0","id":1,"method":"eth_call","method":"eth_sendRawTransaction","params":[]}',
  '{"jsonrpc":"2.0","id":1,"id":2,"method":"eth_chainId"}',
  '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[],"params":[1]}',
  '{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"eth_chainId"}',
  '{"jsonrpc":"2.0","id":1,"\\u006dethod":"eth_chainId","method":"eth_call"}',
];

function faultIn(text: string): unknown {
  return JSON.parse(text).error?.data?.fault;
}

function open(): ReturnType<typeof openOver> {
  return openOver();
}

describe('a single call', () => {
  test('F-077, F-079, F-081: comes back under its own id, byte for byte', async () => {
    const gateway = await open();
    const answers = await Promise.all(ids.map((id) => gateway.post(chainId(id))));
    expect(answers.map(({ text }) => text)).toEqual(ids.map((id) => `{"jsonrpc":"2.0","id":${id},"result":"0x7a69"}`));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
  });

  test('F-061, F-064: its params and its result pass unchanged, whatever numbers and escapes are in them', async () => {
    const gateway = await open();
    const odd = '{"b":1.0,"a":-0,"a":1e400,"n":90071992547409930000000001,"s":"\\ud800 \\u0061"}';
    gateway.upstream.on('eth_getProof', { resultText: odd });
    const { text } = await gateway.post(`{"jsonrpc":"2.0","id":7,"method":"eth_getProof","params":[${odd}, 1 ]}`);
    expect(text).toBe(`{"jsonrpc":"2.0","id":7,"result":${odd}}`);
    const sent = gateway.upstream.calls.find(({ method }) => method === 'eth_getProof');
    expect(sent?.body).toContain(`"params":[${odd}, 1 ]`);
  });

  test('F-088: members that are none of the envelope are not passed on', async () => {
    const gateway = await open();
    await gateway.post('{"jsonrpc":"2.0","id":1,"method":"eth_gasPrice","params":[],"auth":"x","__proto__":{"a":1}}');
    const sent = gateway.upstream.calls.find(({ method }) => method === 'eth_gasPrice');
    expect(Object.keys(JSON.parse(sent?.body ?? '{}')).sort()).toEqual(['id', 'jsonrpc', 'method', 'params']);
  });

  test('F-080: a notification is carried out and answered with nothing', async () => {
    const gateway = await open();
    const { status, text, headers } = await gateway.post('{"jsonrpc":"2.0","method":"eth_gasPrice","params":[]}');
    expect({ status, text, length: headers.get('content-length') }).toEqual({ status: 204, text: '', length: null });
    expect(gateway.upstream.count('eth_gasPrice')).toBe(1);
  });

  test.each(invalid)('F-076, F-078, F-082, F-083, F-086: %s is no request', async (body, id) => {
    const gateway = await open();
    const { status, text, headers } = await gateway.post(body);
    expect({ status, type: headers.get('content-type') }).toEqual({ status: 400, type: 'application/json' });
    expect(text.startsWith(`{"jsonrpc":"2.0","id":${id},"error":{"code":-32600,`)).toBe(true);
  });

  test.each(repeated)('F-087: %s is refused, and nobody is asked', async (body) => {
    const gateway = await open();
    gateway.upstream.forget();
    const { status, text } = await gateway.post(body);
    expect({ status, fault: faultIn(text) }).toEqual({ status: 400, fault: 'INVALID_REQUEST' });
    const methods = gateway.upstream.calls.map(({ method }) => method);
    expect(methods.filter((method) => method !== 'eth_chainId' && method !== 'eth_getBlockByNumber')).toEqual([]);
  });

  test('F-075, F-090: what is no JSON is a parse error with the id null', async () => {
    const gateway = await open();
    const answers = await Promise.all(notJson.map(({ bytes }) => gateway.post(bytes)));
    const others = answers.filter(({ status, text }) => status !== 400 || JSON.parse(text).error.code !== -32700);
    expect(others.map(({ text }) => text)).toEqual([]);
    expect(answers.every(({ text }) => text.startsWith('{"jsonrpc":"2.0","id":null,'))).toBe(true);
  });

  test('F-092: any content type is taken, and none', async () => {
    const gateway = await open();
    const types = [
      'application/json',
      'text/plain',
      'application/json-rpc',
      'application/x-www-form-urlencoded',
      'x/y',
    ];
    const answers = await Promise.all(
      types.map((type) => gateway.post(chainId('1'), { headers: { 'content-type': type } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(types.map(() => 200));
    expect(await rawPost(gateway, chainId('1'))).toContain('"result":"0x7a69"');
  });
});

/** Posts without a content type, which `fetch` would not do. */
function rawPost({ url }: OpenGateway, body: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text)).on('error', reject);
    const head = `POST /devnet HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\ncontent-length: ${body.length}\r\n\r\n`;
    socket.write(head + body);
  });
}

describe('a batch', () => {
  test('F-097, F-100: is answered in its own order, call by call, without its notifications', async () => {
    const gateway = await open();
    gateway.upstream.on('eth_gasPrice', { kind: 'slow', delayMs: 60 });
    const batch = [
      '{"jsonrpc":"2.0","id":"slow","method":"eth_gasPrice"}',
      '{"jsonrpc":"2.0","method":"eth_gasPrice"}',
      chainId('5'),
      chainId('5'),
      '1',
      '{"jsonrpc":"2.0","id":6,"method":"eth_nothing"}',
    ];
    const { status, text } = await gateway.post(`[${batch.join(',')}]`);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual([
      { jsonrpc: '2.0', id: 'slow', result: '0x3b9aca00' },
      { jsonrpc: '2.0', id: 5, result: '0x7a69' },
      { jsonrpc: '2.0', id: 5, result: '0x7a69' },
      { jsonrpc: '2.0', id: null, error: expect.objectContaining({ code: -32600 }) },
      { jsonrpc: '2.0', id: 6, error: expect.objectContaining({ code: -32601 }) },
    ]);
  });

  test('F-098: of notifications alone is answered with nothing', async () => {
    const gateway = await open();
    const { status, text } = await gateway.post(
      '[{"jsonrpc":"2.0","method":"eth_gasPrice"},{"jsonrpc":"2.0","method":"eth_maxPriorityFeePerGas"}]',
    );
    expect({ status, text }).toEqual({ status: 204, text: '' });
    const counts = ['eth_gasPrice', 'eth_maxPriorityFeePerGas'].map((method) => gateway.upstream.count(method));
    expect(counts).toEqual([1, 1]);
  });

  test('F-095: that is empty is one invalid request, and no list', async () => {
    const gateway = await open();
    const { status, text } = await gateway.post('[]');
    expect({ status, body: JSON.parse(text) }).toMatchObject({
      status: 400,
      body: { id: null, error: { code: -32600 } },
    });
  });

  test('F-096: of nonsense is answered with as many invalid requests', async () => {
    const gateway = await open();
    const { text } = await gateway.post('[1,2,3]');
    expect(JSON.parse(text).map(({ id, error }: { id: unknown; error: { code: number } }) => [id, error.code])).toEqual(
      [
        [null, -32600],
        [null, -32600],
        [null, -32600],
      ],
    );
  });

  test('F-108: with a write among reads sends the write once, by itself', async () => {
    const gateway = await open();
    const write = '{"jsonrpc":"2.0","id":2,"method":"eth_sendRawTransaction","params":["0x02f870"]}';
    const { text } = await gateway.post(`[${chainId('1')},${write},${chainId('3')}]`);
    expect(JSON.parse(text).map(({ id }: { id: number }) => id)).toEqual([1, 2, 3]);
    const writes = gateway.upstream.calls.filter(({ method }) => method === 'eth_sendRawTransaction');
    expect(writes.map(({ body }) => JSON.parse(body).method)).toEqual(['eth_sendRawTransaction']);
  });
});

describe('the examples of the JSON-RPC 2.0 specification, through the whole gateway', () => {
  const methods: Readonly<Record<string, (params: never) => unknown>> = {
    subtract: (params: readonly [number, number] | { readonly minuend: number; readonly subtrahend: number }) =>
      'minuend' in params ? params.minuend - params.subtrahend : params[0] - params[1],
    sum: (params: readonly number[]) => params.reduce((total, term) => total + term, 0),
    get_data: () => ['hello', 5],
  };

  /** Words of errors are left to the implementation; -32601 is the upstream's own answer. */
  function meaningOf(text: string): unknown {
    return text === '' ? null : JSON.parse(text, (key, value) => (key === 'error' ? value.code : value));
  }

  test.each(specificationExamples)('$name', async ({ request, response }) => {
    const gateway = await open();
    for (const [name, run] of Object.entries(methods)) {
      gateway.upstream.on(name, (_, params) => ({ result: run(params as never) }));
    }
    const { text } = await gateway.post(request);
    expect(meaningOf(text)).toEqual(meaningOf(response ?? ''));
  });
});

describe('the door', () => {
  test('F-094: other verbs are told which one is right', async () => {
    const gateway = await open();
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const { status, headers, text } = await askHttp(`${gateway.url}/devnet`, { method });
      expect({ method, status, allow: headers.get('allow') }).toEqual({ method, status: 405, allow: 'POST, OPTIONS' });
      expect(faultIn(text)).toBe('INVALID_REQUEST');
    }
  });

  test('F-118: a chain that is not configured, whatever the spelling, is unknown, and the path is not repeated', async () => {
    const gateway = await open();
    const paths = [
      '/other',
      '/DEVNET',
      '/devnet%00',
      '/..%2f..%2fetc',
      '/devnet/',
      '//devnet',
      '/devnet/x',
      '/%3Cscript%3E',
      '/999',
    ];
    for (const path of paths) {
      const { status, text, headers } = await gateway.post(chainId('1'), { path });
      expect({ path, status, fault: faultIn(text) }).toEqual({ path, status: 404, fault: 'UNKNOWN_CHAIN' });
      expect(headers.get('content-type')).toBe('application/json');
      expect(text).not.toMatch(/script|etc|999/);
    }
  });

  test('a chain answers to its name, to its id and, being the only one, to no name at all', async () => {
    const gateway = await open();
    for (const path of ['/devnet', '/31337', '/evm/31337', '/', '/devnet?key=1']) {
      expect(await gateway.post(chainId('1'), { path })).toMatchObject({ status: 200 });
    }
  });

  test('F-122: a preflight is answered without asking anybody, for any origin and never with credentials', async () => {
    const gateway = await open();
    gateway.upstream.forget();
    const { status, headers } = await askHttp(`${gateway.url}/devnet`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-methods')).toContain('POST');
    expect(headers.get('access-control-allow-headers')).toContain('content-type');
    expect(headers.get('access-control-max-age')).toBe('7200');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    const answer = await gateway.post(chainId('1'), { headers: { origin: 'https://app.example' } });
    expect(answer.headers.get('access-control-expose-headers')).toContain('x-switchyard-upstream');
  });

  test('F-116, F-049: no header of a client reaches the upstream, and none of the upstream the client', async () => {
    const gateway = await open();
    const secretive = { cookie: 'a=b', authorization: 'Bearer x', 'x-forwarded-for': '1.2.3.4', 'x-api-key': 'k' };
    gateway.upstream.on('eth_gasPrice', {
      kind: 'status',
      status: 200,
      headers: { 'set-cookie': 'a=b', server: 'upstream', 'x-powered-by': 'x' },
    });
    const answer = await gateway.call('eth_gasPrice', [], { headers: secretive });
    const sent = gateway.upstream.calls.find(({ method }) => method === 'eth_gasPrice');
    expect(Object.keys(sent?.headers ?? {}).filter((name) => name in secretive)).toEqual([]);
    expect(['set-cookie', 'server', 'x-powered-by'].filter((name) => answer.headers.has(name))).toEqual([]);
  });
});

describe('a request that is refused as a whole', () => {
  test.each([
    ['a number', '77', '77'],
    ['a text', '"a-7"', '"a-7"'],
    ['a number no double holds', '9007199254740993', '9007199254740993'],
  ])('is answered under the id of its one call: %s', async (_, id, expected) => {
    const gateway = await open();
    const refusals = [
      await gateway.post(chainId(id), { path: '/nope' }),
      await gateway.post(chainId(id), { headers: { 'x-switchyard-timeout-ms': 'never' } }),
    ];
    for (const { text } of refusals) expect(text).toContain(`"id":${expected},`);
  });

  test('is answered under no id where it holds several calls, or none', async () => {
    const gateway = await open();
    for (const body of [`[${chainId('1')},${chainId('2')}]`, 'no JSON', chainId('1').replace('"id":1,', '')]) {
      expect((await gateway.post(body, { path: '/nope' })).text).toContain('"id":null,');
    }
  });
});
