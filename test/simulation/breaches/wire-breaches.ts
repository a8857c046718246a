import type { Upstream } from '../../../src/model/pairing.ts';
import type { Send, Transport } from '../../../src/ports/transport.ts';
import type { Breach } from '../world/breach.ts';
import type { SimProcess } from '../world/sim-process.ts';

/** One of so many is met, so that the rest of the world goes on. */
const rareness = 20;

/** Sends of a kind go out twice; what comes back the second time is dropped. */
export function sentTwice(isMeant: (send: Send) => boolean): Breach {
  let met = 0;
  return {
    transport: (transport) => ({
      send: (send, done) => {
        const cancel = transport.send(send, done);
        if (isMeant(send) && ++met % rareness === 0) transport.send(send, () => undefined);
        return cancel;
      },
    }),
  };
}

/** Probes of a blocked upstream go to one that serves, as they would over a connection object that stands for several. */
export function probesOfAnother(): Breach {
  return {
    transport: (transport, process) => ({
      send: (send, done) => transport.send(redirected(send, process()), done),
    }),
  };
}

function redirected(send: Send, process: SimProcess | undefined): Send {
  const upstreams = upstreamsBeside(send, process);
  const own = upstreams.find(({ endpoint }) => endpoint.key === send.upstream);
  const other = upstreams.find(({ standing }) => standing === 'serving');
  if (own?.standing !== 'blocked' || other === undefined) return send;
  const { key, tracker } = other.endpoint;
  return { ...send, upstream: key, tracker };
}

function upstreamsBeside({ upstream }: Send, process: SimProcess | undefined): readonly Upstream[] {
  const chain = upstream.slice(0, upstream.indexOf('/'));
  return process?.chain(chain)?.lane.pairing().upstreams ?? [];
}

/** Probes of the first upstream go nowhere and time out. */
export function probesLost(): Breach {
  return {
    transport: (transport, process) => ({
      send: (send, done) => {
        const clock = process()?.clock;
        const isLost = isProbe(send) && upstreamsBeside(send, process())[0]?.endpoint.key === send.upstream;
        if (clock === undefined || !isLost) return transport.send(send, done);
        return clock.after(send.timeoutMs, () =>
          done({ kind: 'failed', failure: 'timeout', sent: 'maybe', connection: 0 }),
        );
      },
    }),
  };
}

/**
 * A question for the newest block that breaks its connection is dropped with it, as if the gateway itself had ended it. Nor is told
 * how calls fail, so that nothing but polls can notice.
 */
export function pollsDropped(): Breach {
  return {
    fold: (event) => (event.kind === 'attempt-failed' ? undefined : event),
    transport: (transport) => ({
      send: (send, done) =>
        transport.send(send, (result) => {
          const isBroken = result.kind === 'failed' && (result.failure === 'refused' || result.failure === 'reset');
          done(isBroken && isHeadRead(send) ? { ...result, failure: 'aborted' } : result);
        }),
    }),
  };
}

/** Every send arms a timer that nobody cancels. */
export function timersLeft(): Breach {
  return {
    transport: (transport: Transport, process) => ({
      send: (send, done) => {
        process()?.clock.after(86_400_000, () => undefined);
        return transport.send(send, done);
      },
    }),
  };
}

/** True for the first question of a probe. */
export function isProbe({ body }: Send): boolean {
  return body.includes('"eth_chainId","params":[]') || body.includes('"eth_chainId"}');
}

/** True for a signed transaction. */
export function isRawWrite({ body }: Send): boolean {
  return body.includes('"eth_sendRawTransaction"');
}

/** True for a read that any client may have asked. */
export function isStateRead({ body }: Send): boolean {
  return body.includes('"eth_call"') || body.includes('"eth_getBalance"');
}

/** True for a read of the newest block, as polls and probes ask for it. */
export function isHeadRead({ body }: Send): boolean {
  return body.includes('"eth_getBlockByNumber","params":["latest",false]');
}
