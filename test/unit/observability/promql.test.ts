import { describe, expect, test } from 'vitest';
import { readExpression } from '../../support/promql.ts';

const plain = { matchers: [], range: undefined, within: [] };

describe('reading a PromQL expression', () => {
  test('a bare metric is a selector', () => {
    expect(readExpression('up').selectors).toEqual([{ ...plain, metric: 'up', text: 'up' }]);
  });

  test('matchers, the range and what stands around a metric are read', () => {
    const read = readExpression('sum by (chain) (rate(a_total{chain=~"$chain",b!="}{"}[$__rate_interval])) / 2');
    expect(read.selectors).toEqual([
      {
        metric: 'a_total',
        matchers: [
          { label: 'chain', operator: '=~', value: '$chain' },
          { label: 'b', operator: '!=', value: '}{' },
        ],
        range: '$__rate_interval',
        within: ['sum', 'rate'],
        text: 'a_total{chain=~"$chain",b!="}{"}',
      },
    ]);
    expect(read.labels).toEqual(['chain']);
  });

  test('operators between metrics are none, and neither are the labels they match on', () => {
    const read = readExpression('a and on (x, y) b unless c * on (x) group_left (z) d or e > bool 1e3 offset 5m');
    expect(read.selectors.map(({ metric }) => metric)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(read.labels).toEqual(['x', 'y', 'x', 'z']);
  });

  test('a recorded series keeps its colons', () => {
    expect(readExpression('job_chain:a:rate5m > 1').selectors).toMatchObject([{ metric: 'job_chain:a:rate5m' }]);
  });

  test('a function is around its own arguments only', () => {
    const read = readExpression('histogram_quantile(0.9, sum(rate(a_bucket[5m])) by (le)) + (b)');
    expect(read.selectors).toMatchObject([
      { metric: 'a_bucket', within: ['histogram_quantile', 'sum', 'rate'] },
      { metric: 'b', within: [] },
    ]);
  });

  test('a selector without a metric is refused', () => {
    expect(() => readExpression('sum({job="a"})')).toThrow('without a metric');
  });
});
