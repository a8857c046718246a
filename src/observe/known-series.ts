import type { ChainView } from '../model/chain-view.ts';
import type { GatewayEvent } from '../model/events.ts';
import type { Purpose } from '../model/names.ts';
import { blockReasons } from '../model/standing.ts';
import type { Cells } from './cells.ts';
import { doorFaults, type EventCells } from './fold-event.ts';
import { endpointLabels } from './meter.ts';

type Told<Kind extends GatewayEvent['kind']> = Extract<GatewayEvent, { readonly kind: Kind }>;

const purposes: readonly Purpose[] = ['client', 'retry', 'hedge', 'broadcast', 'poll', 'probe', 'backfill'];
const probeResults: readonly Told<'probe-ended'>['result'][] = ['clean', 'failed', 'held-off'];
const hedgeResults: readonly Told<'hedged'>['result'][] = ['won', 'lost', 'over-budget'];
const writeOutcomes: readonly Told<'write-settled'>['outcome'][] = [
  'accepted',
  'known',
  'rejected',
  'unknown',
  'unsent',
];

/**
 * Starts at 0 every series whose labels are known before anything happens. A series that came into being at 1 would hide
 * its first event from `rate` and `increase`, and with it, say, the one write nobody answered. Series by method or by meaning
 * are too many for that: they begin with their first event.
 */
export function beginKnownSeries(chains: readonly ChainView[], cells: EventCells, sends: Cells): void {
  for (const fault of doorFaults) cells.refused.cell([fault]);
  for (const { chain, upstreams } of chains) {
    for (const result of hedgeResults) cells.hedges.cell([chain, result]);
    for (const outcome of writeOutcomes) cells.writes.cell([chain, outcome]);
    for (const counted of [cells.unclassified, cells.reorgs, cells.blocksMissed]) counted.cell([chain]);
    for (const { endpoint } of upstreams) {
      const labels = endpointLabels(endpoint.key);
      for (const reason of blockReasons) cells.blocks.cell([...labels, reason]);
      for (const result of probeResults) cells.probes.cell([...labels, result]);
      for (const purpose of purposes) sends.cell([...labels, purpose]);
    }
  }
}
