import type { TransportFailure } from '../model/answer.ts';

/** A connection that did not come about, already translated. Its text names no host. */
export class DialError extends Error {
  readonly failure: TransportFailure;

  constructor(failure: TransportFailure) {
    super(`no connection: ${failure}`);
    this.name = 'DialError';
    this.failure = failure;
  }
}

const dialCodes: ReadonlyMap<string, TransportFailure> = new Map<string, TransportFailure>([
  ['ECONNREFUSED', 'refused'],
  ['ETIMEDOUT', 'connect-timeout'],
  ['EHOSTUNREACH', 'unreachable'],
  ['EHOSTDOWN', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ENETDOWN', 'unreachable'],
  ['ECONNRESET', 'reset'],
  ['ECONNABORTED', 'reset'],
  ['EPIPE', 'reset'],
  ['EMFILE', 'local'],
  ['ENFILE', 'local'],
  ['ENOBUFS', 'local'],
  ['ENOMEM', 'local'],
  ['EADDRNOTAVAIL', 'local'],
  ['EADDRINUSE', 'local'],
  ['EACCES', 'local'],
  ['EPERM', 'local'],
]);

/** Of several addresses tried, what the upstream itself said counts before what our own network said. */
const mostTelling: readonly TransportFailure[] = [
  'refused',
  'reset',
  'tls',
  'connect-timeout',
  'dns',
  'unreachable',
  'local',
];

/** How far a connection had come when it failed: `greeting` is the TLS handshake, once the address has answered. */
export type DialStage = 'connecting' | 'greeting';

/** Why no connection came about. */
export function dialFailure(error: unknown, stage: DialStage): TransportFailure {
  if (error instanceof DialError) return error.failure;
  if (stage === 'greeting') return 'tls';
  if (error instanceof AggregateError) {
    const failures = new Set(error.errors.map((one) => dialFailure(one, stage)));
    return mostTelling.find((failure) => failures.has(failure)) ?? 'unreachable';
  }
  const code = codeOf(error);
  return dialCodes.get(code) ?? (/^(?:ERR_SSL|ERR_TLS)_|CERT|EPROTO/.test(code) ? 'tls' : 'unreachable');
}

/** How far an exchange had come when it broke. */
export type Progress = 'unanswered' | 'in-head' | 'in-body';

/** Why an exchange on an open connection broke. */
export function wireFailure(error: Error, progress: Progress): TransportFailure {
  if (error instanceof DialError) return error.failure;
  switch (codeOf(error)) {
    case 'UND_ERR_HEADERS_OVERFLOW':
      return 'bad-http';
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      // Also said of a head that contradicts itself, where no body can be short yet.
      return progress === 'in-body' ? 'truncated' : 'bad-http';
    case 'UND_ERR_DESTROYED':
    case 'UND_ERR_CLOSED':
      return 'aborted';
    case 'UND_ERR_INVALID_ARG':
      return 'local';
    default:
      return uncodedFailure(error) ?? (progress === 'unanswered' ? 'reset' : 'truncated');
  }
}

/** What undici tells apart by name or text only: its parser's errors carry no code, a 100 or 101 that of a broken socket. */
function uncodedFailure(error: Error): TransportFailure | undefined {
  if (error.name === 'HTTPParserError') return error.message.includes('EOF') ? 'truncated' : 'bad-http';
  return error.message === 'bad response' || error.message === 'bad upgrade' ? 'bad-http' : undefined;
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return String(error.code);
}
