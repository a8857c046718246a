import { describe, expect, test } from 'vitest';
import { standingKinds } from '../../../src/model/standing.ts';
import { type GaugeLines, readGauges } from '../../../src/observe/gauges.ts';
import type { MetricKey } from '../../../src/observe/metric-table.ts';
import { buildChainView, type UpstreamViewTraits } from '../../support/build-view.ts';

const unknown: UpstreamViewTraits = { standing: 'unproven', identity: 'unknown', tracker: 'waiting-for-connection' };

/** An upstream of which nothing was observed yet: the keys are not there at all. */
function unobserved(): ReturnType<typeof buildChainView> {
  const chain = buildChainView([unknown], { ready: false });
  const { tip: _tip, finalized: _finalized, epoch: _epoch, ...rest } = chain;
  const upstreams = chain.upstreams.map(
    ({ head: _head, finalized: _final, lag: _lag, headAgeMs: _age, score: _score, ...view }) => view,
  );
  return { ...rest, upstreams };
}

function valuesOf(lines: GaugeLines, key: MetricKey, label: string): Readonly<Record<string, number>> {
  return Object.fromEntries((lines[key] ?? []).map(({ labels, value }) => [labels[label], value]));
}

describe('gauges are read off the present state:', () => {
  test('healthy is 1 exactly while serving or in probation', () => {
    const lines = readGauges([buildChainView(standingKinds.map((standing) => ({ standing })))]);
    expect(standingKinds.map((standing, at) => [standing, lines.endpointHealthy?.[at]?.value])).toEqual([
      ['unproven', 0],
      ['serving', 1],
      ['blocked', 0],
      ['probation', 1],
      ['quarantined', 0],
    ]);
  });

  test.each(standingKinds)('the state set of a standing is 1 at %s alone', (standing) => {
    const lines = readGauges([buildChainView([{ standing }])]);
    const expected = Object.fromEntries(standingKinds.map((kind) => [kind, kind === standing ? 1 : 0]));
    expect(valuesOf(lines, 'endpointStanding', 'standing')).toEqual(expected);
  });

  test('state sets of tracker, chain and identity are 1 at one place', () => {
    const lines = readGauges([buildChainView([{ tracker: 'error', identity: 'wrong' }], { state: 'halted' })]);
    expect(valuesOf(lines, 'endpointTracker', 'state')).toMatchObject({ error: 1, following: 0 });
    expect(valuesOf(lines, 'chainState', 'state')).toMatchObject({ halted: 1, running: 0 });
    expect(valuesOf(lines, 'endpointIdentity', 'identity')).toEqual({ unknown: 0, confirmed: 0, wrong: 1 });
  });

  test('what is not known has no line, and not 0', () => {
    const lines = readGauges([unobserved()]);
    const absent: readonly MetricKey[] = [
      'endpointLatestBlock',
      'endpointFinalizedBlock',
      'endpointBlockLag',
      'endpointHeadAge',
      'endpointScore',
      'chainLatestBlock',
      'chainFinalizedBlock',
      'chainEpoch',
    ];
    expect(absent.filter((key) => lines[key] !== undefined)).toEqual([]);
    expect(lines.endpointHealthy).toHaveLength(1);
  });

  test('times are in seconds', () => {
    const heldOff = { until: 5000, reason: 'retry-after', forMs: 2500 } as const;
    const lines = readGauges([buildChainView([{ headAgeMs: 1500, heldOff }])]);
    expect(lines.endpointHeadAge?.[0]?.value).toBe(1.5);
    expect(lines.endpointHoldOff?.[0]?.value).toBe(2.5);
  });

  test('a hold-off that is not there is 0', () => {
    expect(readGauges([buildChainView([{}])]).endpointHoldOff?.[0]?.value).toBe(0);
  });

  test('serving endpoints are counted by tier, from 0 on', () => {
    const backup = { endpoint: { tier: 'backup' as const } };
    const lines = readGauges([
      buildChainView([{}, { standing: 'probation' }, { standing: 'blocked' }, { ...backup, standing: 'blocked' }]),
    ]);
    expect(valuesOf(lines, 'chainServing', 'tier')).toEqual({ primary: 2, backup: 0 });
  });

  test('a chain is ready, degraded and at its height as its view says', () => {
    const lines = readGauges([
      buildChainView([{}], { ready: false, degraded: 'last-resort', tip: 7, finalized: 5, epoch: 0 }),
    ]);
    const values = ['chainReady', 'chainDegraded', 'chainLatestBlock', 'chainFinalizedBlock', 'chainEpoch'] as const;
    expect(values.map((key) => lines[key]?.[0]?.value)).toEqual([0, 1, 7, 5, 0]);
  });

  test('an endpoint says what it is', () => {
    const lines = readGauges([buildChainView([{ endpoint: { tier: 'backup', provider: 'alpha' } }])]);
    expect(lines.endpointInfo?.[0]).toEqual({
      labels: {
        chain: 'testnet',
        provider: 'alpha',
        endpoint: 'json-rpc',
        tier: 'backup',
        interface: 'json-rpc',
        family: 'evm',
      },
      value: 1,
    });
  });
});
