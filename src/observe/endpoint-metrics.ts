import type { Metric } from './metric.ts';

const endpoint = ['chain', 'provider', 'endpoint'] as const;

/** The metrics of one endpoint each. */
export const endpointMetrics = {
  endpointInfo: {
    name: 'switchyard_endpoint_info',
    help: 'What an endpoint is; always 1.',
    kind: 'gauge',
    labels: [...endpoint, 'tier', 'interface', 'family'],
  },
  endpointHealthy: {
    name: 'switchyard_endpoint_healthy',
    help: '1 while the endpoint is serving or in probation.',
    kind: 'gauge',
    labels: endpoint,
  },
  endpointStanding: {
    name: 'switchyard_endpoint_standing',
    help: 'State set: 1 at the present standing, 0 at the others.',
    kind: 'gauge',
    labels: [...endpoint, 'standing'],
  },
  endpointIdentity: {
    name: 'switchyard_endpoint_identity',
    help: 'State set: 1 at what is known of the chain the endpoint is of, 0 at the others; wrong is never asked.',
    kind: 'gauge',
    labels: [...endpoint, 'identity'],
  },
  endpointLatestBlock: {
    name: 'switchyard_endpoint_latest_block',
    help: 'Newest height the endpoint reported (slot on the solana family); absent until observed.',
    kind: 'gauge',
    labels: endpoint,
  },
  endpointFinalizedBlock: {
    name: 'switchyard_endpoint_finalized_block',
    help: 'Newest finalized height the endpoint reported; absent until observed.',
    kind: 'gauge',
    labels: endpoint,
  },
  endpointBlockLag: {
    name: 'switchyard_endpoint_block_lag',
    help: "Blocks between the chain's tip and the endpoint's head; absent until observed.",
    kind: 'gauge',
    labels: endpoint,
  },
  endpointHeadAge: {
    name: 'switchyard_endpoint_head_age_seconds',
    help: "Seconds since the endpoint's head last moved; absent until observed.",
    kind: 'gauge',
    labels: endpoint,
  },
  endpointRequests: {
    name: 'switchyard_endpoint_requests_total',
    help: 'Attempts for clients sent to the endpoint, by what came of them.',
    kind: 'counter',
    labels: [...endpoint, 'class', 'outcome'],
  },
  endpointDuration: {
    name: 'switchyard_endpoint_request_duration_seconds',
    help: 'Time of one attempt, answered or failed.',
    kind: 'histogram',
    labels: [...endpoint, 'class'],
  },
  endpointErrors: {
    name: 'switchyard_endpoint_errors_total',
    help: 'Answers that were not good, by meaning and by whom they speak against.',
    kind: 'counter',
    labels: [...endpoint, 'kind', 'blame'],
  },
  endpointInFlight: {
    name: 'switchyard_endpoint_in_flight',
    help: 'Attempts waiting for an answer.',
    kind: 'gauge',
    labels: endpoint,
  },
  endpointBlocks: {
    name: 'switchyard_endpoint_blocks_total',
    help: 'Times the endpoint was blocked, by reason.',
    kind: 'counter',
    labels: [...endpoint, 'reason'],
  },
  endpointBlockedSeconds: {
    name: 'switchyard_endpoint_blocked_seconds_total',
    help: 'Seconds spent blocked.',
    kind: 'counter',
    labels: endpoint,
  },
  endpointProbes: {
    name: 'switchyard_endpoint_probes_total',
    help: 'Probes, by result.',
    kind: 'counter',
    labels: [...endpoint, 'result'],
  },
  endpointCalls: {
    name: 'switchyard_endpoint_calls_total',
    help: 'Every call sent to the endpoint, by purpose: what a provider bills.',
    kind: 'counter',
    labels: [...endpoint, 'purpose'],
  },
  endpointHoldOff: {
    name: 'switchyard_endpoint_hold_off_seconds',
    help: 'Seconds the endpoint is still held off; 0 when it is not.',
    kind: 'gauge',
    labels: endpoint,
  },
  endpointScore: {
    name: 'switchyard_endpoint_selection_score',
    help: 'What selection compares, lower is preferred; absent until observed.',
    kind: 'gauge',
    labels: endpoint,
  },
  endpointTracker: {
    name: 'switchyard_endpoint_tracker_state',
    help: 'State set: 1 at the present state of the tracker of this endpoint, 0 at the others.',
    kind: 'gauge',
    labels: [...endpoint, 'state'],
  },
} as const satisfies Record<string, Metric>;
