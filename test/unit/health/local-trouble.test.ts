import { describe, expect, test } from 'vitest';
import {
  hostOf,
  isLocalFailure,
  isOurTrouble,
  isOwnTimeout,
  nextStall,
  noLocalErrors,
  noteLocalError,
} from '../../../src/health/local-trouble.ts';
import { buildVerdict } from '../../support/build-health.ts';
import { buildEndpoint } from '../../support/build-pairing.ts';

describe('local errors', () => {
  test('no route and no resolver may be ours; refused, reset, timed out and aborted are not', () => {
    expect((['dns', 'unreachable', 'local'] as const).every(isLocalFailure)).toBe(true);
    const others = [
      'refused',
      'reset',
      'timeout',
      'connect-timeout',
      'tls',
      'aborted',
      'truncated',
      undefined,
    ] as const;
    expect(others.some(isLocalFailure)).toBe(false);
  });

  test('are ours on three hosts at once, not on two', () => {
    const two = noteLocalError(noteLocalError(noLocalErrors, 'a', 1000), 'b', 4000);
    expect(isOurTrouble(two, 4000)).toBe(false);
    expect(isOurTrouble(noteLocalError(two, 'b', 5000), 5000)).toBe(false);
    expect(isOurTrouble(noteLocalError(two, 'c', 5000), 4000)).toBe(true);
  });

  test('are not at once when more than ten seconds lie between them', () => {
    const spread = ['a', 'b', 'c'].reduce((errors, host, at) => noteLocalError(errors, host, at * 6000), noLocalErrors);
    expect(isOurTrouble(spread, 12_000)).toBe(false);
    expect(isOurTrouble(spread, 6000)).toBe(true);
  });

  test('stay a bounded list', () => {
    let errors = noLocalErrors;
    for (let at = 0; at < 1000; at += 1) errors = noteLocalError(errors, `h${at}`, 5);
    expect(errors.size).toBe(256);
    expect(errors.has('h999')).toBe(true);
  });
});

describe('hosts', () => {
  test('are told apart by operator, and by URL among one’s own', () => {
    expect(hostOf(buildEndpoint(0, { group: 'example.com' }))).toBe('example.com');
    expect(hostOf(buildEndpoint(0, { group: 'own', tracker: 't9' }))).toBe('t9');
  });
});

describe('a standstill of our own', () => {
  const stall = nextStall(undefined, { dueAt: 10_000, at: 40_000 });
  const timeout = { verdict: buildVerdict('timeout'), sentAt: 9000, at: 40_000 };

  test('shows in a heartbeat that comes much too late', () => {
    expect(stall).toEqual({ from: 10_000, to: 40_000 });
    expect(nextStall(undefined, { dueAt: 10_000, at: 10_200 })).toBeUndefined();
    expect(nextStall(stall, { dueAt: 41_000, at: 41_010 })).toBe(stall);
  });

  test('F-220, F-230: takes the blame for timeouts that ran out over it', () => {
    expect(isOwnTimeout(timeout, stall)).toBe(true);
    const connect = {
      verdict: buildVerdict('connect-failed'),
      failure: 'connect-timeout',
      sentAt: 9000,
      at: 40_000,
    } as const;
    expect(isOwnTimeout(connect, stall)).toBe(true);
  });

  test('takes no blame for what was sent after it, ended before it, or was refused', () => {
    expect(isOwnTimeout({ ...timeout, sentAt: 40_000, at: 45_000 }, stall)).toBe(false);
    expect(isOwnTimeout({ ...timeout, sentAt: 4000, at: 9000 }, stall)).toBe(false);
    expect(isOwnTimeout({ ...timeout, verdict: buildVerdict('connection-lost') }, stall)).toBe(false);
    expect(isOwnTimeout(timeout, undefined)).toBe(false);
  });
});
