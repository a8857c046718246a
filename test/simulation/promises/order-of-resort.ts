import type { Upstream } from '../../../src/model/pairing.ts';
import type { CallRecord, Scene, Vow, Watch } from '../watch.ts';
import type { Sent } from '../world/sim-network.ts';
import { type Answering, createAnswering } from './answering.ts';
import { isFreeToAsk, isShortFor, isWholeFor, type Moment } from './fit.ts';

/** Whom a call is sent to follows the order of resort, whatever the weather. */
export const orderOfResort: Vow = {
  words: 'nobody is asked before those above it in the order of resort',
  watch(scene): Watch {
    const answering = createAnswering();
    return {
      booted: () => answering.clear(),
      sent: (sent) => {
        const record = scene.calls().get(sent.call.number);
        if (record !== undefined && record.sends.includes(sent)) judge(scene, { sent, record, answering });
      },
      ended: (sent, end) => answering.note(sent, end),
    };
  },
};

interface Asked {
  readonly sent: Sent;
  readonly record: CallRecord;
  readonly answering: Answering;
}

function judge(scene: Scene, { sent, record, answering }: Asked): void {
  const { pairing } = record;
  const chosen = pairing?.upstreams.find(({ endpoint }) => endpoint.key === sent.key);
  if (pairing === undefined || chosen === undefined) return scene.complain(`${sent.key} is in no snapshot`);
  const asked = new Set(record.sends.filter((one) => one !== sent).map(({ key }) => key));
  const moment: Moment = {
    record,
    pairing,
    at: sent.at,
    asked,
    inFlight: ({ endpoint }) => scene.inFlight(endpoint.key) - (endpoint.key === sent.key ? 1 : 0),
  };
  neverAsked(scene, chosen, sent);
  if (record.exclude === chosen.endpoint.provider)
    scene.complain(`${sent.key} was asked #${sent.call.number} though it was excluded`);
  if (scene.inFlight(sent.key) > chosen.endpoint.maxInFlight)
    scene.complain(`${sent.key} has ${scene.inFlight(sent.key)} calls in flight`);
  const isFirst = asked.size === 0;
  const others = pairing.upstreams.filter(
    (one) => one !== chosen && isFreeToAsk(one, moment) && !isShortFor(one, moment),
  );
  // A retry beyond budget or attempts goes only to those that answered well just now, and to nobody above them.
  const better = isFirst ? others : others.filter(({ endpoint }) => answering.answersWell(endpoint.key, sent.at));
  blockedLast(scene, { chosen, better, moment, sent });
  if (isFirst) backupsAfterPrimaries(scene, { chosen, better, moment, sent });
}

function neverAsked(scene: Scene, { endpoint, cordoned, identity, standing }: Upstream, sent: Sent): void {
  const why = cordoned
    ? 'cordoned'
    : identity !== 'confirmed'
      ? `of ${identity} identity`
      : standing === 'unproven' || standing === 'quarantined'
        ? standing
        : undefined;
  if (why !== undefined) scene.complain(`${endpoint.key} was asked #${sent.call.number} though it is ${why}`);
}

interface Choice {
  readonly chosen: Upstream;
  readonly better: readonly Upstream[];
  readonly moment: Moment;
  readonly sent: Sent;
}

function blockedLast(scene: Scene, { chosen, better, moment, sent }: Choice): void {
  if (chosen.standing !== 'blocked') return;
  const [above] = better.filter(({ unsupported }) => moment.asked.size === 0 || !unsupported.has(sent.call.method));
  if (above !== undefined)
    scene.complain(
      `${chosen.endpoint.key} is blocked and was asked #${sent.call.number} though ${above.endpoint.key} is ${above.standing}`,
    );
}

function backupsAfterPrimaries(scene: Scene, { chosen, better, moment, sent }: Choice): void {
  if (chosen.endpoint.tier !== 'backup' || moment.record.prefer === chosen.endpoint.provider) return;
  const above = better.find((one) => one.endpoint.tier === 'primary' && isWholeFor(one, moment));
  if (above !== undefined)
    scene.complain(
      `backup ${chosen.endpoint.key} was asked #${sent.call.number} though primary ${above.endpoint.key} is eligible`,
    );
}
