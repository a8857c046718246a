import type { GatewayReply } from '../ports/handle.ts';
import type { HeldBytes } from '../ports/held-bytes.ts';
import type { CallReply } from './render.ts';

/** Smaller replies are not counted: the bound on calls in flight bounds them. In bytes. */
const countedFrom = 4096;

/**
 * What the replies to one request hold of the memory for answers, from when they are rendered until they have left: a batch
 * cannot pile up more than there is room for, nor can clients that never read.
 */
export interface ReplyHold {
  /** False where there is no room for the reply: the call is to be refused instead. */
  keep(reply: CallReply): boolean;
  /** Passes the bytes to whoever sends them, who gives them back. */
  passOn(reply: GatewayReply): GatewayReply;
  /** Gives back all that is held, where nothing is going to be sent; from then on nothing is kept. */
  drop(): void;
}

/** Starts to count for one request. */
export function createReplyHold(room: HeldBytes): ReplyHold {
  let held = 0;
  let isOver = false;
  const drop = (): void => {
    isOver = true;
    if (held > 0) room.give(held);
    held = 0;
  };
  return {
    keep({ pieces, rest }) {
      // Whoever brings a rest counts all of it.
      if (rest !== undefined) return true;
      let bytes = 0;
      for (const piece of pieces) bytes += piece.length;
      if (bytes < countedFrom) return true;
      // A call of a batch may end after the batch was given up.
      if (isOver || !room.take(bytes)) return false;
      held += bytes;
      return true;
    },
    passOn: (reply) => (held === 0 ? reply : { ...reply, letGo: drop }),
    drop,
  };
}
