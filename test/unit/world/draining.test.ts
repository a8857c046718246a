import { describe, expect, test } from 'vitest';
import { Visits } from '../../../src/path/visits.ts';
import { Draining } from '../../../src/world/draining.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

function world() {
  const clock = createVirtualClock();
  const told: string[] = [];
  const draining = new Draining(clock, () => told.push('ended'));
  const leave = (name: string, visits: readonly Visits[], timeoutMs = 1000): void => {
    const wires = [{ key: name, tracker: name, url: 'http://10.0.0.1', headers: {} }];
    draining.add({ visits, wires, close: () => told.push(`closed ${name}`) }, timeoutMs);
  };
  const names = (): readonly string[] => draining.wires().map(({ key }) => key);
  return { clock, told, draining, leave, names };
}

function visited(count: number): Visits {
  const visits = new Visits();
  for (let open = 0; open < count; open += 1) visits.begin();
  return visits;
}

describe('what a reload left behind', () => {
  test('is closed at once where no call is under way', () => {
    const { clock, told, leave, names } = world();
    leave('a', [visited(0), visited(0)]);
    leave('b', []);
    expect(told).toEqual(['closed a', 'ended', 'closed b', 'ended']);
    expect([names(), clock.pending()]).toEqual([[], 0]);
  });

  test('F-238: is closed when the last call of its last lane has ended, and keeps its URLs until then', () => {
    const { clock, told, leave, names } = world();
    const [one, two] = [visited(2), visited(1)];
    leave('a', [one, two]);
    one.end();
    two.end();
    expect([names(), told]).toEqual([['a'], []]);
    one.end();
    expect([names(), told]).toEqual([[], ['closed a', 'ended']]);
    expect(clock.pending()).toBe(0);
  });

  test('is closed after its time, and only once', () => {
    const { clock, told, leave } = world();
    const visits = visited(1);
    leave('a', [visits]);
    clock.advance(999);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['closed a', 'ended']);
    visits.end();
    expect(told).toHaveLength(2);
  });

  test('is bounded: the oldest gives way', () => {
    const { told, leave, names } = world();
    for (let turn = 0; turn < 40; turn += 1) leave(`${turn}`, [visited(1)]);
    expect(names()).toHaveLength(32);
    expect(told.slice(0, 2)).toEqual(['closed 0', 'ended']);
  });

  test('is closed with the gateway', () => {
    const { clock, told, draining, leave } = world();
    leave('a', [visited(1)]);
    leave('b', [visited(1)]);
    draining.close();
    expect(told).toEqual(['closed a', 'ended', 'closed b', 'ended']);
    expect(clock.pending()).toBe(0);
  });
});
