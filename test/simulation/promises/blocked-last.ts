import type { Scene, Vow, Watch } from '../watch.ts';
import { createAnswering } from './answering.ts';
import { askedOf } from './asked.ts';

/** Whoever is blocked is sent nothing but probes, save where nobody above it is left to ask. */
export const blockedLast: Vow = {
  words: 'a blocked upstream gets nothing but probes unless it is the last resort',
  watch(scene): Watch {
    const answering = createAnswering();
    return {
      booted: () => answering.clear(),
      ended: (sent, end) => answering.note(sent, end),
      sent: (sent) => {
        if (sent.purpose === 'poll' || sent.purpose === 'backfill')
          return isBlocked(scene, sent.key) && scene.complain(`${sent.key} is blocked and was sent a ${sent.purpose}`);
        const asked = askedOf(scene, sent, answering);
        if (asked === undefined || asked.chosen.standing !== 'blocked') return;
        const isFirst = asked.moment.asked.size === 0;
        const [above] = asked.others.filter(({ unsupported }) => isFirst || !unsupported.has(sent.call.method));
        if (above !== undefined)
          scene.complain(
            `${sent.key} is blocked and was asked #${sent.call.number} though ${above.endpoint.key} is ${above.standing}`,
          );
      },
    };
  },
};

function isBlocked(scene: Scene, key: string): boolean {
  return scene.pairing().upstreams.some(({ endpoint, standing }) => endpoint.key === key && standing === 'blocked');
}
