import { refuseByKey } from '../classify/client-admission.ts';
import type { ClassifiedCall } from '../model/call.ts';
import type { Client } from '../model/client.ts';
import type { FaultAnswer } from '../model/faults.ts';
import type { ChainName } from '../model/names.ts';
import type { Settings } from '../model/settings.ts';
import type { ClientLimits } from '../ports/client-limits.ts';
import type { GatewayRequest } from '../ports/handle.ts';
import { createKnowClient, type KnowClient } from './clients.ts';

/** What a client's call is held to, before anything is done for it. */
export interface ClientGate {
  /** Who calls, or why nobody is served so. */
  readonly know: KnowClient;
  /** True where the request's steering headers are obeyed. */
  maySteer(request: GatewayRequest, client: Client): boolean;
  /** Why the client may not make this call now; undefined where it may, and then `leave` is to be called once it is over. */
  enter(client: Client, call: ClassifiedCall, chain: ChainName): Promise<FaultAnswer | undefined>;
  leave(client: Client): void;
  /** Charges one more send of a call that is under way; why that is too much, or undefined where it is not. */
  charge(client: Client, call: ClassifiedCall): Promise<FaultAnswer | undefined>;
}

/** Creates the gate of one process; it goes by the settings in force. */
export function createClientGate(settings: () => Settings, limits: ClientLimits): ClientGate {
  const charge: ClientGate['charge'] = async (client, { policy }) => {
    const over = client.rates === undefined ? undefined : await limits.take(client, policy.cost);
    return over === undefined ? undefined : rateLimited(over.retryAfterMs);
  };
  let auth = settings().auth;
  let know = createKnowClient(auth);
  return {
    know(request) {
      const present = settings().auth;
      if (present !== auth) {
        auth = present;
        know = createKnowClient(auth);
      }
      return know(request);
    },
    maySteer({ client }, { key }) {
      const { steering } = settings().server;
      return steering === 'open' || (steering !== 'off' && (client.loopback || key?.steer === true));
    },
    async enter(client, call, chain) {
      const closed = client.key === undefined ? undefined : refuseByKey(client.key, call, chain);
      if (closed !== undefined || client.rates === undefined) return closed;
      const over = await charge(client, call);
      if (over !== undefined) return over;
      return limits.enter(client) ? undefined : rateLimited(0);
    },
    charge,
    leave(client) {
      if (client.rates !== undefined) limits.leave(client);
    },
  };
}

function rateLimited(retryAfterMs: number): FaultAnswer {
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  const message = `Over what this client may use. Try again after ${retryAfterSeconds} s, or ask the operator for more.`;
  return { fault: 'RATE_LIMITED', message, retryAfterSeconds };
}
