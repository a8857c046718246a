import type { Pairing, Upstream } from '../../../src/model/pairing.ts';
import type { CallRecord } from '../watch.ts';

/** What is known of a send when its upstream is judged. */
export interface Moment {
  readonly record: CallRecord;
  readonly pairing: Pairing;
  readonly at: number;
  /** Keys this call has been sent to before. */
  readonly asked: ReadonlySet<string>;
  inFlight(upstream: Upstream): number;
}

/**
 * True where an upstream may be asked, and nothing the gateway concluded stands in the way: by the contract's words, not by the
 * selection's code. What cannot be told from outside (a rate that was cut) counts as standing in the way.
 */
export function isFreeToAsk(upstream: Upstream, moment: Moment): boolean {
  const { record, at, asked } = moment;
  const { endpoint, standing, identity, cordoned, heldOff, admittedRate } = upstream;
  if (cordoned || identity !== 'confirmed' || (standing !== 'serving' && standing !== 'probation')) return false;
  if (asked.has(endpoint.key) || record.exclude === endpoint.provider) return false;
  if ((heldOff !== undefined && heldOff.until > at) || admittedRate !== undefined) return false;
  return moment.inFlight(upstream) < endpoint.maxInFlight;
}

/** True where an upstream also has what the call reads, as far as the snapshot shows: the first rung is its place. */
export function isWholeFor(upstream: Upstream, moment: Moment): boolean {
  const { record, pairing, at } = moment;
  const { method, block, send } = record.call;
  if (upstream.standing !== 'serving' || upstream.unsupported.has(method)) return false;
  if ((upstream.avoided.get(method) ?? 0) > at) return false;
  if (block === 'tip' || send === 'raw' || isAhead(block, pairing))
    return !upstream.lagging && !upstream.outlier && (upstream.head !== undefined || pairing.tip === undefined);
  return block === 'none' || hasHeight(upstream, block.height, pairing);
}

/** True where a range reaches beyond what the upstream shows: it is no place to ask at all. */
export function isShortFor(upstream: Upstream, { record, pairing }: Moment): boolean {
  const { block, kind } = record.call;
  if (kind === 'logs-to-latest') return !hasHeight(upstream, pairing.tip ?? 0, pairing);
  return typeof block === 'object' && block.isRange && !hasHeight(upstream, block.height, pairing);
}

function isAhead(block: CallRecord['call']['block'], pairing: Pairing): boolean {
  return typeof block === 'object' && !pairing.upstreams.some((one) => hasHeight(one, block.height, pairing));
}

function hasHeight(upstream: Upstream, height: number, pairing: Pairing): boolean {
  const { head, outlier } = upstream;
  const shown = outlier ? Math.min(head ?? -1, pairing.tip ?? -1) : (head ?? -1);
  return shown >= height;
}
