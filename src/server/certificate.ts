import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { TlsSettings } from '../model/settings.ts';

/** A certificate with its key, seen to belong together. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** When it ends, as it says itself. */
  readonly validTo: string;
}

/** What came of reading one. `why` names the key of the configuration and says what to do; it holds no part of a file. */
export type CertificateReading =
  | { readonly kind: 'read'; readonly certificate: Certificate }
  | { readonly kind: 'refused'; readonly why: string };

/** Reads the files of a certificate and tries them. Never rejects. */
export async function readCertificate(files: TlsSettings): Promise<CertificateReading> {
  const cert = await readFile(files.cert).catch(() => undefined);
  if (cert === undefined) return refused('server.tls.cert: the file cannot be read (check its path and permissions)');
  const key = await readFile(files.key).catch(() => undefined);
  if (key === undefined) return refused('server.tls.key: the file cannot be read (check its path and permissions)');
  const validTo = endOf(cert);
  if (validTo === undefined) return refused('server.tls.cert: the file holds no certificate in PEM');
  if (!isUsable({ key }))
    return refused('server.tls.key: the file holds no key in PEM that can be read without a password');
  if (!isUsable({ cert, key }))
    return refused('server.tls: the key is not that of the certificate (renew both together)');
  return { kind: 'read', certificate: { cert, key, validTo } };
}

/** What a TLS door listens with: TLS 1.2 or newer, and little patience with who begins and does not go on. */
export function secureOptions({ cert, key }: Certificate) {
  return { cert, key, minVersion: 'TLSv1.2', handshakeTimeout: 10_000 } as const;
}

/** From the next connection on a TLS door shows another certificate; those that are open go on. */
export function showCertificate({ server }: FastifyInstance, { cert, key }: Certificate): void {
  if (server instanceof TlsServer) server.setSecureContext({ cert, key, minVersion: 'TLSv1.2' });
}

function endOf(cert: Buffer): string | undefined {
  try {
    return new X509Certificate(cert).validTo;
  } catch {
    return undefined;
  }
}

function isUsable(parts: { readonly cert?: Buffer; readonly key: Buffer }): boolean {
  try {
    createSecureContext(parts);
    return true;
  } catch {
    return false;
  }
}

function refused(why: string): CertificateReading {
  return { kind: 'refused', why };
}
