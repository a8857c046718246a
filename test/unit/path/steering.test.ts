import { describe, expect, test } from 'vitest';
import { readSteering, type Steering, steeringKey, unsteered } from '../../../src/path/steering.ts';

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

describe('steering headers that ask for a promise', () => {
  test('name a session, what it is promised, and a quorum', () => {
    expect(read({ session: 'wallet-7', consistency: 'strict', quorum: ' 2/3 ' })).toMatchObject({
      session: 'wallet-7',
      consistency: 'strict',
      quorum: { agree: 2, of: 3 },
    });
  });

  test('that are not there promise nothing', () => {
    expect(Object.keys(read({ provider: 'alpha' }))).toEqual(['prefer', 'exclude', 'timeoutMs']);
  });

  test.each([
    { session: '' },
    { session: 'a b' },
    { session: 'x'.repeat(129) },
    { session: 'wallet', consistency: 'eventual' },
    { consistency: 'session' },
    { consistency: 'strict' },
    { quorum: '3/2' },
    { quorum: '0/2' },
    { quorum: '2/17' },
    { quorum: 'two' },
    { quorum: '2/3/4' },
  ])('and cannot be read are refused, not ignored: %j', (headers) => {
    expect(read(headers)).toMatchObject({ fault: 'INVALID_REQUEST' });
  });

  test('may ask for the tip alone without a session', () => {
    expect(read({ consistency: 'tip' })).toMatchObject({ consistency: 'tip' });
  });
});

describe('a steering header about the cache', () => {
  test('passes it by', () => {
    expect(read({ cache: ' bypass ' })).toMatchObject({ cache: 'bypass' });
  });

  test.each(['', 'no', 'BYPASS', 'bypass, bypass'])('that says %j is refused', (word) => {
    expect(read({ cache: word })).toMatchObject({ fault: 'INVALID_REQUEST' });
  });
});

describe('what of the steering tells answers apart', () => {
  const keyOf = (headers: Readonly<Record<string, string>>): string => {
    const steering = read(headers);
    if ('fault' in steering) throw new Error(steering.message);
    return steeringKey(steering);
  };

  test('is nothing where nothing is asked for but haste, fresh answers, or a session', () => {
    expect(steeringKey(unsteered)).toBe('');
    expect(keyOf({ 'timeout-ms': '5' })).toBe('');
    expect(keyOf({ cache: 'bypass' })).toBe('');
    expect(keyOf({ session: 'a', consistency: 'strict' })).toBe('');
  });

  test('is who is preferred, who is left out, and how many have to agree', () => {
    const asked = [
      { provider: 'alpha' },
      { exclude: 'alpha' },
      { exclude: 'bravo' },
      { quorum: '2/3' },
      { quorum: '3/3' },
    ];
    const keys = new Set(asked.map(keyOf));
    expect(keys.size).toBe(asked.length);
    expect(keys.has('')).toBe(false);
  });

  test('is the same in whatever order it is asked for', () => {
    expect(keyOf({ exclude: 'bravo,alpha' })).toBe(keyOf({ exclude: 'ALPHA, bravo' }));
  });

  test('counts whatever there comes to be asked for, so that no answer is shared by oversight', () => {
    const more: Steering = { ...unsteered, ...{ something: 'new' } };
    expect(steeringKey(more)).not.toBe('');
  });
});
