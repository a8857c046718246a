import { describe, expect, test } from 'vitest';
import type { EndpointSettings } from '../../../src/model/settings.ts';
import { createTrackerNames } from '../../../src/world/endpoints.ts';
import { joinWires } from '../../../src/world/plan-chains.ts';
import { devnetOf, readOverUsual } from '../../support/reloadable-gateway.ts';

function endpoint(url: string, headers: Readonly<Record<string, string>> = {}): EndpointSettings {
  const reading = readOverUsual({ chains: { devnet: devnetOf([{ url, headers }]) } });
  const [found] = reading.kind === 'read' ? (reading.settings.chains[0]?.endpoints ?? []) : [];
  if (found === undefined) throw new Error('the configuration has no endpoint');
  return found;
}

const [one, two] = [endpoint('http://10.0.0.1'), endpoint('http://10.0.0.2')];

describe('names of URLs', () => {
  test('are the same for the same URL with the same headers, whatever their order, and for nothing else', () => {
    const { nameOf } = createTrackerNames();
    const keyed = endpoint('http://10.0.0.1', { 'x-a': '1', 'x-b': '2' });
    const turned = endpoint('http://10.0.0.1', { 'x-b': '2', 'x-a': '1' });
    expect([nameOf(one), nameOf(two), nameOf(one), nameOf(keyed), nameOf(turned)]).toEqual([
      'url-1',
      'url-2',
      'url-1',
      'url-3',
      'url-3',
    ]);
  });

  test('that are forgotten are never given to another URL', () => {
    const names = createTrackerNames();
    names.nameOf(one);
    names.nameOf(two);
    names.retain(new Set(['url-1']));
    expect([names.nameOf(one), names.nameOf(two)]).toEqual(['url-1', 'url-3']);
  });
});

describe('the URLs of two worlds', () => {
  const wire = (key: string, tracker: string) => ({ key, tracker, url: `http://${tracker}`, headers: {} });

  test('are there once each, the present ones last, so that they decide where an upstream is', () => {
    const present = [wire('a', 'new'), wire('b', 'same')];
    const former = [wire('a', 'old'), wire('b', 'same'), wire('a', 'old')];
    expect(joinWires(present, former)).toEqual([wire('a', 'old'), wire('a', 'new'), wire('b', 'same')]);
  });

  test('keep upstreams that share a URL', () => {
    const present = [wire('a', 'same'), wire('b', 'same')];
    expect(joinWires(present, present)).toEqual(present);
  });
});
