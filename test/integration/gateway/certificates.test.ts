import { X509Certificate } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../../../src/gateway.ts';
import { createFakeChain } from '../../support/fake-chain.ts';
import { startFakeUpstream } from '../../support/fake-upstream.ts';
import { lookUntil } from '../../support/look-until.ts';
import { devnetOf, type ReloadableGateway, readOverUsual, startReloadable } from '../../support/reloadable-gateway.ts';
import { openTls, postTls, shownBy } from '../../support/tls-client.ts';
import { forLocalhost, selfSigned, type TlsFixture, testAuthority } from '../../support/tls-fixtures.ts';

/** A folder with the files of a certificate, which goes with the test. */
class Files {
  readonly #folder = mkdtempSync(join(tmpdir(), 'switchyard-tls-'));

  constructor(fixture: TlsFixture) {
    this.write(fixture);
    onTestFinished(() => rmSync(this.#folder, { recursive: true }));
  }

  get tls(): { readonly cert: string; readonly key: string } {
    return { cert: join(this.#folder, 'cert.pem'), key: join(this.#folder, 'key.pem') };
  }

  /** Puts other files in their places, each whole at once. */
  write(fixture: Partial<TlsFixture>): void {
    for (const [name, text] of Object.entries(fixture)) {
      const path = join(this.#folder, `${name}.pem`);
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    }
  }
}

function fingerprintOf({ cert }: TlsFixture): string {
  return new X509Certificate(cert).fingerprint256;
}

async function configOf(tls: object | undefined): Promise<object> {
  const upstream = await startFakeUpstream({ chain: createFakeChain({ chainId: 31_337 }) });
  onTestFinished(() => upstream.close());
  const server = { port: 0, drainDelay: '0s', ...(tls !== undefined && { tls }) };
  return { server, chains: { devnet: devnetOf([{ name: 'alpha', url: upstream.url }]) } };
}

async function openSecure(files: Files): Promise<ReloadableGateway & { readonly config: object }> {
  const config = await configOf(files.tls);
  return { ...(await startReloadable(config)), config };
}

describe('the public door over TLS', () => {
  test('answers calls, and says so in its address', async () => {
    const { publicUrl } = await openSecure(new Files(forLocalhost));
    expect(publicUrl).toMatch(/^https:/);
    const call = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] });
    const { status, text } = await postTls(`${publicUrl}/devnet`, call, testAuthority);
    expect([status, JSON.parse(text).result]).toEqual([200, '0x7a69']);
  });

  test.each(['TLSv1', 'TLSv1.1'] as const)('shakes no hands in %s', async (version) => {
    const { publicUrl } = await openSecure(new Files(forLocalhost));
    await expect(shownBy(publicUrl, version)).rejects.toThrow();
    expect(await shownBy(publicUrl, 'TLSv1.2')).toBe(fingerprintOf(forLocalhost));
  });

  test('F-237: takes a new certificate with a reload, and goes on with the connections it has', async () => {
    const files = new Files(forLocalhost);
    const { publicUrl, take, config } = await openSecure(files);
    const open = await openTls(publicUrl);
    const other = new Files(selfSigned);
    const next = { ...config, server: { port: 0, drainDelay: '0s', tls: other.tls } };
    expect(await take(next)).toMatchObject({ done: true, needsRestart: [] });
    expect(await shownBy(publicUrl)).toBe(fingerprintOf(selfSigned));
    const answer = new Promise<string>((resolve) => open.setEncoding('utf8').once('data', resolve));
    open.write('GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each([
    ['server.tls.cert: the file holds no certificate in PEM', { cert: 'nothing of the kind' }],
    [
      'server.tls.key: the file holds no key in PEM that can be read without a password',
      { key: 'nothing of the kind' },
    ],
    ['server.tls: the key is not that of the certificate (renew both together)', { key: selfSigned.key }],
  ])('F-237: a reload that finds "%s" changes nothing', async (why, wrong) => {
    const files = new Files(forLocalhost);
    const { publicUrl, take, config, metric } = await openSecure(files);
    files.write(wrong);
    expect(await take({ ...config, limits: { maxBatchCalls: 7 } })).toEqual({
      done: false,
      why: expect.any(String),
      problems: [why],
    });
    expect(await metric('switchyard_config_last_reload_successful')).toBe(0);
    expect(await shownBy(publicUrl)).toBe(fingerprintOf(forLocalhost));
  });

  test('takes a renewed certificate by itself, once its files fit together', async () => {
    const files = new Files(forLocalhost);
    const { publicUrl } = await openSecure(files);
    files.write({ cert: selfSigned.cert });
    expect(await shownBy(publicUrl)).toBe(fingerprintOf(forLocalhost));
    files.write({ key: selfSigned.key });
    await lookUntil(
      () => shownBy(publicUrl),
      (shown) => shown === fingerprintOf(selfSigned),
    );
  });

  test('turned on or off by a reload waits for a restart', async () => {
    const plain = await configOf(undefined);
    const gateway = await startReloadable(plain);
    const secure = { ...plain, server: { port: 0, drainDelay: '0s', tls: new Files(forLocalhost).tls } };
    expect(await gateway.take(secure)).toMatchObject({ done: true, needsRestart: ['server.tls'] });
    expect((await gateway.call('eth_chainId')).status).toBe(200);
  });

  test.each(['cert', 'key'])('is not opened without its %s', async (missing) => {
    const { tls } = new Files(forLocalhost);
    const reading = readOverUsual(await configOf({ ...tls, [missing]: '/nowhere.pem' }));
    if (reading.kind === 'refused') throw new Error(reading.problems.join('\n'));
    const starting = startGateway(reading.settings, { version: 'test', reread: async () => reading });
    await expect(starting).rejects.toThrow(`server.tls.${missing}: the file cannot be read`);
  });
});
