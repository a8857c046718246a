import type { Scene, Vow, Watch } from '../watch.ts';
import { type Phase, phasesAt } from '../world/fault.ts';
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
        remembered(scene, blocks, { lostMs });
        blocks.clear();
        takeBlocked(scene, blocks);
      },
      reloaded: () => {
        remembered(scene, blocks, { lostMs: 0 });
        const present = new Set(scene.pairing().upstreams.map(({ endpoint }) => endpoint.key));
        for (const key of blocks.keys()) if (!present.has(key)) blocks.delete(key);
        takeBlocked(scene, blocks);
      },
      ended: (sent, end) => {
        const block = blocks.get(sent.key);
        if (block !== undefined && sent.purpose === 'probe' && sent.at >= block.at && !saysNothing(scene, end))
          hear(block, sent, end);
      },
      event: (event) => {
        if (event.kind !== 'standing-changed') return;
        const block = blocks.get(event.upstream);
        if (event.to === 'blocked') blocks.set(event.upstream, newBlock(scene.now()));
        else if (block !== undefined) leave(scene, event, block);
        if (event.to !== 'blocked') blocks.delete(event.upstream);
      },
    };
  },
};

/** What is stored a second after it happened is not forgotten by the next process; half a second it was down. */
const lostMs = 2000;

/** Whoever was blocked still is, whatever its tier is now. */
function remembered(
  scene: Scene,
  blocks: ReadonlyMap<string, Block>,
  { lostMs: lost }: { readonly lostMs: number },
): void {
  for (const { endpoint, standing } of scene.pairing().upstreams) {
    const block = blocks.get(endpoint.key);
    if (block !== undefined && block.at <= scene.now() - lost && standing !== 'blocked')
      scene.complain(`${endpoint.key} was blocked before the restart or reload and is ${standing} after it`);
  }
}

/** What the store remembers as blocked stays so: its probes count from now on. */
function takeBlocked(scene: Scene, blocks: Map<string, Block>): void {
  for (const { endpoint, standing } of scene.pairing().upstreams)
    if (standing === 'blocked' && !blocks.has(endpoint.key)) blocks.set(endpoint.key, newBlock(scene.now()));
}

/** A probe that met a rate limit, or our own broken network, is as good as none: it neither counts nor takes back. */
function saysNothing({ plan, now }: Scene, { worth, words }: SentEnd): boolean {
  if (worth === 'limited') return true;
  const isLocal = words === 'unreachable' || words === 'dns';
  return isLocal && plan.urls.every(({ program }) => phasesAt(program, now()).some(isUnreachable));
}

function isUnreachable({ fault }: Phase): boolean {
  return fault.kind === 'unreachable';
}

function newBlock(at: number): Block {
  return { at, clean: 0, hasIdentity: false };
}

function hear(block: Block, { call }: Sent, { kind, worth }: SentEnd): void {
  const isWell = kind === 'answered' && worth !== 'bad';
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
