import type { Vow, Watch } from '../watch.ts';
import type { Sent, SentEnd } from '../world/sim-network.ts';

/** What one endpoint said of its chain, in this process's life. */
interface Said {
  isRight: boolean;
  /** When it was first heard to be of another chain since it was right. */
  wrongSince: number | undefined;
}

/**
 * Identity by the wire, not by what the gateway believes: a client's call goes out only after that very endpoint named the right
 * chain in this process's life, and not once it was heard to name another.
 */
export const confirmedFirst: Vow = {
  words: 'nobody is asked before its identity is confirmed, nor after it was wrong',
  watch(scene): Watch {
    const said = new Map<string, Said>();
    return {
      booted: () => said.clear(),
      ended: (sent, end) => hear(said, sent, end, scene.plan.history.chainId),
      sent: (sent) => {
        const record = scene.calls().get(sent.call.number);
        if (record === undefined || !record.sends.includes(sent)) return;
        const heard = said.get(sent.key);
        if (heard?.isRight !== true && heard?.wrongSince === undefined)
          scene.complain(`${sent.key} was asked #${sent.call.number} and never named its chain`);
        const since = heard?.wrongSince;
        if (since !== undefined && record.startedAt > since + waitedMs)
          scene.complain(`${sent.key} was asked #${sent.call.number} though it named another chain at ${since}`);
      },
    };
  },
};

/** A call that came in before may have waited for its first proof. */
const waitedMs = 2500;

function hear(said: Map<string, Said>, sent: Sent, end: SentEnd, chainId: string): void {
  if (sent.purpose !== 'probe' || sent.call.method !== 'eth_chainId' || sent.call.number >= 0) return;
  if (end.kind !== 'answered' || end.worth !== 'good') return;
  const known = said.get(sent.key) ?? { isRight: false, wrongSince: undefined };
  said.set(sent.key, known);
  const isRight = end.shown === `0x${Number(chainId).toString(16)}`;
  known.isRight = isRight;
  known.wrongSince = isRight ? undefined : (known.wrongSince ?? end.at);
}
