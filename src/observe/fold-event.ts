import type { GatewayEvent } from '../model/events.ts';
import type { FaultName } from '../model/faults.ts';
import type { UpstreamKey } from '../model/names.ts';
import { type Cells, createCells } from './cells.ts';
import { endpointLabels } from './meter.ts';
import { metricTable } from './metric-table.ts';

/** The counters that events feed. */
export interface EventCells {
  readonly errors: Cells;
  readonly blocks: Cells;
  readonly probes: Cells;
  readonly retries: Cells;
  readonly hedges: Cells;
  readonly refused: Cells;
  readonly rateLimited: Cells;
  readonly writes: Cells;
  readonly unclassified: Cells;
  readonly reorgs: Cells;
  readonly blocksMissed: Cells;
  /** Seconds spent in blocks that are over; the present one is added at scrape time. */
  readonly blockedSeconds: Cells;
  /** When each upstream that was blocked by this process, and still is, was blocked: monotonic milliseconds. */
  readonly blockedSince: Map<UpstreamKey, number>;
  /** When counting started, monotonic milliseconds: what was blocked before is counted from then on. */
  readonly startedAt: number;
}

/** Faults given before an upstream is looked for. The others are outcomes of calls, and counted as such. */
export const doorFaults = [
  'PARSE_ERROR',
  'INVALID_REQUEST',
  'METHOD_NOT_FOUND',
  'METHOD_FORBIDDEN',
  'RATE_LIMITED',
  'OVERLOADED',
  'NOT_READY',
  'SHUTTING_DOWN',
  'BODY_TOO_LARGE',
  'BATCH_TOO_LARGE',
  'UNKNOWN_CHAIN',
  'RANGE_TOO_WIDE',
  'UNAUTHORIZED',
] as const satisfies readonly FaultName[];

const givenAtTheDoor: ReadonlySet<FaultName> = new Set(doorFaults);

/** Creates the event counters, all empty. */
export function createEventCells(startedAt: number): EventCells {
  return {
    startedAt,
    errors: createCells(metricTable.endpointErrors.labels),
    blocks: createCells(metricTable.endpointBlocks.labels),
    probes: createCells(metricTable.endpointProbes.labels),
    retries: createCells(metricTable.retries.labels),
    hedges: createCells(metricTable.hedges.labels),
    refused: createCells(metricTable.refused.labels),
    rateLimited: createCells(metricTable.rateLimited.labels),
    writes: createCells(metricTable.writes.labels),
    unclassified: createCells(metricTable.unclassified.labels),
    reorgs: createCells(metricTable.chainReorgs.labels),
    blocksMissed: createCells(metricTable.chainBlocksMissed.labels),
    blockedSeconds: createCells(metricTable.endpointBlockedSeconds.labels),
    blockedSince: new Map(),
  };
}

/** Counts one event. Events that no counter needs change nothing. */
export function foldEvent(cells: EventCells, event: GatewayEvent): void {
  switch (event.kind) {
    case 'attempt-failed':
      return add(cells.errors, [...endpointLabels(event.upstream), event.verdict.meaning, event.verdict.blame]);
    case 'standing-changed':
      return foldStanding(cells, event);
    case 'probe-ended':
      return add(cells.probes, [...endpointLabels(event.upstream), event.result]);
    case 'retried':
      return add(cells.retries, [event.chain, event.reason]);
    case 'hedged':
      return add(cells.hedges, [event.chain, event.result]);
    case 'call-refused':
      if (event.fault === 'RATE_LIMITED' && event.chain !== undefined) add(cells.rateLimited, [event.chain]);
      return givenAtTheDoor.has(event.fault) ? add(cells.refused, [event.fault]) : undefined;
    case 'write-settled':
      return add(cells.writes, [event.chain, event.outcome]);
    case 'answer-unclassified':
      return add(cells.unclassified, [event.chain]);
    case 'reorg-seen':
      return add(cells.reorgs, [event.chain]);
    case 'blocks-missed':
      cells.blocksMissed.cell([event.chain]).value += event.count;
      return;
    default:
      return;
  }
}

function add(cells: Cells, labels: readonly string[]): void {
  cells.cell(labels).value += 1;
}

function foldStanding(cells: EventCells, event: Extract<GatewayEvent, { kind: 'standing-changed' }>): void {
  const labels = endpointLabels(event.upstream);
  if (event.from === 'blocked') {
    const since = cells.blockedSince.get(event.upstream) ?? cells.startedAt;
    cells.blockedSeconds.cell(labels).value += Math.max(0, event.at - since) / 1000;
    cells.blockedSince.delete(event.upstream);
  }
  if (event.to !== 'blocked') return;
  cells.blockedSince.set(event.upstream, event.at);
  add(cells.blocks, [...labels, event.reason ?? 'consecutive-failures']);
}
