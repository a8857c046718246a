import type { SendResult } from '../../src/model/answer.ts';
import type { UpstreamKey } from '../../src/model/names.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Send, Transport } from '../../src/ports/transport.ts';
import type { FakeAnswer } from './fake-methods.ts';
import type { SolanaFake } from './solana-fake.ts';

/** The wire between the gateway and fakes, in memory and on a test's clock. */
export interface SolanaNetwork {
  readonly transport: Transport;
  /** Refuses every connection to this upstream from now on, or takes them again. */
  setReachable(upstream: UpstreamKey, reachable: 'yes' | 'no'): void;
}

/** There and back, in milliseconds. */
const latencyMs = 5;

/** Makes the wire: bytes in, bytes out, one connection for each upstream. */
export function createSolanaNetwork(clock: Clock, nodes: ReadonlyMap<UpstreamKey, SolanaFake>): SolanaNetwork {
  const unreachable = new Set<UpstreamKey>();
  const connections = [...nodes.keys()];

  /** The request arrives at once; only the answer takes its time. */
  async function answerTo({ upstream, body }: Send): Promise<SendResult> {
    const connection = connections.indexOf(upstream) + 1;
    const node = nodes.get(upstream);
    if (node === undefined || unreachable.has(upstream)) {
      return { kind: 'failed', failure: 'refused', sent: 'nothing', connection };
    }
    const { id, method, params }: WireCall = JSON.parse(body.toString());
    const text = answerText(id, await node.answer(method, params ?? []));
    return { kind: 'answered', status: 200, body: Buffer.from(text), connection };
  }

  const transport: Transport = {
    send(send, done) {
      const answered = answerTo(send);
      return clock.after(latencyMs, () => void answered.then(done));
    },
  };
  return {
    transport,
    setReachable(upstream, reachable) {
      if (reachable === 'yes') unreachable.delete(upstream);
      else unreachable.add(upstream);
    },
  };
}

interface WireCall {
  readonly id: number;
  readonly method: string;
  readonly params?: readonly unknown[];
}

function answerText(id: number, answer: FakeAnswer): string {
  if ('error' in answer) return JSON.stringify({ jsonrpc: '2.0', error: answer.error, id });
  const result = 'resultText' in answer ? answer.resultText : JSON.stringify(answer.result);
  return `{"jsonrpc":"2.0","result":${result},"id":${id}}`;
}
