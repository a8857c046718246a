import { describe, expect, test } from 'vitest';
import { classifyCall } from '../../../src/classify/classify-call.ts';
import type { MethodPolicy } from '../../../src/model/method-policy.ts';
import type { Pairing } from '../../../src/model/pairing.ts';
import { needFor, planFor, sendKindOf } from '../../../src/path/call-plan.ts';
import { type Steering, unsteered } from '../../../src/path/steering.ts';
import { hash } from '../../../src/system/hash.ts';
import { buildChainSettings, buildLane, buildPolicy, specWith } from '../../support/build-lane.ts';
import { buildPairing } from '../../support/build-pairing.ts';

const raw = { kind: 'raw', path: ['0'], encoding: 'hex' } as const;
const write = { kind: 'write', class: 'write', retry: false, hedge: false } as const;

interface Asked {
  readonly params?: string;
  readonly steering?: Partial<Steering>;
  readonly pairing?: Pairing;
  readonly lines?: readonly string[];
}

/** The plan and the need of a call of a method with this policy. */
function ask(
  traits: Partial<MethodPolicy>,
  { params = '[]', steering = {}, pairing = buildPairing([{}]), lines = [] }: Asked = {},
) {
  const spec = { ...specWith(buildPolicy('m', traits)), transactionHash: 'keccak256-hex' as const, broadcast: 2 };
  const lane = buildLane({ spec, settings: buildChainSettings(lines) });
  const classified = classifyCall(spec, { id: Buffer.from('1'), method: 'm', params: Buffer.from(params) });
  const steered = { ...unsteered, ...steering };
  return {
    plan: planFor(lane, { classified, steering: steered, pairing, now: 1000, hash }),
    need: needFor(lane, classified, steered),
  };
}

describe('how a call is sent', () => {
  test.each([
    [{ kind: 'read' }, 'read'],
    [{ kind: 'filter' }, 'read'],
    [{ ...write, write: raw }, 'raw'],
    [{ ...write, write: { kind: 'once' } }, 'once'],
    [{ ...write }, 'once'],
    [{ kind: 'subscribe' }, 'once'],
  ] as const)('%j goes out as %s', (traits, kind) => {
    expect(sendKindOf(buildPolicy('m', traits))).toBe(kind);
  });

  test('a read may be asked again and hedged as its method allows', () => {
    expect(ask({}).plan).toMatchObject({ kind: 'read', retry: 'allowed', hedge: 'allowed', maxAttempts: 3 });
    expect(ask({ retry: false, hedge: false }).plan).toMatchObject({ retry: 'if-unsent', hedge: 'never' });
  });

  test('a write that is no signed transaction is sent again only where nothing was sent', () => {
    expect(ask({ ...write, retry: true, write: { kind: 'once' } }).plan).toMatchObject({
      kind: 'once',
      retry: 'if-unsent',
    });
  });
});

describe('the time of a call', () => {
  test.each([
    ['light', 2000],
    ['normal', 5000],
    ['heavy', 20_000],
    ['write', 10_000],
  ] as const)('an attempt of class %s has %i ms', (of, ms) => {
    expect(ask({ class: of }).plan.attemptTimeoutMs).toBe(ms);
  });

  test('of a method that says so itself is its own', () => {
    expect(ask({ class: 'light', timeoutMs: 60_000 }).plan.attemptTimeoutMs).toBe(60_000);
  });

  test('is over after the configured time, or sooner where the client said so', () => {
    expect(ask({}).plan.deadlineAt).toBe(31_000);
    expect(ask({}, { steering: { timeoutMs: 500 } }).plan.deadlineAt).toBe(1500);
    expect(ask({}, { steering: { timeoutMs: 999_999 } }).plan.deadlineAt).toBe(31_000);
    expect(ask({}, { lines: ['limits: { callTimeout: 5s }'] }).plan.deadlineAt).toBe(6000);
  });
});

describe('a signed transaction', () => {
  const signed = { params: '["0x02f8"]' };

  test('goes to as many upstreams at once as the spec says, or the config', () => {
    expect(ask({ ...write, write: raw }, signed).plan.broadcast).toBe(2);
    expect(ask({ ...write, write: raw }, { ...signed, lines: ['broadcast: 4'] }).plan.broadcast).toBe(4);
  });

  test('goes out one by one where a provider keeps them to itself', () => {
    const pairing = buildPairing([{ endpoint: { writes: 'private' } }, {}]);
    expect(ask({ ...write, write: raw }, { ...signed, pairing }).plan.broadcast).toBe(1);
  });

  test('F-141: is known by its own hash, whoever answers that it is known', () => {
    const known = ask({ ...write, write: raw }, signed).plan.knownResult?.toString();
    expect(known).toBe(`"0x${Buffer.from(hash.keccak256(Buffer.from('02f8', 'hex'))).toString('hex')}"`);
  });

  test('that cannot be read has no hash to be known by, and is sent all the same', () => {
    const { plan } = ask({ ...write, write: raw }, { params: '["no hex"]' });
    expect(plan).not.toHaveProperty('knownResult');
    expect(plan.kind).toBe('raw');
  });
});

describe('what a call needs of an upstream', () => {
  test('is its method, its class, its block, and whom the client prefers and excludes', () => {
    const steering = { prefer: 'alpha', exclude: new Set(['bravo']) };
    expect(ask({ block: { kind: 'tip' }, addon: 'archive' }, { steering }).need).toEqual({
      method: 'm',
      class: 'light',
      kind: 'read',
      block: { kind: 'tip' },
      exclude: new Set(['bravo']),
      prefer: 'alpha',
      addon: 'archive',
    });
  });

  test('a write in a shape of its own may hold signed bytes, a read only where its method says so', () => {
    expect(ask({ ...write, write: { kind: 'once' } }).need.mayCarrySigned).toBe(true);
    expect(ask({}).need.mayCarrySigned).toBeUndefined();
    expect(ask({ carriesSigned: true, addon: 'trace' }).need).toMatchObject({ kind: 'read', mayCarrySigned: true });
  });

  test('private transactions go to public providers only where the config says so', () => {
    expect(ask({ ...write, write: raw }).need.publicFallback).toBeUndefined();
    expect(ask({ ...write, write: raw }, { lines: ['writes: { publicFallback: true }'] }).need.publicFallback).toBe(
      true,
    );
  });
});
