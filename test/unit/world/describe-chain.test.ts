import { describe, expect, test } from 'vitest';
import { describeAll, describeChain } from '../../../src/world/describe-chain.ts';
import { buildChainView, type UpstreamViewTraits } from '../../support/build-view.ts';

const blocked: UpstreamViewTraits = {
  standing: 'blocked',
  sentence: 'blocked 14 min: refused connections (connection refused); next probe in 8 s',
  nextProbeInMs: 8000,
};

const spent = { until: 9000, forMs: 8000, reason: 'quota', floor: 'closed' } as const;

const blockedBackup: UpstreamViewTraits = { ...blocked, endpoint: { tier: 'backup', provider: 'drpc' } };

describe('a chain', () => {
  test('that is well says who serves, and nothing else', () => {
    expect(describeChain(buildChainView([{}, {}]), 'none')).toEqual({
      condition: 'well',
      whose: 'nobody',
      sentence: 'serving from 2 of 2',
    });
  });

  test('with a blocked backup names it, why, since when, and what comes next', () => {
    expect(describeChain(buildChainView([{}, {}, blockedBackup]), 'none')).toEqual({
      condition: 'impaired',
      whose: 'them',
      sentence:
        'serving from 2 of 3; backup drpc blocked 14 min: refused connections (connection refused); next probe in 8 s',
      nextTryInMs: 8000,
    });
  });

  test('that lives on its backups says so', () => {
    const view = buildChainView([blocked, { endpoint: { tier: 'backup' } }]);
    expect(describeChain(view, 'none').sentence).toMatch(/^serving from 1 of 2, backups only; primary p0 blocked/);
  });

  test('tells of two upstreams and counts the others', () => {
    const { sentence } = describeChain(buildChainView([{}, blocked, blocked, blocked, blocked]), 'none');
    expect(sentence.match(/blocked/g)?.length).toBe(2);
    expect(sentence).toMatch(/; and 2 more$/);
  });

  test('names the endpoint of a provider that has several', () => {
    const one = { provider: 'acme', name: 'json-rpc' };
    const view = buildChainView([{ ...blocked, endpoint: one }, { endpoint: { ...one, name: 'json-rpc-2' } }]);
    expect(describeChain(view, 'none').sentence).toContain('primary acme/json-rpc blocked');
  });

  test('with nobody to serve is down, until the soonest try', () => {
    const heldOff = { until: 0, reason: 'quota' as const, forMs: 3000 };
    const view = buildChainView([blocked, { heldOff, standing: 'unproven' }], {
      ready: false,
      reason: 'no upstream is serving; waiting for a first head',
    });
    expect(describeChain(view, 'none')).toMatchObject({ condition: 'down', whose: 'them', nextTryInMs: 3000 });
    expect(describeChain(view, 'none').sentence).toMatch(/^serving from none of 2; no upstream is serving; waiting/);
  });

  test('that was never asked is starting, which is nobody’s fault', () => {
    const view = buildChainView([{ standing: 'unproven' }], { ready: false, probed: false });
    expect(describeChain(view, 'none')).toMatchObject({ condition: 'starting', whose: 'nobody' });
  });

  test('whose tip rests on less than it should says it in words', () => {
    const view = buildChainView([{}, {}], { degraded: 'heads-disagree', reason: 'heads-disagree' });
    expect(describeChain(view, 'none')).toMatchObject({ condition: 'impaired', whose: 'them' });
    expect(describeChain(view, 'none').sentence).toContain('the upstreams disagree about the newest block');
  });

  test.each<[string, UpstreamViewTraits, object, 'ours' | 'none']>([
    ['an operator cordoned what is out', { cordoned: true }, {}, 'none'],
    ['the operator’s budget for what is out is spent', { heldOff: spent }, {}, 'none'],
    ['three hosts cannot be reached from here', blocked, {}, 'ours'],
    [
      'every upstream is of another chain',
      { ...blocked, identity: 'wrong' },
      { state: 'halted', ready: false },
      'none',
    ],
  ])('suffers from us where %s', (_, traits, chain, trouble) => {
    expect(describeChain(buildChainView([traits], chain), trouble).whose).toBe('us');
  });

  test('notes upstreams that serve with less than all: lagging, or far ahead of all others', () => {
    for (const traits of [{ lagging: true }, { outlier: true }]) {
      const { condition, sentence } = describeChain(buildChainView([{ ...traits, sentence: 'is off' }, {}]), 'none');
      expect({ condition, sentence }).toEqual({
        condition: 'impaired',
        sentence: 'serving from 2 of 2; primary p0 is off',
      });
    }
  });
});

describe('all chains together', () => {
  const well = { chain: 'eth', condition: 'well', whose: 'nobody', upstreams: [] } as const;
  const impaired = { chain: 'base', condition: 'impaired', whose: 'them', nextTryInMs: 90_000, upstreams: [] } as const;
  const down = { chain: 'solana', condition: 'down', whose: 'us', nextTryInMs: 8000, upstreams: [] } as const;

  test.each([
    [[well], 'All is well: eth is served.'],
    [[well, { ...well, chain: 'base' }], 'All is well: all 2 chains are served.'],
    [
      [well, impaired],
      'Calls are served, with less than there should be: base. It is them: upstreams fail. Next try in 2 min.',
    ],
    [[impaired, down], 'Not served: solana. It is us: this gateway, its network or an operator. Next try in 8 s.'],
    [
      [{ ...down, whose: 'them', nextTryInMs: 0 } as const],
      'Not served: solana. It is them: upstreams fail. Next try now.',
    ],
  ])('say the worst: %#', (chains, sentence) => {
    expect(describeAll(chains, 'serving').sentence).toBe(sentence);
  });

  test('are told of as ours while this gateway drains', () => {
    expect(describeAll([well], 'draining')).toMatchObject({ condition: 'impaired', whose: 'us' });
  });
});
