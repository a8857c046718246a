import type { Scene, Vow, Watch } from '../watch.ts';
import type { Sent, SentEnd } from '../world/sim-network.ts';

/** One block of one upstream, and what its probes said since. */
interface Block {
  readonly at: number;
  /** Probes in a row that were clean: identity and head answered well, all sent after the block. */
  clean: number;
  hasIdentity: boolean;
}

/** Standing leaves `blocked` only because two probes in a row, sent after the block, were answered well. */
export const unblocking: Vow = {
  words: 'no unblock without two clean probes sent after the block',
  watch(scene): Watch {
    const blocks = new Map<string, Block>();
    return {
      booted: () => {
        remembered(scene, blocks);
        blocks.clear();
        // What the store remembers as blocked stays so: its probes count from now on.
        for (const { endpoint, standing } of scene.pairing().upstreams)
          if (standing === 'blocked') blocks.set(endpoint.key, newBlock(scene.now()));
      },
      ended: (sent, end) => {
        const block = blocks.get(sent.key);
        if (block !== undefined && sent.purpose === 'probe' && sent.at >= block.at) hear(block, sent, end);
      },
      event: (event) => {
        if (event.kind !== 'standing-changed') return;
        const block = blocks.get(event.upstream);
        if (event.to === 'blocked') blocks.set(event.upstream, newBlock(scene.now()));
        else if (block !== undefined) leave(scene, event, block);
        if (event.to !== 'blocked') blocks.delete(event.upstream);
      },
      sent: (sent) => questionsOfBlocked(scene, blocks, sent),
    };
  },
};

/** What is stored a second after it happened is not forgotten by the next process; half a second it was down. */
function remembered(scene: Scene, blocks: ReadonlyMap<string, Block>): void {
  for (const { endpoint, standing } of scene.pairing().upstreams) {
    const block = blocks.get(endpoint.key);
    if (block !== undefined && block.at < scene.now() - 2000 && standing !== 'blocked')
      scene.complain(`${endpoint.key} was blocked before the restart and is ${standing} after it`);
  }
}

function newBlock(at: number): Block {
  return { at, clean: 0, hasIdentity: false };
}

function hear(block: Block, { call }: Sent, { kind, worth }: SentEnd): void {
  const isWell = kind === 'answered' && (worth === 'good' || worth === 'final');
  if (call.number >= 0) return;
  if (!isWell) {
    block.clean = 0;
    block.hasIdentity = false;
  } else if (call.method === 'eth_chainId') {
    block.hasIdentity = true;
  } else if (block.hasIdentity) {
    block.clean += 1;
    block.hasIdentity = false;
  }
}

function leave(
  scene: Scene,
  { upstream, to }: { readonly upstream: string; readonly to: string },
  { clean }: Block,
): void {
  if (to !== 'probation') scene.complain(`${upstream} went from blocked to ${to}`);
  if (clean < 2) scene.complain(`${upstream} was unblocked after ${clean} clean probes in a row`);
}

/** Whoever is blocked is asked nothing but probes, save as a last resort, which another promise watches over. */
function questionsOfBlocked(scene: Scene, blocks: ReadonlyMap<string, Block>, { key, purpose }: Sent): void {
  if ((purpose === 'poll' || purpose === 'backfill') && blocks.has(key))
    scene.complain(`${key} is blocked and was sent a ${purpose}`);
}
