import { request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { AdminSettings } from '../../../src/model/settings.ts';
import type { ExplainQuery } from '../../../src/ports/doors.ts';
import { createAdminServer } from '../../../src/server/admin-server.ts';
import { askHttp } from '../../support/ask-gateway.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { replyOf } from './open-doors.ts';

interface Door {
  readonly url: string;
  readonly asked: readonly ExplainQuery[];
  readonly cordoned: readonly string[];
}

/** A door before operations that only note what they are asked. */
async function openDoor(settings: Partial<AdminSettings> = {}): Promise<Door> {
  return openDoorOf(() => ({ host: '127.0.0.1', port: 0, ...settings }));
}

async function openDoorOf(settings: () => AdminSettings): Promise<Door> {
  const asked: ExplainQuery[] = [];
  const cordoned: string[] = [];
  const server = await createAdminServer({
    get settings() {
      return settings();
    },
    readies: { readiness: () => ({ ready: true, chains: {} }), chain: () => undefined },
    operations: {
      chains: () => [],
      status: () => {
        throw new Error('the secret of the bug');
      },
      explain: (query) => {
        asked.push(query);
        return {};
      },
      recall: () => ({}),
      cordon: (upstream) => {
        cordoned.push(upstream);
        return { done: true };
      },
      uncordon: () => ({ done: true }),
      probe: () => ({ done: true }),
      reload: async () => ({ done: false, why: 'not asked for', problems: [] }),
    },
    handle: async () => replyOf('{}'),
    clock: createVirtualClock(),
    expose: async () => ({ text: '', contentType: 'text/plain' }),
    isDraining: () => false,
  });
  onTestFinished(() => server.close());
  return { url: await server.listen({ host: '127.0.0.1', port: 0 }), asked, cordoned };
}

/** Cordons an upstream under these headers; `fetch` would not let us choose the host. */
function cordon(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request(`${url}/api/cordon`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
    });
    asking.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asking.on('error', reject);
    asking.end('{"upstream":"ethereum/a/json-rpc"}');
  });
}

test('a name that stands twice in a query counts once', async () => {
  const { url, asked } = await openDoor();
  expect((await askHttp(`${url}/api/explain?method=a&method=b&chain=c`)).status).toBe(200);
  expect(asked).toEqual([{ chain: 'c', method: 'b', params: '[]' }]);
});

test('a bug is called one, and not shown', async () => {
  const { url } = await openDoor();
  const { status, text } = await askHttp(`${url}/api/status`);
  expect(status).toBe(500);
  expect(JSON.parse(text)).toEqual({ done: false, why: 'a bug of the gateway; please report it' });
});

test.each(['127.0.0.1:1', 'localhost', '[::1]:1'])('whoever calls this machine %s may write', async (host) => {
  const { url, cordoned } = await openDoor();
  expect(await cordon(url, { host })).toBe(200);
  expect(cordoned).toEqual(['ethereum/a/json-rpc']);
});

test('a page whose name was made to resolve to this machine may not write without a token', async () => {
  const { url, cordoned } = await openDoor();
  expect(await cordon(url, { host: 'evil.example:1', origin: 'http://evil.example:1' })).toBe(403);
  expect(await cordon(url, { host: 'evil.example' })).toBe(403);
  expect(cordoned).toEqual([]);
});

test('with a token the host is no matter, and the token is', async () => {
  const { url } = await openDoor({ token: 'letmein' });
  const host = 'gateway.example';
  expect(await cordon(url, { host })).toBe(401);
  expect(await cordon(url, { host, authorization: 'Bearer letmein' })).toBe(200);
  expect(await cordon(url, { host, authorization: 'Bearer letmeinn' })).toBe(401);
});

test('a door beyond this machine closes to operators when a reload takes the token away', async () => {
  let settings: AdminSettings = { host: '0.0.0.0', port: 0, token: 'letmein' };
  const { url, cordoned } = await openDoorOf(() => settings);
  const authorization = 'Bearer letmein';
  expect(await cordon(url, { authorization })).toBe(200);
  settings = { host: '127.0.0.1', port: 0 };
  expect(await cordon(url, { authorization, host: '127.0.0.1' })).toBe(403);
  for (const path of ['/api/explain', '/api/status', '/api/events', '/', '/page/page.js', '/metricsandmore']) {
    expect({ path, status: (await askHttp(`${url}${path}`)).status }).toEqual({ path, status: 403 });
  }
  expect((await askHttp(`${url}/metrics`)).status).toBe(200);
  expect(cordoned.length).toBe(1);
});
