import { describe, expect, test } from 'vitest';
import {
  excuseMethod,
  giveUpMethod,
  isAvoided,
  type MethodAvoidance,
  noteMethodFailure,
  noteMethodsGood,
  noteUncountedGood,
  nothingAvoided,
  passAvoidance,
} from '../../../src/health/method-avoidance.ts';
import { allSupported, noteUnsupported, passUnsupported } from '../../../src/health/unsupported-methods.ts';
import { buildHealthPolicy } from '../../support/build-health.ts';

const policy = buildHealthPolicy();

function failed(state: MethodAvoidance, at: number, method = 'logs'): MethodAvoidance {
  return noteMethodFailure(passAvoidance(state, at), { method, at }, policy);
}

function good(state: MethodAvoidance, at: number, count: number): MethodAvoidance {
  return noteMethodsGood(state, new Map([['logs', count]]), { at, policy });
}

describe('a method that fails', () => {
  test('F-161: is avoided for 60 s, and no other method is', () => {
    const state = failed(nothingAvoided, 1000);
    expect(state.avoided).toEqual(new Map([['logs', 61_000]]));
    expect(isAvoided(state, 'logs', 60_999)).toBe(true);
    expect(isAvoided(state, 'logs', 61_000)).toBe(false);
    expect(isAvoided(state, 'call', 1000)).toBe(false);
  });

  test('is avoided twice as long each time, up to ten minutes', () => {
    let state = nothingAvoided;
    const spans: number[] = [];
    for (let at = 0; spans.length < 6; at = state.avoided.get('logs') ?? 0) {
      state = failed(state, at);
      spans.push(((state.avoided.get('logs') ?? 0) - at) / 1000);
    }
    expect(spans).toEqual([60, 120, 240, 480, 600, 600]);
  });

  test('is not avoided longer for what still fails meanwhile', () => {
    const state = failed(nothingAvoided, 0);
    expect(failed(state, 59_000)).toBe(state);
  });

  test('starts from 60 s again after ten minutes without an avoidance', () => {
    const state = failed(nothingAvoided, 0);
    expect(failed(state, 60_000 + 600_001).avoided.get('logs')).toBe(60_000 + 600_001 + 60_000);
  });

  test('is not avoided while 80 % of its own answers are good', () => {
    const mostlyGood = failed(good(nothingAvoided, 0, 4), 100);
    expect(mostlyGood.avoided.size).toBe(0);
    expect(failed(mostlyGood, 200).avoided.has('logs')).toBe(true);
  });

  test('good answers speak for it for a minute at most', () => {
    const known = good(nothingAvoided, 0, 1000);
    expect(failed(known, 59_000).avoided.size).toBe(0);
    expect(failed(known, 60_000).avoided.size).toBe(1);
  });
});

describe('good answers whose method nobody counted', () => {
  test('speak for each method with a tenth of their number', () => {
    const busy = noteUncountedGood(nothingAvoided, 400, { at: 0, policy });
    let state = busy;
    for (let n = 0; n < 10; n += 1) state = failed(state, 100 + n);
    expect(state.avoided.size).toBe(0);
    expect(failed(state, 200).avoided.has('logs')).toBe(true);
  });

  test('F-161: do not hide a method that makes up a twentieth of the calls and always fails', () => {
    let state = nothingAvoided;
    for (let at = 0; at < 10_000 && state.avoided.size === 0; at += 1000)
      state = failed(noteUncountedGood(state, 19, { at, policy }), at);
    expect(state.avoided.has('logs')).toBe(true);
  });
});

describe('avoided methods', () => {
  test('are shown by the same map as long as nothing changes', () => {
    const state = failed(nothingAvoided, 0);
    expect(passAvoidance(state, 59_999)).toBe(state);
    expect(passAvoidance(state, 60_000).avoided.size).toBe(0);
  });

  test('can be given up for the longest time', () => {
    expect(giveUpMethod(nothingAvoided, 'logs', { at: 5, policy }).avoided.get('logs')).toBe(600_005);
  });

  test('are set free where the call was to blame', () => {
    const excused = excuseMethod(failed(nothingAvoided, 0), 'logs');
    expect(excused.avoided.size).toBe(0);
    expect(failed(excused, 10).avoided.get('logs')).toBe(60_010);
    expect(excuseMethod(nothingAvoided, 'logs')).toBe(nothingAvoided);
  });

  test('stay a bounded list, whatever names clients send', () => {
    let state = nothingAvoided;
    for (let at = 0; at < 500; at += 1) state = failed(state, at, `m${at}`);
    expect(state.records.size).toBe(64);
    expect(state.avoided.size).toBe(64);
    expect(state.avoided.has('m499')).toBe(true);
    expect(state.avoided.has('m0')).toBe(false);
  });

  test('the bound holds for good answers too, and never shows a method it forgot', () => {
    const many = new Map(Array.from({ length: 200 }, (_, at) => [`m${at}`, 1] as const));
    const state = noteMethodsGood(failed(nothingAvoided, 0), many, { at: 1, policy });
    expect(state.records.size).toBe(64);
    expect(state.avoided.size).toBe(0);
  });
});

describe('methods an endpoint does not have', () => {
  test('are remembered until they are due for a re-check', () => {
    const state = noteUnsupported(allSupported, { method: 'trace', at: 0, forMs: 1000 });
    expect(state.names).toEqual(new Set(['trace']));
    expect(passUnsupported(state, 999)).toBe(state);
    expect(passUnsupported(state, 1000).names.size).toBe(0);
    expect(passUnsupported(allSupported, 1e9)).toBe(allSupported);
  });

  test('hearing it again puts the re-check off', () => {
    const twice = [0, 500].reduce(
      (state, at) => noteUnsupported(state, { method: 'trace', at, forMs: 1000 }),
      allSupported,
    );
    expect(passUnsupported(twice, 1000).names.size).toBe(1);
  });

  test('stay a bounded list', () => {
    let state = allSupported;
    for (let at = 0; at < 300; at += 1) state = noteUnsupported(state, { method: `m${at}`, at, forMs: 1e6 });
    expect(state.names.size).toBe(128);
    expect(state.names.has('m299')).toBe(true);
    expect(state.names.has('m0')).toBe(false);
  });
});
