import type { Vow, Watch } from '../watch.ts';
import { createAnswering } from './answering.ts';
import { askedOf } from './asked.ts';
import { isWholeFor } from './fit.ts';

/** The first attempt of a call goes to a backup only where no primary is whole, and free, for it. */
export const backupsLast: Vow = {
  words: 'no backup is asked while a primary is eligible',
  watch(scene): Watch {
    const answering = createAnswering();
    return {
      sent: (sent) => {
        const asked = askedOf(scene, sent, answering);
        if (asked === undefined || asked.moment.asked.size > 0) return;
        const { chosen, others, record, moment } = asked;
        if (chosen.endpoint.tier !== 'backup' || record.prefer === chosen.endpoint.provider) return;
        const above = others.find((one) => one.endpoint.tier === 'primary' && isWholeFor(one, moment));
        if (above !== undefined)
          scene.complain(
            `backup ${sent.key} was asked #${sent.call.number} though primary ${above.endpoint.key} is eligible`,
          );
      },
    };
  },
};
