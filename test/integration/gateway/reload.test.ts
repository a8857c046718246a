import { expect, onTestFinished, test } from 'vitest';
import { eventually, statusOf } from '../../support/ask-gateway.ts';
import { createFakeChain, type FakeChain } from '../../support/fake-chain.ts';
import { type FakeUpstream, type FakeUpstreamOptions, startFakeUpstream } from '../../support/fake-upstream.ts';
import { devnetOf, startReloadable } from '../../support/reloadable-gateway.ts';

const balance = ['eth_getBalance', [`0x${'0'.repeat(40)}`, 'latest']] as const;

async function upstreamOn(chain: FakeChain, options: FakeUpstreamOptions = {}): Promise<FakeUpstream> {
  const upstream = await startFakeUpstream({ ...options, chain });
  onTestFinished(() => upstream.close());
  return upstream;
}

function devnetChain(): FakeChain {
  return createFakeChain({ chainId: 31_337 });
}

/** Polls, probes and calls, each counted. */
function clientCalls(upstream: FakeUpstream): number {
  return upstream.count('eth_getBalance');
}

test('F-239: a change of tier, weight and order keeps standing, hold-off and connections, and asks nothing anew', async () => {
  const chain = devnetChain();
  const [alpha, bravo] = [await upstreamOn(chain), await upstreamOn(chain)];
  const [a, b] = [
    { name: 'alpha', url: alpha.url },
    { name: 'bravo', url: bravo.url },
  ];
  const gateway = await startReloadable({ chains: { devnet: devnetOf([a, b]) } });
  await eventually(
    () => statusOf(gateway.adminUrl),
    ([devnet]) => devnet?.state === 'running',
  );
  bravo.on('eth_getBalance', { kind: 'rate-limited', retryAfter: '600' });
  await eventually(
    async () => {
      await gateway.call(...balance);
      return gateway.upstream('devnet/bravo/json-rpc');
    },
    (found) => found?.heldOff !== undefined,
  );
  const before = await gateway.upstream('devnet/bravo/json-rpc');
  const [chainBefore] = await statusOf(gateway.adminUrl);
  const connectionsOf = (upstream: FakeUpstream): number =>
    Math.max(...upstream.calls.map(({ connection }) => connection));
  const connections = [connectionsOf(alpha), connectionsOf(bravo)];
  alpha.forget();
  const result = await gateway.take({
    chains: { devnet: devnetOf([{ ...b, weight: 3 }], { backup: [a] }) },
  });
  expect(result).toMatchObject({ done: true, revision: 2, changed: ['devnet'], needsRestart: [] });
  const after = await gateway.upstream('devnet/bravo/json-rpc');
  const { epoch, tip, state } = chainBefore ?? {};
  expect([epoch, tip, state]).toEqual([expect.any(Number), chain.height(), 'running']);
  expect((await statusOf(gateway.adminUrl))[0]).toMatchObject({ epoch, tip, state });
  expect(after).toMatchObject({ standing: 'serving', heldOff: { reason: 'retry-after' }, tier: 'primary', weight: 3 });
  expect(after?.transitions).toHaveLength(before?.transitions.length ?? 0);
  expect(await gateway.upstream('devnet/alpha/json-rpc')).toMatchObject({ standing: 'serving', tier: 'backup' });
  expect((await gateway.call(...balance)).headers.get('x-switchyard-upstream')).toBe('alpha/json-rpc');
  expect(alpha.count('eth_chainId')).toBe(0);
  expect([connectionsOf(alpha), connectionsOf(bravo)]).toEqual(connections);
});

test('F-238, F-137: a removed endpoint ends the call it has, then its connections close and its series go', async () => {
  const chain = devnetChain();
  const [alpha, bravo] = [await upstreamOn(chain), await upstreamOn(chain)];
  const [a, b] = [
    { name: 'alpha', url: alpha.url },
    { name: 'bravo', url: bravo.url },
  ];
  const gateway = await startReloadable({ chains: { devnet: devnetOf([a], { backup: [b] }) } });
  const series = 'switchyard_endpoint_healthy{chain="devnet",provider="alpha",endpoint="json-rpc"}';
  expect(await gateway.metric(series)).toBe(1);
  const gate = heldAnswer();
  alpha.on('eth_getBalance', gate.handler);
  const call = gateway.call(...balance);
  await gate.asked;
  await gateway.take({ chains: { devnet: devnetOf([b]) } });
  expect(await gateway.upstream('devnet/alpha/json-rpc')).toBeUndefined();
  gate.answer();
  const { status, headers } = await call;
  expect([status, headers.get('x-switchyard-upstream')]).toEqual([200, 'alpha/json-rpc']);
  await eventually(
    async () => alpha.connections,
    (open) => open === 0,
  );
  expect(await gateway.metric(series)).toBeUndefined();
  const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  expect(text).not.toContain('provider="alpha"');
});

test('F-238: a call whose upstreams have all gone is still retried among them', async () => {
  const chain = devnetChain();
  const [alpha, bravo, charlie] = [await upstreamOn(chain), await upstreamOn(chain), await upstreamOn(chain)];
  const gateway = await startReloadable({
    chains: { devnet: devnetOf([{ name: 'alpha', url: alpha.url }], { backup: [{ name: 'bravo', url: bravo.url }] }) },
  });
  const gate = heldAnswer();
  alpha.on('eth_getBalance', async (...asked) => {
    await gate.handler(...asked);
    return { kind: 'resets' };
  });
  const call = gateway.call(...balance);
  await gate.asked;
  await gateway.take({ chains: { devnet: devnetOf([{ name: 'charlie', url: charlie.url }]) } });
  gate.answer();
  const { status, headers } = await call;
  expect([status, headers.get('x-switchyard-upstream')]).toEqual([200, 'bravo/json-rpc']);
  await eventually(
    async () => alpha.connections + bravo.connections,
    (open) => open === 0,
  );
  expect((await gateway.call(...balance)).headers.get('x-switchyard-upstream')).toBe('charlie/json-rpc');
});

test('F-237: a configuration that is wrong changes nothing and says why, to whoever asked and to the metrics', async () => {
  const chain = devnetChain();
  const alpha = await upstreamOn(chain);
  const good = { chains: { devnet: devnetOf([{ name: 'alpha', url: alpha.url }]) } };
  const gateway = await startReloadable(good);
  const successful = 'switchyard_config_last_reload_successful';
  const takenAt = 'switchyard_config_reload_success_timestamp_seconds';
  const before = await gateway.metric(takenAt);
  const wrong = { chains: { devnet: devnetOf(['https://key-a1b2c3d4e5f6@alpha.example:99999/secret-a1b2c3d4e5f6']) } };
  const answer = await gateway.postReload(wrong);
  expect(answer.status).toBe(422);
  const said: unknown = JSON.parse(answer.text);
  expect(said).toMatchObject({ done: false, problems: [expect.stringContaining('chains.devnet.primary.0')] });
  expect(answer.text).not.toContain('a1b2c3d4e5f6');
  expect([await gateway.metric(successful), await gateway.metric(takenAt)]).toEqual([0, before]);
  expect((await gateway.call(...balance)).status).toBe(200);
  expect((await gateway.postReload(good)).status).toBe(200);
  expect(await gateway.metric(successful)).toBe(1);
});

test('F-237: a spec that cannot be had is found before anything is changed', async () => {
  const chain = devnetChain();
  const alpha = await upstreamOn(chain);
  const devnet = devnetOf([{ name: 'alpha', url: alpha.url }]);
  const gateway = await startReloadable({ chains: { devnet } });
  const other = { family: 'generic', chainId: 'nowhere-1', primary: [alpha.url] };
  const result = await gateway.take({ chains: { other } });
  expect(result).toMatchObject({ done: false, problems: [expect.stringContaining('chains.other')] });
  expect((await gateway.call(...balance)).status).toBe(200);
  expect((await gateway.call('eth_chainId', [], 'other')).status).toBe(404);
});

test('F-244: a rotated key is used from then on, costs no standing and no call, and its connections are others', async () => {
  const chain = devnetChain();
  const alpha = await upstreamOn(chain);
  const withKey = (key: string): object => ({ name: 'alpha', url: alpha.url, headers: { 'x-key': key } });
  const gateway = await startReloadable({ chains: { devnet: devnetOf([withKey('first-key-11')]) } });
  await gateway.call(...balance);
  const oldConnections = new Set(alpha.calls.map(({ connection }) => connection));
  expect(await gateway.take({ chains: { devnet: devnetOf([withKey('other-key-22')]) } })).toMatchObject({ done: true });
  expect(await gateway.upstream('devnet/alpha/json-rpc')).toMatchObject({
    standing: 'serving',
    identity: 'confirmed',
    transitions: [{ to: 'serving' }],
  });
  alpha.forget();
  expect((await gateway.call(...balance)).status).toBe(200);
  const seen = alpha.calls.filter(({ method }) => method === 'eth_getBalance');
  expect(seen.map(({ headers }) => headers['x-key'])).toEqual(['other-key-22']);
  expect(seen.some(({ connection }) => oldConnections.has(connection))).toBe(false);
});

test('a URL of another chain under a known name is asked no call, and the upstream that had it is blocked', async () => {
  const chain = devnetChain();
  const [alpha, bravo, stranger] = [
    await upstreamOn(chain),
    await upstreamOn(chain),
    await upstreamOn(createFakeChain({ chainId: 5 })),
  ];
  const backup = { backup: [{ name: 'bravo', url: bravo.url }] };
  const gateway = await startReloadable({ chains: { devnet: devnetOf([{ name: 'alpha', url: alpha.url }], backup) } });
  await gateway.take({ chains: { devnet: devnetOf([{ name: 'alpha', url: stranger.url }], backup) } });
  for (let count = 0; count < 20; count += 1) expect((await gateway.call(...balance)).status).toBe(200);
  await eventually(
    () => gateway.upstream('devnet/alpha/json-rpc'),
    (found) => found?.standing === 'blocked',
  );
  expect(clientCalls(stranger)).toBe(0);
});

test('a chain whose only URL moves to a place that answers late makes calls wait for its proof, and fails none', async () => {
  const chain = devnetChain();
  const [alpha, other] = [await upstreamOn(chain), await upstreamOn(chain)];
  const gateway = await startReloadable({ chains: { devnet: devnetOf([{ name: 'alpha', url: alpha.url }]) } });
  // Whoever vouches gets no usable answer; the first probe afterwards does.
  other.on('eth_chainId', () => {
    other.on('eth_chainId', undefined);
    return { kind: 'status', status: 503, body: '' };
  });
  await gateway.take({ chains: { devnet: devnetOf([{ name: 'alpha', url: other.url }]) } });
  expect((await gateway.call(...balance)).status).toBe(200);
  expect([clientCalls(alpha), clientCalls(other)]).toEqual([0, 1]);
});

test('a chain that is added serves, and one that is removed is unknown', async () => {
  const chain = devnetChain();
  const alpha = await upstreamOn(chain);
  const devnet = devnetOf([{ name: 'alpha', url: alpha.url }]);
  const gateway = await startReloadable({ chains: { devnet } });
  expect(await gateway.take({ chains: { devnet, twin: devnet } })).toMatchObject({ added: ['twin'], changed: [] });
  expect((await gateway.call('eth_chainId', [], 'twin')).status).toBe(200);
  expect((await gateway.call('eth_chainId', [], 'devnet')).status).toBe(200);
  expect(await gateway.metric('switchyard_requests_total{chain="devnet",method="eth_chainId",outcome="ok"}')).toBe(1);
  expect(await gateway.take({ chains: { twin: devnet } })).toMatchObject({ removed: ['devnet'], changed: [] });
  expect((await gateway.call('eth_chainId', [], 'devnet')).status).toBe(404);
  expect((await gateway.call('eth_chainId', [], 'twin')).status).toBe(200);
  const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  expect(text).not.toContain('chain="devnet"');
});

test('a chain that counts its epochs otherwise starts anew, and what was blocked is still blocked', async () => {
  const chain = devnetChain();
  const [alpha, bravo] = [await upstreamOn(chain), await upstreamOn(chain)];
  const devnet = (epochBlocks: number): object =>
    devnetOf([{ name: 'alpha', url: alpha.url }], { backup: [{ name: 'bravo', url: bravo.url }], epochBlocks });
  const gateway = await startReloadable({ chains: { devnet: devnet(100) } });
  await bravo.down();
  await eventually(
    () => gateway.upstream('devnet/bravo/json-rpc'),
    (found) => found?.standing === 'blocked',
  );
  expect(await gateway.take({ chains: { devnet: devnet(200) } })).toMatchObject({ rebuilt: ['devnet'], changed: [] });
  expect(await gateway.upstream('devnet/bravo/json-rpc')).toMatchObject({ standing: 'blocked' });
  const { status, headers } = await gateway.call(...balance);
  expect([status, headers.get('x-switchyard-upstream')]).toEqual([200, 'alpha/json-rpc']);
});

test('an upstream that is taken out while it is blocked is blocked when it is put back', async () => {
  const chain = devnetChain();
  const [alpha, bravo] = [await upstreamOn(chain), await upstreamOn(chain)];
  const a = { name: 'alpha', url: alpha.url };
  const both = { chains: { devnet: devnetOf([a, { name: 'bravo', url: bravo.url }]) } };
  const gateway = await startReloadable(both);
  await bravo.down();
  await eventually(
    () => gateway.upstream('devnet/bravo/json-rpc'),
    (found) => found?.standing === 'blocked',
  );
  await gateway.take({ chains: { devnet: devnetOf([a]) } });
  await gateway.take(both);
  expect(await gateway.upstream('devnet/bravo/json-rpc')).toMatchObject({ standing: 'blocked' });
});

test('limits and methods are in force at once', async () => {
  const chain = devnetChain();
  const alpha = await upstreamOn(chain);
  const devnet = (more: object): object => devnetOf([{ name: 'alpha', url: alpha.url }], more);
  const gateway = await startReloadable({ chains: { devnet: devnet({}) } });
  await gateway.take({
    chains: { devnet: devnet({ methods: { deny: ['eth_getBalance'] }, limits: { maxBatchCalls: 1 } }) },
  });
  expect(JSON.parse((await gateway.call(...balance)).text)).toMatchObject({
    error: { data: { fault: 'METHOD_FORBIDDEN' } },
  });
  const batch = await fetch(`${gateway.publicUrl}/devnet`, {
    method: 'POST',
    body: JSON.stringify([1, 2].map((id) => ({ jsonrpc: '2.0', id, method: 'eth_chainId' }))),
  });
  expect(batch.status).toBe(413);
});

test('what listens stays as it is, and the answer names what waits for a restart', async () => {
  const chain = devnetChain();
  const alpha = await upstreamOn(chain);
  const devnet = devnetOf([{ name: 'alpha', url: alpha.url }]);
  const gateway = await startReloadable({ chains: { devnet } });
  const other = { server: { port: 1, host: '127.0.0.2' }, admin: { port: 0, token: 'long-enough' } };
  const result = await gateway.take({ ...other, chains: { devnet } });
  expect(result).toMatchObject({ done: true, needsRestart: ['server.host', 'server.port', 'admin.token'] });
  expect((await gateway.call(...balance)).status).toBe(200);
  expect((await gateway.postReload({ chains: { devnet } })).status).toBe(200);
});

test('F-244: another admin token is in force at once', async () => {
  const chain = devnetChain();
  const alpha = await upstreamOn(chain);
  const config = (token: string): object => ({
    admin: { port: 0, token },
    chains: { devnet: devnetOf([{ name: 'alpha', url: alpha.url }]) },
  });
  const gateway = await startReloadable(config('first-token'));
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  expect((await gateway.postReload(config('other-token'))).status).toBe(401);
  expect((await gateway.postReload(config('other-token'), bearer('first-token'))).status).toBe(200);
  expect((await gateway.postReload(config('other-token'), bearer('first-token'))).status).toBe(401);
  expect((await gateway.postReload(config('other-token'), bearer('other-token'))).status).toBe(200);
});

test('reloads asked for at once run one after the other, and the last of them sees the newest file', async () => {
  const chain = devnetChain();
  const alpha = await upstreamOn(chain);
  const config = (weight: number): object => ({
    chains: { devnet: devnetOf([{ name: 'alpha', url: alpha.url, weight }]) },
  });
  const gateway = await startReloadable(config(1));
  const results = await Promise.all([2, 3, 4, 5].map((weight) => gateway.take(config(weight))));
  expect(results.map((result) => result.done && result.revision)).toEqual([2, 3, 3, 3]);
  expect(await gateway.upstream('devnet/alpha/json-rpc')).toMatchObject({ weight: 5 });
  expect(await gateway.take(config(5))).toMatchObject({ done: true, changed: [], revision: 3 });
});

/** An answer that waits until the test lets it go. */
function heldAnswer() {
  let answer = (): void => undefined;
  let noteAsked = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    noteAsked = resolve;
  });
  const released = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const handler = async (_method: string, _params: readonly unknown[]): Promise<undefined> => {
    noteAsked();
    await released;
  };
  return { asked, handler, answer: () => answer() };
}
