import type { BlockByHeight } from '../model/chain-spec.ts';
import { questionFor, readBlock } from '../model/head-reading.ts';
import type { TrackerId } from '../model/names.ts';
import type { Ask, Reply } from '../ports/ask.ts';
import type { Clock } from '../ports/clock.ts';
import { answerInTime } from './answer-in-time.ts';
import type { ShownBlock } from './ring.ts';
import type { Gate } from './tracker-state.ts';

/** What came of reading one block: `absent`: this upstream does not have it; `failed`: nothing was learned. */
export type BlockReading =
  | { readonly kind: 'block'; readonly block: ShownBlock }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed' };

/** Reads one block from one tracker's upstream. Never rejects, and never waits for good; counted as backfill. */
export type ReadBlock = (tracker: TrackerId, height: number) => Promise<BlockReading>;

/** What reading needs of the outside. */
export interface BlockReaderDeps {
  readonly clock: Clock;
  readonly ask: Ask;
  gate(tracker: TrackerId): Gate;
}

const timeoutMs = 3000;

/** Makes the reader for a chain whose blocks can be read by height. */
export function createBlockReader(reading: BlockByHeight, deps: BlockReaderDeps): ReadBlock {
  return async (tracker, height) => {
    const gate = deps.gate(tracker);
    if (gate.kind === 'closed') return { kind: 'failed' };
    const { method, params } = questionFor(reading, height);
    const question = { upstream: gate.upstream, method, params, timeoutMs } as const;
    const asking = deps.ask({ ...question, purpose: 'backfill', connection: 'pooled' });
    const reply = await answerInTime(asking, deps.clock, timeoutMs);
    if (reply === 'lost') return { kind: 'failed' };
    if (reply.kind === 'failed') return isAbsent(reply) ? { kind: 'absent' } : { kind: 'failed' };
    const block = readBlock(reply.value, reading, { height, at: reply.at });
    if (block?.hash === undefined) return { kind: 'absent' };
    const { hash, parent } = block;
    return { kind: 'block', block: { height, hash, ...(parent === undefined ? {} : { parent }) } };
  };
}

function isAbsent({ verdict }: Extract<Reply, { kind: 'failed' }>): boolean {
  switch (verdict.meaning) {
    case 'block-unknown':
    case 'data-missing':
    case 'not-indexed':
    case 'slot-skipped':
    case 'method-unsupported':
      return true;
    default:
      return false;
  }
}
