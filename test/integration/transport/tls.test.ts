import { describe, expect, it, onTestFinished } from 'vitest';
import * as scripts from '../../support/fault-scripts.ts';
import { startFaultUpstream } from '../../support/fault-upstream.ts';
import {
  expired,
  forAnotherHost,
  forLocalhost,
  selfSigned,
  type TlsFixture,
  testAuthority,
} from '../../support/tls-fixtures.ts';
import { bodyOf, type OpenTransport, openTransport, until } from './open-transport.ts';

async function facingTls(fixture: TlsFixture, authorities?: readonly string[]): Promise<OpenTransport> {
  const upstream = await startFaultUpstream(scripts.answers(), fixture);
  onTestFinished(() => upstream.close());
  return openTransport(upstream.url, authorities === undefined ? {} : { authorities });
}

describe('https', () => {
  it('answers where the certificate is good, and keeps the connection', async () => {
    const { send } = await facingTls(forLocalhost, [testAuthority]);
    const [first, second] = [await send(), await send()];
    expect(bodyOf(first)).toBe(scripts.goodBody);
    expect(second.connection).toBe(first.connection);
  });

  it.each([
    ['expired', expired],
    ['for another host', forAnotherHost],
    ['signed by itself', selfSigned],
  ])('F-021 fails as tls, with nothing sent, where the certificate is %s', async (_name, fixture) => {
    const { send } = await facingTls(fixture, [testAuthority]);
    expect(await send()).toMatchObject({ failure: 'tls', sent: 'nothing' });
  });

  it('F-021 fails where the authority is unknown, even when the environment turns verification off', async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    onTestFinished(() => {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    });
    const { send } = await facingTls(forLocalhost);
    expect(await send()).toMatchObject({ failure: 'tls', sent: 'nothing' });
  });

  it('F-021 fails where the other side speaks no TLS', async () => {
    const upstream = await startFaultUpstream(scripts.garbageBanner);
    onTestFinished(() => upstream.close());
    upstream.greet('HTTP/1.1 400 Bad Request\r\n\r\n');
    const { send } = openTransport(upstream.url.replace('http:', 'https:'));
    expect(await send()).toMatchObject({ failure: 'tls', sent: 'nothing' });
  });

  it('F-022 a handshake that stalls is part of the connect time', async () => {
    const upstream = await startFaultUpstream(scripts.silent);
    onTestFinished(() => upstream.close());
    const { start, clock } = openTransport(upstream.url.replace('http:', 'https:'));
    const { result } = start();
    await until(() => upstream.open === 1);
    await clock.advanceAsync(2_000);
    expect(await result).toMatchObject({ failure: 'connect-timeout', sent: 'nothing' });
  });
});
