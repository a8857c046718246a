import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import type { SystemLookup } from '../../../src/transport/resolver.ts';
import * as scripts from '../../support/fault-scripts.ts';
import { refusedUrl } from '../../support/fault-upstream.ts';
import { bodyOf, facing, openTransport } from './open-transport.ts';

const here: LookupAddress = { address: '127.0.0.1', family: 4 };

function noSuchName(): Error {
  return Object.assign(new Error('getaddrinfo ENOTFOUND secret.example'), {
    code: 'ENOTFOUND',
    syscall: 'getaddrinfo',
  });
}

/** A resolver that says what it is told to, and counts how often it was asked. */
function scriptedLookup(answer: { error: Error | null; addresses: LookupAddress[] }): {
  readonly lookup: SystemLookup;
  asked(): number;
} {
  let asked = 0;
  const lookup: SystemLookup = (_host, _options, callback) => {
    asked += 1;
    setImmediate(() => callback(answer.error, answer.addresses));
  };
  return { lookup, asked: () => asked };
}

describe('a name', () => {
  it('F-019 that does not resolve fails as dns, with nothing sent, and is not shown', async () => {
    const { lookup } = scriptedLookup({ error: noSuchName(), addresses: [] });
    const { send } = openTransport('http://secret.example:1/', { lookup });
    const result = await send();
    expect(result).toMatchObject({ failure: 'dns', sent: 'nothing' });
    expect(JSON.stringify(result)).not.toContain('secret');
  });

  it('F-019 that resolves to nothing fails as dns', async () => {
    const { lookup } = scriptedLookup({ error: null, addresses: [] });
    const { send } = openTransport('http://secret.example:1/', { lookup });
    expect(await send()).toMatchObject({ failure: 'dns', sent: 'nothing' });
  });

  it('F-019 that stops resolving keeps its last good address', async () => {
    const { upstream } = await facing(scripts.answers());
    const answer = { error: null as Error | null, addresses: [here] };
    const { lookup, asked } = scriptedLookup(answer);
    const { send, clock } = openTransport(`http://far.example:${upstream.port}/`, { lookup });
    await send({ connection: 'fresh' });
    answer.error = noSuchName();
    answer.addresses = [];
    await clock.advanceAsync(31_000);
    expect(bodyOf(await send({ connection: 'fresh' }))).toBe(scripts.goodBody);
    expect(asked()).toBe(2);
  });

  it('F-020 whose address refuses is resolved anew for the next connection', async () => {
    const { upstream } = await facing(scripts.answers());
    const dead = new URL(await refusedUrl());
    const answer = { error: null, addresses: [here] };
    const { lookup, asked } = scriptedLookup(answer);
    const { send } = openTransport(`http://far.example:${dead.port}/`, { lookup });
    expect(await send()).toMatchObject({ failure: 'refused' });
    expect(await send()).toMatchObject({ failure: 'refused' });
    expect(asked()).toBe(2);
    expect(upstream.connections).toBe(0);
  });

  it('F-020 with a dead address beside a good one reaches the good one', async () => {
    const { upstream } = await facing(scripts.answers());
    const { lookup } = scriptedLookup({ error: null, addresses: [{ address: '::1', family: 6 }, here] });
    const { send } = openTransport(`http://far.example:${upstream.port}/`, { lookup });
    expect(bodyOf(await send())).toBe(scripts.goodBody);
  });

  it('F-001 all of whose addresses refuse is refused', async () => {
    const dead = new URL(await refusedUrl());
    const { lookup } = scriptedLookup({ error: null, addresses: [{ address: '::1', family: 6 }, here] });
    const { send } = openTransport(`http://far.example:${dead.port}/`, { lookup });
    expect(await send()).toMatchObject({ failure: 'refused', sent: 'nothing' });
  });
});
