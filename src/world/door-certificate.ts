import type { FastifyInstance } from 'fastify';
import type { ServerSettings, TlsSettings } from '../model/settings.ts';
import type { Log } from '../observe/log.ts';
import { type Certificate, type CertificateReading, readCertificate, showCertificate } from '../server/certificate.ts';
import { StartError } from './specs.ts';

/**
 * The certificate a door begins with; undefined where it speaks plain HTTP.
 * @throws StartError where the files are not what they should be.
 */
export async function firstCertificate({ tls }: ServerSettings): Promise<Certificate | undefined> {
  if (tls === undefined) return undefined;
  const reading = await readCertificate(tls);
  if (reading.kind === 'refused') throw new StartError(reading.why);
  return reading.certificate;
}

/** What the public door shows who it is by, over reloads and renewals. */
export class DoorCertificate {
  readonly #log: Pick<Log, 'info' | 'error'>;
  #shown: Certificate | undefined;
  #door: FastifyInstance | undefined;

  /** @param shown what the door begins with; undefined where it speaks plain HTTP. */
  constructor(shown: Certificate | undefined, log: Pick<Log, 'info' | 'error'>) {
    this.#shown = shown;
    this.#log = log;
  }

  get shown(): Certificate | undefined {
    return this.#shown;
  }

  /** Names the door that was opened with it. */
  hang(door: FastifyInstance): void {
    this.#door = door;
  }

  /** Reads the files that settings name, and shows nothing yet. Undefined where the door speaks plain HTTP, or is to from the next start on. */
  async read({ tls }: ServerSettings): Promise<CertificateReading | undefined> {
    return this.#shown === undefined || tls === undefined ? undefined : readCertificate(tls);
  }

  /** Shows a certificate from the next connection on. */
  show(certificate: Certificate): void {
    const isNew = this.#shown?.cert.equals(certificate.cert) !== true || !this.#shown.key.equals(certificate.key);
    if (!isNew) return;
    if (this.#door !== undefined) showCertificate(this.#door, certificate);
    this.#shown = certificate;
    this.#log.info('certificate taken', { validTo: certificate.validTo });
  }

  /** The files have changed: whatever is right is shown, and what is not changes nothing. Never rejects. */
  async renew(tls: TlsSettings): Promise<void> {
    const reading = await readCertificate(tls);
    if (reading.kind === 'read') return this.show(reading.certificate);
    this.#log.error('certificate refused; the one before stays in use', { why: reading.why });
  }
}
