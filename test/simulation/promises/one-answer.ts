import type { CallRecord, CallReply, Scene, Vow, Watch } from '../watch.ts';
import type { Visit } from '../world/client.ts';
import { everybody } from '../world/clients.ts';

/** Every call is answered once, a notification never, and nobody gets an answer that is not its own. */
export const oneAnswer: Vow = {
  words: 'exactly one answer per call',
  watch: (scene): Watch => ({
    answered: (visit, replies) => count(scene, visit, replies),
    calm: () => {
      for (const record of scene.calls().values()) if (isOwed(scene, record)) return complainOf(scene, record);
    },
  }),
};

function count(scene: Scene, visit: Visit, replies: readonly (readonly [number, CallReply])[]): void {
  const { records, style } = visit;
  const isRefusedWhole = replies.length === 1 && replies[0]?.[0] === everybody;
  // Who has gone is told nothing, or what nobody reads.
  if (isRefusedWhole || records.every(({ reply }) => reply?.kind === 'left')) return;
  if (style === 'notification' && replies.length > 0) scene.complain(`a notification got ${replies.length} answers`);
  if (style === 'notification') return;
  for (const { call } of records) {
    const own = replies.filter(([number]) => number === call.number);
    if (own.length !== 1) scene.complain(`#${call.number} got ${own.length} answers`);
  }
  if (replies.length !== records.length) scene.complain(`${replies.length} answers to ${records.length} calls`);
}

function isOwed({ plan }: Scene, { chain, reply, style }: CallRecord): boolean {
  return chain === plan.name && reply === undefined && style !== 'notification';
}

function complainOf(scene: Scene, { call }: CallRecord): void {
  scene.complain(`#${call.number} was never answered`);
}
