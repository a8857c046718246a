import type { Pairing, Upstream } from '../../../src/model/pairing.ts';
import type { CallRecord, Scene } from '../watch.ts';
import type { Sent } from '../world/sim-network.ts';
import type { Answering } from './answering.ts';
import { isFreeToAsk, isShortFor, type Moment } from './fit.ts';

/** One send of a client's call, and whom it might have gone to instead. */
export interface Asked {
  readonly sent: Sent;
  readonly record: CallRecord;
  readonly pairing: Pairing;
  readonly chosen: Upstream;
  readonly moment: Moment;
  /** Others that were free to be asked this call. */
  readonly others: readonly Upstream[];
}

/** What a send was chosen from; undefined where it is of no client's call, or of no upstream of its snapshot. */
export function askedOf(scene: Scene, sent: Sent, answering: Answering): Asked | undefined {
  const record = scene.calls().get(sent.call.number);
  if (record === undefined || !record.sends.includes(sent)) return undefined;
  const { pairing } = record;
  const chosen = pairing?.upstreams.find(({ endpoint }) => endpoint.key === sent.key);
  if (pairing === undefined || chosen === undefined) return undefined;
  const asked = new Set(record.sends.filter((one) => one !== sent).map(({ key }) => key));
  const inFlight = ({ endpoint }: Upstream): number =>
    scene.inFlight(endpoint.key) - (endpoint.key === sent.key ? 1 : 0);
  const moment: Moment = { record, pairing, at: sent.at, asked, inFlight };
  const free = pairing.upstreams.filter(
    (one) => one !== chosen && isFreeToAsk(one, moment) && !isShortFor(one, moment),
  );
  // A retry beyond budget or attempts goes only to those that answered well just now, and to nobody above them.
  const others = asked.size === 0 ? free : free.filter(({ endpoint }) => answering.answersWell(endpoint.key, sent.at));
  return { sent, record, pairing, chosen, moment, others };
}
