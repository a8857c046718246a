import type { Upstream } from '../../../src/model/pairing.ts';
import type { Scene, Vow, Watch } from '../watch.ts';
import { createAnswering } from './answering.ts';
import { askedOf } from './asked.ts';

/** Whoever may be asked nothing at all gets no call, whatever the weather. */
export const neverAsked: Vow = {
  words: 'nobody is asked who may not be',
  watch(scene): Watch {
    const answering = createAnswering();
    return {
      sent: (sent) => {
        const record = scene.calls().get(sent.call.number);
        if (record === undefined || !record.sends.includes(sent)) return;
        const asked = askedOf(scene, sent, answering);
        if (asked === undefined) return scene.complain(`${sent.key} is in no snapshot`);
        const { chosen } = asked;
        const why = barOf(chosen);
        if (why !== undefined) scene.complain(`${sent.key} was asked #${sent.call.number} though it is ${why}`);
        if (record.exclude === chosen.endpoint.provider)
          scene.complain(`${sent.key} was asked #${sent.call.number} though it was excluded`);
        judgeRoom(scene, chosen);
      },
    };
  },
};

function barOf({ cordoned, identity, standing }: Upstream): string | undefined {
  if (cordoned) return 'cordoned';
  if (identity !== 'confirmed') return `of ${identity} identity`;
  return standing === 'unproven' || standing === 'quarantined' ? standing : undefined;
}

function judgeRoom(scene: Scene, { endpoint }: Upstream): void {
  const flying = scene.inFlight(endpoint.key);
  if (flying > endpoint.maxInFlight) scene.complain(`${endpoint.key} has ${flying} calls in flight`);
}
