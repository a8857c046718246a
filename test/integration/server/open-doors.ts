import { onTestFinished } from 'vitest';
import type { AdminSettings, ServerSettings } from '../../../src/model/settings.ts';
import type { ChainReadiness, Operations, Readies } from '../../../src/ports/doors.ts';
import type { GatewayReply, GatewayRequest } from '../../../src/ports/handle.ts';
import { type AdminServerOptions, createAdminServer } from '../../../src/server/admin-server.ts';
import { createPublicServer, type PublicServerOptions } from '../../../src/server/public-server.ts';
import { buildServerSettings } from '../../support/server-settings.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

/** What the handle behind the door was asked, and a hand to let its client go. */
export interface Visit {
  readonly request: GatewayRequest;
  isGone: boolean;
}

const settings = buildServerSettings();

export const readyChain: ChainReadiness = { state: 'running', ready: true, serving: 2, tip: 100, epoch: 3, reason: '' };

/** Readiness of one chain, `eth`, that is as ready as it says. */
export function readiesOf(chain: ChainReadiness = readyChain): Readies {
  return {
    readiness: () => ({ ready: chain.ready, chains: { eth: chain } }),
    chain: (name) => (name === 'eth' ? chain : undefined),
  };
}

/** What is out of the ordinary at a public door. */
export type PublicTraits = Partial<Omit<PublicServerOptions, 'settings'>> & {
  readonly settings?: Partial<ServerSettings>;
};

/** Opens a public door on a port of its own, in front of a handle that answers `ok`; it closes with the test. */
export async function openPublic(
  traits: PublicTraits = {},
): Promise<{ readonly url: string; readonly visits: Visit[] }> {
  const visits: Visit[] = [];
  const server = await createPublicServer({
    maxBodyBytes: 1024,
    readies: readiesOf(),
    isDraining: () => false,
    refuse: ({ fault, http = 400 }) => replyOf(JSON.stringify({ fault }), http),
    async handle(request, onCancel) {
      const visit: Visit = { request, isGone: false };
      visits.push(visit);
      onCancel(() => {
        visit.isGone = true;
      });
      return replyOf('ok');
    },
    ...traits,
    settings: { ...settings, ...traits.settings },
  });
  onTestFinished(() => server.close());
  return { url: await server.listen({ host: '127.0.0.1', port: 0 }), visits };
}

/** A reply of these pieces. */
export function replyOf(body: string | readonly Buffer[], status = 200): GatewayReply {
  const pieces = typeof body === 'string' ? [Buffer.from(body)] : body;
  return { status, headers: { 'content-type': 'application/json' }, body: pieces };
}

/** Operations that note what they were asked and do it for `eth/alpha/json-rpc` alone. */
export function recordedOperations(): Operations & { readonly asked: string[] } {
  const asked: string[] = [];
  const operate = (what: string) => (upstream: string) => {
    asked.push(`${what} ${upstream}`);
    return upstream === 'eth/alpha/json-rpc'
      ? ({ done: true } as const)
      : ({ done: false, why: 'no such upstream' } as const);
  };
  return {
    asked,
    chains: () => [],
    status: () => ({ chains: [] }),
    explain: (query) => query,
    recall: (requestId) => ({ requestId }),
    cordon: operate('cordon'),
    uncordon: operate('uncordon'),
    probe: operate('probe'),
    async reload() {
      asked.push('reload');
      return { done: false, why: 'the file is wrong', problems: ['c.yaml:1 tls: is no key'] };
    },
  };
}

/** Opens an admin door with these settings, over operations, calls and a clock of the test's choice. */
export async function openAdmin(
  admin: Partial<AdminSettings> = {},
  traits: Partial<Pick<AdminServerOptions, 'operations' | 'handle' | 'clock'>> = {},
): Promise<{ readonly url: string; readonly asked: readonly string[] }> {
  const operations = recordedOperations();
  const server = await createAdminServer({
    settings: { host: '127.0.0.1', port: 0, ...admin },
    readies: readiesOf(),
    operations,
    handle: async () => replyOf('{"jsonrpc":"2.0","id":1,"result":"0x1"}'),
    clock: createVirtualClock(),
    expose: async () => ({ text: 'up 1\n', contentType: 'text/plain; version=0.0.4' }),
    isDraining: () => false,
    ...traits,
  });
  onTestFinished(() => server.close());
  return { url: await server.listen({ host: '127.0.0.1', port: 0 }), asked: operations.asked };
}
