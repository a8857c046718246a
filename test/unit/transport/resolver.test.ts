import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { Resolver, type SystemLookup } from '../../../src/transport/resolver.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

const one: LookupAddress = { address: '10.0.0.1', family: 4 };
const two: LookupAddress = { address: '10.0.0.2', family: 4 };

type Reply = Parameters<SystemLookup>[2];

/** A resolver under test, the platform's questions waiting for the test to answer. */
function setUp(): {
  readonly clock: VirtualClock;
  readonly resolver: Resolver;
  readonly questions: Reply[];
  ask(): Promise<readonly LookupAddress[] | 'failed'>;
} {
  const clock = createVirtualClock();
  const questions: Reply[] = [];
  const resolver = new Resolver(clock, (_host, _options, reply) => questions.push(reply));
  const ask = (): Promise<readonly LookupAddress[] | 'failed'> =>
    new Promise((resolve) => {
      resolver.lookup('far.example', { all: true }, (error, addresses) => {
        resolve(error === null && Array.isArray(addresses) ? addresses : 'failed');
      });
    });
  return { clock, resolver, questions, ask };
}

async function known(): Promise<ReturnType<typeof setUp>> {
  const there = setUp();
  const asked = there.ask();
  there.questions.shift()?.(null, [one]);
  await asked;
  return there;
}

describe('the resolver', () => {
  it('asks once for all who wait', async () => {
    const { ask, questions } = setUp();
    const both = [ask(), ask()];
    expect(questions.length).toBe(1);
    questions[0]?.(null, [one]);
    expect(await Promise.all(both)).toEqual([[one], [one]]);
  });

  it('F-019 fails where the platform hands over nothing with its error', async () => {
    const { ask, questions } = setUp();
    const asked = ask();
    questions[0]?.(new Error('ENOTFOUND'), undefined);
    expect(await asked).toBe('failed');
  });

  it('uses what is young without asking, and asks again after half a minute', async () => {
    const { ask, questions, clock } = await known();
    clock.advance(29_999);
    expect(await ask()).toEqual([one]);
    expect(questions.length).toBe(0);
    clock.advance(1);
    const asked = ask();
    questions[0]?.(null, [two]);
    expect(await asked).toEqual([two]);
  });

  it('F-020 asks again after a connection failed', async () => {
    const { ask, questions, resolver } = await known();
    resolver.distrust();
    const asked = ask();
    questions[0]?.(null, [two]);
    expect(await asked).toEqual([two]);
  });

  it.each([
    ['fails', new Error('SERVFAIL'), []],
    ['says nothing', null, []],
  ] as const)('F-019 keeps the last good address when the platform %s', async (_name, error, addresses) => {
    const { ask, questions, clock } = await known();
    clock.advance(60_000);
    const asked = ask();
    questions[0]?.(error, [...addresses]);
    expect(await asked).toEqual([one]);
  });

  it('F-019 keeps it when the platform takes too long, and takes the late answer for the next', async () => {
    const { ask, questions, clock } = await known();
    clock.advance(60_000);
    const asked = ask();
    clock.advance(500);
    expect(await asked).toEqual([one]);
    questions[0]?.(null, [two]);
    expect(await ask()).toEqual([two]);
    expect(clock.pending()).toBe(0);
  });

  it('does not keep it for ever', async () => {
    const { ask, questions, clock } = await known();
    clock.advance(3_600_000);
    const asked = ask();
    questions[0]?.(new Error('NXDOMAIN'), []);
    expect(await asked).toBe('failed');
  });

  it('F-019 fails one name and nothing else where the platform hands over an error and no list at all', async () => {
    const { ask, questions } = setUp();
    const asked = ask();
    questions.shift()?.(new Error('NXDOMAIN'), undefined);
    expect(await asked).toBe('failed');
    const there = await known();
    there.resolver.distrust();
    const again = there.ask();
    there.questions.shift()?.(new Error('NXDOMAIN'), undefined);
    expect(await again).toEqual([one]);
  });

  it('hands over the first address where only one is wanted', async () => {
    const { resolver, questions } = setUp();
    const said = new Promise((resolve) => {
      resolver.lookup('far.example', {}, (...all) => resolve(all));
    });
    questions[0]?.(null, [one, two]);
    expect(await said).toEqual([null, '10.0.0.1', 4]);
  });
});
