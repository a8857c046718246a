import { onTestFinished } from 'vitest';
import type { SendResult } from '../../../src/model/answer.ts';
import type { Cancel } from '../../../src/ports/clock.ts';
import type { Send } from '../../../src/ports/transport.ts';
import {
  createHttpTransport,
  type HttpTransport,
  type HttpTransportOptions,
} from '../../../src/transport/http-transport.ts';
import { type FaultUpstream, type Script, startFaultUpstream } from '../../support/fault-upstream.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

/** A transport to one upstream, `up`, on a clock that stands still: what times out does so because the test says so. */
export interface OpenTransport {
  readonly transport: HttpTransport;
  readonly clock: VirtualClock;
  /** Sends a small read and waits for what comes of it. */
  send(overrides?: Partial<Send>): Promise<SendResult>;
  /** Sends without waiting. */
  start(overrides?: Partial<Send>): { readonly result: Promise<SendResult>; readonly cancel: Cancel };
}

/** What tests send unless they say otherwise. */
export const smallRead: Send = {
  upstream: 'up',
  body: Buffer.from('{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'),
  timeoutMs: 5_000,
  maxBytes: 1024 * 1024,
  connection: 'pooled',
  resend: 'reads',
};

/** Opens a transport that closes with the test. */
export function openTransport(url: string, options: Partial<HttpTransportOptions> = {}): OpenTransport {
  const clock = createVirtualClock();
  const transport = createHttpTransport({
    endpoints: [{ key: 'up', url, headers: {} }],
    connectTimeoutMs: 2_000,
    maxBufferedBytes: 64 * 1024 * 1024,
    clock,
    ...options,
  });
  onTestFinished(() => transport.close());
  function start(overrides: Partial<Send> = {}): { readonly result: Promise<SendResult>; readonly cancel: Cancel } {
    let cancel: Cancel = () => {};
    const result = new Promise<SendResult>((resolve) => {
      cancel = transport.send({ ...smallRead, ...overrides }, resolve);
    });
    return { result, cancel };
  }
  return { transport, clock, start, send: (overrides) => start(overrides).result };
}

/** Opens a transport to an upstream that plays the script; both close with the test. */
export async function facing(
  script: Script,
  options?: Partial<HttpTransportOptions>,
): Promise<OpenTransport & { readonly upstream: FaultUpstream }> {
  const upstream = await startFaultUpstream(script);
  onTestFinished(() => upstream.close());
  return { ...openTransport(upstream.url, options), upstream };
}

/** Lets the loop turn until something holds that is bound to come. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** The body of an answer as text; fails the test for anything but an answer. */
export function bodyOf(result: SendResult): string {
  if (result.kind !== 'answered') throw new Error(`no answer but ${result.failure}`);
  return result.body.toString('utf8');
}
