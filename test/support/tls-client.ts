import { request } from 'node:https';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';

/** Who a TLS door shows itself to be: the SHA-256 fingerprint of its certificate. Rejects where there is no handshake. */
export function shownBy(url: string, maxVersion: SecureVersion = 'TLSv1.3'): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = {
      rejectUnauthorized: false,
      minVersion: 'TLSv1' as const,
      maxVersion,
      ciphers: 'DEFAULT@SECLEVEL=0',
    };
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), ...options }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.end();
    });
    socket.on('error', reject);
  });
}

/** Opens a TLS connection that stays open. */
export function openTls(url: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const port = Number(new URL(url).port);
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => resolve(socket));
    socket.on('error', reject);
  });
}

/** Posts over TLS, trusting these authorities and nobody else, and answers the status with the body. */
export function postTls(
  url: string,
  body: string,
  ca: string,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method: 'POST', ca, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece) => {
        text += piece;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    asking.on('error', reject);
    asking.end(body);
  });
}
