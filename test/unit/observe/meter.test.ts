import { describe, expect, test } from 'vitest';
import { attemptOutcomes } from '../../../src/model/traffic.ts';
import { createMeter, endpointLabels } from '../../../src/observe/meter.ts';

const key = 'eth/alpha/json-rpc';

describe('the meter of an upstream', () => {
  test('counts sends by purpose and answers by class and outcome', () => {
    const meter = createMeter();
    const upstream = meter.upstream(key);
    upstream.sent('client');
    upstream.sent('client');
    upstream.sent('poll');
    upstream.answered('light', 'ok', 0.02);
    upstream.answered('heavy', 'failed', 3);
    const labels = { chain: 'eth', provider: 'alpha', endpoint: 'json-rpc' };
    expect(meter.sends.lines()).toEqual([
      { labels: { ...labels, purpose: 'client' }, value: 2 },
      { labels: { ...labels, purpose: 'poll' }, value: 1 },
    ]);
    const counted = meter.attempts.lines().filter(({ value }) => value > 0);
    expect(counted).toEqual([
      { labels: { ...labels, class: 'light', outcome: 'ok' }, value: 1 },
      { labels: { ...labels, class: 'heavy', outcome: 'failed' }, value: 1 },
    ]);
  });

  test('shows every outcome from 0 on, so that no first event hides from a rate', () => {
    const meter = createMeter();
    meter.upstream(key);
    expect(meter.attempts.lines()).toHaveLength(4 * attemptOutcomes.length);
  });

  test('times attempts by class', () => {
    const meter = createMeter();
    meter.upstream(key).answered('light', 'ok', 0.02);
    const counts = meter.attemptDurations().filter(({ metricName }) => metricName.endsWith('_count'));
    expect(counts.map(({ labels, value }) => [labels.class, value])).toEqual([
      ['light', 1],
      ['normal', 0],
      ['heavy', 0],
      ['write', 0],
    ]);
  });

  test('is the same handle for the same upstream', () => {
    const meter = createMeter();
    expect(meter.upstream(key)).toBe(meter.upstream(key));
    expect(meter.chain('eth')).toBe(meter.chain('eth'));
  });

  test('is forgotten with its endpoint, and others are not', () => {
    const meter = createMeter();
    for (const one of [key, 'eth/alpha/json-rpc-2']) meter.upstream(one).sent('client');
    meter.forget(key);
    expect(meter.sends.lines().map(({ labels }) => labels.endpoint)).toEqual(['json-rpc-2']);
    expect(new Set(meter.attemptDurations().map(({ labels }) => labels.endpoint))).toEqual(new Set(['json-rpc-2']));
  });
});

describe('the meter of a chain', () => {
  test('counts what the cache had to do with reads, by method', () => {
    const meter = createMeter();
    const chain = meter.chain('eth');
    chain.cached('eth_call', 'hit');
    chain.cached('eth_call', 'hit');
    chain.cached('eth_call', 'miss');
    expect(meter.cacheRequests.lines()).toEqual([
      { labels: { chain: 'eth', method: 'eth_call', result: 'hit' }, value: 2 },
      { labels: { chain: 'eth', method: 'eth_call', result: 'miss' }, value: 1 },
    ]);
  });

  test('F-136: gives reads of the cache no more series of methods than calls', () => {
    const meter = createMeter();
    const chain = meter.chain('eth');
    for (let at = 0; at < 1000; at += 1) chain.cached(`method ${at}`, 'hit');
    expect(meter.cacheRequests.lines()).toHaveLength(65);
  });

  test('counts what clients got by method and outcome, and times each method', () => {
    const meter = createMeter();
    const chain = meter.chain('eth');
    chain.settled('eth_call', 'ok', 0.3);
    chain.settled('eth_call', 'ok', 0.1);
    chain.settled('eth_call', 'NO_UPSTREAM', 0);
    expect(meter.requests.lines()).toEqual([
      { labels: { chain: 'eth', method: 'eth_call', outcome: 'ok' }, value: 2 },
      { labels: { chain: 'eth', method: 'eth_call', outcome: 'NO_UPSTREAM' }, value: 1 },
    ]);
    expect(meter.requestDurations().at(-1)).toMatchObject({ labels: { chain: 'eth', method: 'eth_call' }, value: 3 });
  });

  test('F-136: gives the first methods a series of their own, and all that come after share one', () => {
    const meter = createMeter();
    for (const of of ['eth', 'base']) {
      for (let method = 0; method < 500; method += 1) meter.chain(of).settled(`m_${method}`, 'ok', 0.1);
    }
    const lines = meter.requests.lines().filter(({ labels }) => labels.chain === 'base');
    expect(lines).toHaveLength(65);
    expect(lines.find(({ labels }) => labels.method === 'other')?.value).toBe(436);
    expect(lines.reduce((sum, { value }) => sum + value, 0)).toBe(500);
    const timed = meter
      .requestDurations()
      .filter(({ metricName, labels }) => metricName.endsWith('_count') && labels.chain === 'base');
    expect(timed).toHaveLength(65);
  });

  test('keeps our own share of all chains in one', () => {
    const meter = createMeter();
    meter.chain('eth').overhead(0.002);
    meter.chain('base').overhead(0.002);
    expect(meter.overheads().at(-1)).toEqual({ metricName: 'switchyard_overhead_seconds_count', labels: {}, value: 2 });
  });
});

test('labels of an endpoint are the parts of its key', () => {
  expect(endpointLabels('eth/alpha/json-rpc-2')).toEqual(['eth', 'alpha', 'json-rpc-2']);
});
