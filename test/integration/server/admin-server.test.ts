import { describe, expect, test } from 'vitest';
import { isRestricted } from '../../../src/server/operator-gate.ts';
import { askHttp, post } from '../../support/ask-gateway.ts';
import { openAdmin } from './open-doors.ts';

const json = { 'content-type': 'application/json' };
const page = { 'x-switchyard-operator': 'page' };
const alpha = '{"upstream":"eth/alpha/json-rpc"}';

describe('the operators’ door', () => {
  test('shows metrics, probes, status and explanations, none of them to be kept', async () => {
    const { url } = await openAdmin();
    const paths = ['/metrics', '/livez', '/readyz', '/readyz/eth', '/api/status', '/api/explain?chain=eth&method=m'];
    for (const path of paths) {
      const { status, headers } = await askHttp(`${url}${path}`);
      expect({ path, status, cache: headers.get('cache-control') }).toEqual({ path, status: 200, cache: 'no-store' });
    }
    expect((await askHttp(`${url}/metrics`)).headers.get('content-type')).toBe('text/plain; version=0.0.4');
  });

  test('explains the call it was asked about, without params an empty list of them', async () => {
    const { url } = await openAdmin();
    const params = encodeURIComponent('["0x1"]');
    expect(JSON.parse((await askHttp(`${url}/api/explain?chain=eth&method=m&params=${params}`)).text)).toEqual({
      chain: 'eth',
      method: 'm',
      params: '["0x1"]',
    });
    expect(JSON.parse((await askHttp(`${url}/api/explain`)).text)).toEqual({ chain: '', method: '', params: '[]' });
  });

  test('explains what is posted like what is asked for', async () => {
    const { url } = await openAdmin();
    const { text } = await post(`${url}/api/explain`, '{"chain":"eth","method":"m","params":["0x1"]}', json);
    expect(JSON.parse(text)).toEqual({ chain: 'eth', method: 'm', params: '["0x1"]' });
  });

  test('tells of a past request to whoever may write, and to nobody else', async () => {
    const { url } = await openAdmin({ token: 'a-token-of-enough-letters' });
    const authorization = 'Bearer a-token-of-enough-letters';
    expect((await askHttp(`${url}/api/explain?request=abc`)).status).toBe(401);
    expect((await post(`${url}/api/explain`, '{"request":"abc"}', json)).status).toBe(401);
    const { text } = await post(`${url}/api/explain`, '{"request":"abc"}', { ...json, authorization });
    expect(JSON.parse(text)).toEqual({ requestId: 'abc' });
  });

  test.each(['cordon', 'uncordon', 'probe'])(
    'carries out %s, and says so where there is no such upstream',
    async (name) => {
      const { url, asked } = await openAdmin();
      expect(await post(`${url}/api/${name}`, alpha, json)).toMatchObject({ status: 200, text: '{"done":true}' });
      const other = await post(`${url}/api/${name}`, '{"upstream":"eth/zulu/json-rpc"}', json);
      expect(other).toMatchObject({ status: 404 });
      expect(JSON.parse(other.text)).toEqual({ done: false, why: 'no such upstream' });
      expect(asked).toEqual([`${name} eth/alpha/json-rpc`, `${name} eth/zulu/json-rpc`]);
    },
  );

  test.each(['{}', '[]', '"x"', '{"upstream":5}', 'null'])('is asked for nothing by %s', async (body) => {
    const { url, asked } = await openAdmin();
    expect((await post(`${url}/api/probe`, body, json)).status).toBe(404);
    expect(asked).toEqual(['probe ']);
  });

  test('says why a body cannot be read, and nothing else', async () => {
    const { url, asked } = await openAdmin();
    const answer = await post(`${url}/api/probe`, '{', json);
    expect({ status: answer.status, done: JSON.parse(answer.text).done }).toEqual({ status: 400, done: false });
    expect(asked).toEqual([]);
  });

  test('F-237: a reload that is refused says all that is wrong', async () => {
    const { url } = await openAdmin();
    const answer = await post(`${url}/api/reload`, '', {});
    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.text)).toMatchObject({ done: false, problems: ['c.yaml:1 tls: is no key'] });
  });
});

describe('F-121: who may write', () => {
  test('needs the token where one is set, and nothing but the token', async () => {
    const { url, asked } = await openAdmin({ token: 'correct-horse' });
    const answers = await Promise.all(
      [undefined, 'Bearer wrong-horse!', 'Bearer correct-hors', 'Bearer correct-horse-', 'Bearer', 'Basic x'].map(
        (authorization) =>
          post(`${url}/api/probe`, alpha, { ...json, ...(authorization !== undefined && { authorization }) }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401]);
    expect(asked).toEqual([]);
    const right = await post(`${url}/api/probe`, alpha, { ...json, authorization: 'Bearer correct-horse' });
    expect(right.status).toBe(200);
  });

  test('reads without it', async () => {
    const { url } = await openAdmin({ token: 'correct-horse' });
    expect((await askHttp(`${url}/api/status`)).status).toBe(200);
  });

  test('is no page of another origin, token or not', async () => {
    const { url, asked } = await openAdmin();
    const answer = await post(`${url}/api/probe`, alpha, { ...json, origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
    expect(asked).toEqual([]);
  });

  test('is the page of this very door', async () => {
    const { url } = await openAdmin();
    expect((await post(`${url}/api/probe`, alpha, { ...json, ...page, origin: url })).status).toBe(200);
    const behindTls = url.replace('http:', 'https:');
    expect((await post(`${url}/api/probe`, alpha, { ...json, ...page, origin: behindTls })).status).toBe(200);
  });

  test.each<[string, (url: string) => Record<string, string>]>([
    ['of this origin that does not send our header', (url) => ({ origin: url })],
    ['that names no origin and does not send our header', () => ({ 'sec-fetch-site': 'same-origin' })],
    ['of another site, whatever it sends', () => ({ ...page, 'sec-fetch-site': 'cross-site' })],
    ['of another port of this machine', () => ({ ...page, 'sec-fetch-site': 'same-site' })],
  ])('is no page %s', async (_, headersOf) => {
    const { url, asked } = await openAdmin();
    expect((await post(`${url}/api/probe`, alpha, { ...json, ...headersOf(url) })).status).toBe(403);
    expect(asked).toEqual([]);
  });
});

describe('an admin door beyond loopback', () => {
  test.each([
    ['127.0.0.1', undefined, false],
    ['localhost', undefined, false],
    ['::1', undefined, false],
    ['0.0.0.0', undefined, true],
    ['10.0.0.5', undefined, true],
    ['0.0.0.0', 'correct-horse', false],
  ])('on %s with the token %s is restricted: %s', (host, token, restricted) => {
    expect(isRestricted({ host, port: 0, ...(token !== undefined && { token }) })).toBe(restricted);
  });

  test('and without a token serves metrics and probes and nothing else', async () => {
    const { url, asked } = await openAdmin({ host: '0.0.0.0' });
    const open = await Promise.all(['/metrics', '/livez', '/readyz'].map((path) => askHttp(`${url}${path}`)));
    expect(open.map(({ status }) => status)).toEqual([200, 200, 200]);
    const shut = await Promise.all([
      askHttp(`${url}/`),
      askHttp(`${url}/page/page.js`),
      askHttp(`${url}/api/events`),
      post(`${url}/api/call`, '{"chain":"eth","method":"m"}', json),
      askHttp(`${url}/api/status`),
      askHttp(`${url}/api/explain`),
      post(`${url}/api/probe`, alpha, json),
      post(`${url}/api/reload`, '', {}),
    ]);
    expect(shut.map(({ status }) => status)).toEqual(shut.map(() => 404));
    expect(asked).toEqual([]);
  });
});
