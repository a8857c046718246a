import type { TransportFailure } from '../model/answer.ts';
import type { MethodPolicy } from '../model/method-policy.ts';

/** Most characters of a message, of `error.data` and of a foreign body that are looked at. */
export const maxEvidenceText = 2048;

/** Largest result that is opened to look for a code inside; a refusal is never that large. */
export const maxResultBytes = 65_536;

/** The call an answer belongs to. */
interface Asked {
  readonly policy: MethodPolicy;
  /** The method's name as the client wrote it, also where the spec does not know it. */
  readonly method: string;
}

/** Nothing came back, or nothing whole. */
export interface TransportEvidence extends Asked {
  readonly kind: 'transport';
  readonly failure: TransportFailure;
}

/** Something came back that is no answer of the protocol: a CDN's page, plain text, a stranger's JSON, broken JSON. */
export interface MalformedEvidence extends Asked {
  readonly kind: 'malformed';
  readonly status: number;
  /** The body's beginning as text, at most `maxEvidenceText` characters; empty where it is unreadable. */
  readonly bodyText: string;
  readonly retryAfterMs?: number | undefined;
}

/** A well-formed error of the protocol. */
export interface ErrorEvidence extends Asked {
  readonly kind: 'error';
  readonly status: number;
  readonly code: number;
  readonly message: string;
  /** The beginning of `error.data` as JSON text, at most `maxEvidenceText` characters; empty where there is none. */
  readonly dataText: string;
  readonly retryAfterMs?: number | undefined;
}

/** A gRPC status that is not OK. */
export interface GrpcEvidence extends Asked {
  readonly kind: 'grpc';
  readonly code: number;
  readonly message: string;
  readonly retryAfterMs?: number | undefined;
}

/** A well-formed result of a method whose results may hide a refusal (`Judge.readsResults`). */
export interface ResultEvidence extends Asked {
  readonly kind: 'result';
  readonly result: Buffer;
}

/** All that a judge may be shown of one answer. */
export type Evidence = TransportEvidence | MalformedEvidence | ErrorEvidence | GrpcEvidence | ResultEvidence;
