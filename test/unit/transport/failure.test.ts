import { describe, expect, it } from 'vitest';
import { DialError, dialFailure, wireFailure } from '../../../src/transport/failure.ts';

function coded(code: string, message = 'secret.example:443'): Error {
  return Object.assign(new Error(message), { code });
}

describe('a connection that fails', () => {
  it.each([
    ['F-001', 'ECONNREFUSED', 'refused'],
    ['F-002', 'ETIMEDOUT', 'connect-timeout'],
    ['F-003', 'EHOSTUNREACH', 'unreachable'],
    ['F-003', 'ENETUNREACH', 'unreachable'],
    ['F-021', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls'],
    ['F-021', 'UNABLE_TO_VERIFY_LEAF_CERT', 'tls'],
    ['F-219', 'EMFILE', 'local'],
    ['F-231', 'EADDRNOTAVAIL', 'local'],
    ['F-004', 'ECONNRESET', 'reset'],
    ['', 'ENOWORDFORIT', 'unreachable'],
  ])('%s %s is %s', (_row, code, failure) => {
    expect(dialFailure(coded(code), 'connecting')).toBe(failure);
  });

  it('F-021 after the address has answered it is the handshake, whatever the error says', () => {
    expect(dialFailure(coded('ECONNRESET'), 'greeting')).toBe('tls');
  });

  it('of several addresses the one where the upstream itself said no counts', () => {
    const both = [coded('ENETUNREACH'), coded('ECONNREFUSED')];
    expect(dialFailure(new AggregateError(both), 'connecting')).toBe('refused');
    expect(dialFailure(new AggregateError(both.reverse()), 'connecting')).toBe('refused');
    expect(dialFailure(new AggregateError([coded('EADDRNOTAVAIL')]), 'connecting')).toBe('local');
    expect(dialFailure(new AggregateError([]), 'connecting')).toBe('unreachable');
  });

  it('shows no host', () => {
    expect(new DialError(dialFailure(coded('ECONNREFUSED'), 'connecting')).message).toBe('no connection: refused');
  });
});

describe('an exchange that breaks', () => {
  it.each([
    ['UND_ERR_SOCKET', 'unanswered', 'reset'],
    ['ECONNRESET', 'unanswered', 'reset'],
    ['EPIPE', 'unanswered', 'reset'],
    ['ECONNRESET', 'in-head', 'truncated'],
    ['UND_ERR_SOCKET', 'in-body', 'truncated'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'in-body', 'truncated'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'in-head', 'bad-http'],
    ['UND_ERR_HEADERS_OVERFLOW', 'in-head', 'bad-http'],
    ['UND_ERR_DESTROYED', 'unanswered', 'aborted'],
    ['UND_ERR_CLOSED', 'unanswered', 'aborted'],
    ['UND_ERR_INVALID_ARG', 'unanswered', 'local'],
  ] as const)('%s while %s is %s', (code, progress, failure) => {
    expect(wireFailure(coded(code), progress)).toBe(failure);
  });

  it('a connection that never stood keeps its reason', () => {
    expect(wireFailure(new DialError('dns'), 'unanswered')).toBe('dns');
  });
});
