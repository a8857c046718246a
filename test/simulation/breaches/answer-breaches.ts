import type { GatewayReply, GatewayRequest, Handle } from '../../../src/ports/handle.ts';
import type { Breach } from '../world/breach.ts';

/** One of so many answers is met, so that the rest of the world goes on. */
const rareness = 20;

/** Answers that are met are lost on the way to the client. */
export function answersLost(): Breach {
  return { handle: (handle) => everyNth(handle, (_, reply) => ({ ...reply, body: undefined })) };
}

/** Answers that are met are those to another call, under this call's id. */
export function answersMixedUp(): Breach {
  return { handle: (handle) => everyNth(handle, (request, reply) => saying(request, reply, { result: '0xfeed' })) };
}

/** Calls that are met fail though somebody answered them. */
export function answersGivenUp(): Breach {
  const error = { code: -32603, message: 'planted', data: { fault: 'UPSTREAMS_EXHAUSTED' } };
  return {
    handle: (handle) => {
      let calls = 0;
      return (request, onClientGone) => {
        calls += 1;
        if (calls % rareness !== 0) return handle(request, onClientGone);
        return Promise.resolve(saying(request, { status: 502, headers: {}, body: [] }, { error }));
      };
    },
  };
}

function everyNth(handle: Handle, meet: (request: GatewayRequest, reply: GatewayReply) => GatewayReply): Handle {
  let answered = 0;
  return async (request, onClientGone) => {
    const reply = await handle(request, onClientGone);
    answered += 1;
    return answered % rareness === 0 ? meet(request, reply) : reply;
  };
}

/** A request answered with something else; batches and notifications as they were. */
function saying({ body }: GatewayRequest, reply: GatewayReply, said: object): GatewayReply {
  const call: unknown = JSON.parse(body.toString());
  if (typeof call !== 'object' || call === null || !('id' in call)) return reply;
  return { ...reply, body: [Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: call.id, ...said }))] };
}
