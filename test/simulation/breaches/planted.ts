import type { ChainView, UpstreamView } from '../../../src/model/chain-view.ts';
import { attempts } from '../promises/attempts.ts';
import { background } from '../promises/background.ts';
import { backupsLast } from '../promises/backups-last.ts';
import { blockedLast } from '../promises/blocked-last.ts';
import { cause } from '../promises/cause.ts';
import { confirmedFirst } from '../promises/confirmed-first.ts';
import { detection } from '../promises/detection.ts';
import { gauges } from '../promises/gauges.ts';
import { headOrder } from '../promises/head-order.ts';
import { leftovers } from '../promises/leftovers.ts';
import { neverAsked } from '../promises/never-asked.ts';
import { neverWorse } from '../promises/never-worse.ts';
import { oneAnswer } from '../promises/one-answer.ts';
import { ownAnswer } from '../promises/own-answer.ts';
import { poison } from '../promises/poison.ts';
import { recovery } from '../promises/recovery.ts';
import { tipAndEpoch } from '../promises/tip-and-epoch.ts';
import { unblocking } from '../promises/unblocking.ts';
import { writes } from '../promises/writes.ts';
import type { Vow } from '../watch.ts';
import type { Breach } from '../world/breach.ts';
import { answersGivenUp, answersLost, answersMixedUp } from './answer-breaches.ts';
import { askedUnproven, blamed, forgetfulOfHeads, seenAs, shownAs } from './lane-breaches.ts';
import {
  isProbe,
  isRawWrite,
  isStateRead,
  pollsDropped,
  probesLost,
  probesOfAnother,
  sentTwice,
  timersLeft,
} from './wire-breaches.ts';

/** A defect, and the promise it breaks. */
export interface Planting {
  readonly vow: Vow;
  /** The defect in words. */
  readonly what: string;
  /** Worlds are walked from this seed on until it shows. */
  readonly from: number;
  /** Makes it anew for each world. */
  plant(): Breach;
}

/** At least one defect for every promise. */
export const plantings: readonly Planting[] = [
  { vow: oneAnswer, what: 'an answer is lost', from: 1, plant: answersLost },
  { vow: ownAnswer, what: 'an answer goes to another call', from: 1, plant: answersMixedUp },
  { vow: neverWorse, what: 'a read is given up that could be served', from: 1, plant: answersGivenUp },
  {
    vow: neverAsked,
    what: 'the order of an operator is ignored',
    from: 10,
    plant: () => seenAs((upstream) => ({ ...upstream, cordoned: false })),
  },
  {
    vow: blockedLast,
    what: 'blocked upstreams are asked like others',
    from: 1,
    plant: () => seenAs((upstream) => ({ ...upstream, standing: 'serving', share: 1 })),
  },
  {
    vow: backupsLast,
    what: 'tiers are ignored',
    from: 1,
    plant: () => seenAs((upstream) => ({ ...upstream, endpoint: { ...upstream.endpoint, tier: 'primary' } })),
  },
  { vow: confirmedFirst, what: 'identity is taken on trust', from: 3, plant: askedUnproven },
  { vow: unblocking, what: 'probes go to another endpoint', from: 1, plant: probesOfAnother },
  {
    vow: cause,
    what: 'rate limits count as failures',
    from: 23,
    plant: () => blamed(({ holdOff }) => holdOff),
  },
  {
    vow: poison,
    what: 'what fails everywhere alike counts all the same',
    from: 2,
    plant: () => blamed(({ meaning, blame }) => blame === 'none' && meaning === 'internal-error'),
  },
  { vow: detection, what: 'a connection that goes takes the poll in flight along', from: 4, plant: pollsDropped },
  { vow: background, what: 'probes go out twice', from: 1, plant: () => sentTwice(isProbe) },
  { vow: attempts, what: 'a read goes out twice', from: 1, plant: () => sentTwice(isStateRead) },
  { vow: writes, what: 'a write goes out twice', from: 4, plant: () => sentTwice(isRawWrite) },
  {
    vow: tipAndEpoch,
    what: 'the tip is whatever the highest says',
    from: 2,
    plant: () => shownAs((view) => ({ ...view, tip: Math.max(...view.upstreams.map(({ head }) => head ?? 0)) })),
  },
  { vow: headOrder, what: 'nobody remembers what was shown', from: 8, plant: forgetfulOfHeads },
  { vow: gauges, what: 'a gauge stays where it was put', from: 1, plant: () => shownAs(stuckAtServing) },
  { vow: recovery, what: 'probes of one endpoint are lost', from: 1, plant: probesLost },
  { vow: leftovers, what: 'every send leaves a timer behind', from: 1, plant: timersLeft },
];

function stuckAtServing(view: ChainView): ChainView {
  const upstreams = view.upstreams.map(
    (upstream): UpstreamView => (upstream.standing === 'blocked' ? { ...upstream, standing: 'serving' } : upstream),
  );
  return { ...view, upstreams };
}
