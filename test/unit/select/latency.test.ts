import { describe, expect, test } from 'vitest';
import { Latency, type LatencyPlace } from '../../../src/select/latency.ts';

const light = 0;

function place(index: number, series = light): LatencyPlace {
  return { index, series, class: light };
}

/** Answers of `ms` each, one every 10 ms from 1000 on; returns when the last one came. */
function feed(latency: Latency, at: LatencyPlace, ms: number, count = 30): number {
  let now = 1000;
  for (let i = 0; i < count; i += 1, now += 10) latency.answered(at, ms, now);
  return now;
}

describe('the average', () => {
  test('jumps up with the slowest answer and forgets it within seconds', () => {
    const latency = new Latency(1);
    const now = feed(latency, place(0), 20);
    latency.answered(place(0), 500, now);
    expect(latency.estimateMs(0, light, now)).toBe(500);
    for (let at = now + 100; at <= now + 30_000; at += 100) latency.answered(place(0), 20, at);
    expect(latency.estimateMs(0, light, now + 30_000)).toBeLessThan(50);
  });

  test('of an endpoint never observed is the typical answer of the chain', () => {
    const latency = new Latency(2);
    const now = feed(latency, place(0), 20, 200);
    expect(latency.hasObserved(1, light)).toBe(false);
    expect(latency.estimateMs(1, light, now)).toBeGreaterThan(16);
    expect(latency.estimateMs(1, light, now)).toBeLessThan(25);
  });

  test('of an endpoint not asked for a minute has gone back to the typical answer, so it is tried again', () => {
    const latency = new Latency(2);
    latency.answered(place(1), 2000, 1000);
    let now = 1000;
    for (; now < 61_000; now += 100) latency.answered(place(0), 20, now);
    expect(latency.estimateMs(1, light, now)).toBeLessThan(30);
    expect(latency.estimateMs(1, light, 2000)).toBeGreaterThan(1500);
  });

  test('is kept apart by class', () => {
    const latency = new Latency(1);
    const now = feed(latency, { index: 0, series: 2, class: 2 }, 8000);
    feed(latency, place(0), 20);
    expect(latency.estimateMs(0, light, now)).toBeLessThan(25);
    expect(latency.estimateMs(0, 2, now)).toBeGreaterThan(7900);
  });

  test('where nothing was ever observed is positive and the same for all', () => {
    const latency = new Latency(2);
    expect(latency.estimateMs(0, light, 1000)).toBeGreaterThan(0);
    expect(latency.estimateMs(0, light, 1000)).toBe(latency.estimateMs(1, light, 9000));
  });
});

describe('the 95th percentile', () => {
  test('is unknown before twenty answers', () => {
    const latency = new Latency(1);
    feed(latency, place(0), 20, 19);
    expect(latency.p95Ms(0, light)).toBeUndefined();
    latency.answered(place(0), 20, 2000);
    expect(latency.p95Ms(0, light)).toBeGreaterThan(15);
  });

  test('of a method seldom called is that of its class', () => {
    const latency = new Latency(1);
    const often = latency.seriesOf('often', 'light');
    const seldom = latency.seriesOf('seldom', 'light');
    feed(latency, place(0, often), 40);
    expect(latency.p95Ms(0, seldom)).toBeGreaterThan(30);
  });

  test('is kept apart by endpoint and by method', () => {
    const latency = new Latency(2);
    const [quick, slow] = [latency.seriesOf('quick', 'normal'), latency.seriesOf('slow', 'normal')];
    feed(latency, { index: 0, series: quick, class: 1 }, 10, 100);
    feed(latency, { index: 0, series: slow, class: 1 }, 1000, 100);
    expect(latency.p95Ms(0, quick)).toBeLessThan(15);
    expect(latency.p95Ms(0, slow)).toBeGreaterThan(800);
    expect(latency.p95Ms(1, quick)).toBeUndefined();
  });
});

describe('the series of methods', () => {
  test('are stable, and know their class', () => {
    const latency = new Latency(1);
    const one = latency.seriesOf('one', 'heavy');
    expect(latency.seriesOf('two', 'light')).not.toBe(one);
    expect(latency.seriesOf('one', 'heavy')).toBe(one);
    expect(latency.classOf(one)).toBe(2);
  });

  test('are bounded: what comes after all are taken shares the series of its class', () => {
    const latency = new Latency(1);
    const series = new Set<number>();
    for (let i = 0; i < 10_000; i += 1) series.add(latency.seriesOf(`method-${i}`, 'write'));
    expect(Math.max(...series)).toBeLessThan(128);
    expect(latency.seriesOf('one-more', 'write')).toBe(3);
    expect(latency.classOf(3)).toBe(3);
  });
});
