import { describe, expect, test } from 'vitest';
import { readSteering, unsteered } from '../../../src/path/steering.ts';

const providers = ['Alpha', 'bravo'];

function read(headers: Readonly<Record<string, string>>) {
  return readSteering(new Map(Object.entries(headers)), providers);
}

describe('steering headers', () => {
  test('that are not there cost nothing: it is always the same object', () => {
    expect(read({})).toBe(unsteered);
  });

  test('name providers as the config spells them, whatever the case and the spaces around', () => {
    expect(read({ provider: ' ALPHA ' })).toMatchObject({ prefer: 'Alpha' });
    expect(read({ exclude: 'alpha, BRAVO' })).toMatchObject({ exclude: new Set(['Alpha', 'bravo']) });
  });

  test('may name a provider there is none of: it prefers and excludes nobody', () => {
    expect(read({ provider: 'zulu', exclude: 'zulu' })).toMatchObject({ prefer: 'zulu', exclude: new Set(['zulu']) });
  });

  test('give the client a deadline of its own', () => {
    expect(read({ 'timeout-ms': '1500' })).toEqual({ prefer: undefined, exclude: new Set(), timeoutMs: 1500 });
  });

  test.each(['0', '-1', '1.5', 'soon', '', 'Infinity', '1e999'])('with the deadline %j are refused', (timeout) => {
    expect(read({ 'timeout-ms': timeout })).toMatchObject({ fault: 'INVALID_REQUEST' });
  });
});
