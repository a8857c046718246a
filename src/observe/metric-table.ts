/** One metric of `/metrics`. `derived` gauges are read off the state at scrape time; they cannot stick. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
}

const endpoint = ['chain', 'provider', 'endpoint'] as const;

/** Every metric of our own, once. The reference page is generated from it. */
export const metricTable = {
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
  chainLatestBlock: {
    name: 'switchyard_chain_latest_block',
    help: "Newest height the chain's upstreams agree on; absent until observed.",
    kind: 'gauge',
    labels: ['chain'],
  },
  chainFinalizedBlock: {
    name: 'switchyard_chain_finalized_block',
    help: 'Agreed finalized height; absent until observed.',
    kind: 'gauge',
    labels: ['chain'],
  },
  chainEpoch: {
    name: 'switchyard_chain_epoch',
    help: 'Epoch: finalized height divided by epochBlocks; absent until observed.',
    kind: 'gauge',
    labels: ['chain'],
  },
  chainReady: {
    name: 'switchyard_chain_ready',
    help: '1 while at least one upstream is serving or in probation.',
    kind: 'gauge',
    labels: ['chain'],
  },
  chainState: {
    name: 'switchyard_chain_state',
    help: 'State set: 1 at the present state of the start machine, 0 at the others.',
    kind: 'gauge',
    labels: ['chain', 'state'],
  },
  chainServing: {
    name: 'switchyard_chain_serving_endpoints',
    help: 'Endpoints serving or in probation, by tier.',
    kind: 'gauge',
    labels: ['chain', 'tier'],
  },
  chainDegraded: {
    name: 'switchyard_chain_degraded',
    help: '1 while the tip or the answers rest on less than they should.',
    kind: 'gauge',
    labels: ['chain'],
  },
  chainReorgs: {
    name: 'switchyard_chain_reorgs_total',
    help: 'Reorganisations seen.',
    kind: 'counter',
    labels: ['chain'],
  },
  chainBlocksMissed: {
    name: 'switchyard_chain_blocks_missed_total',
    help: 'Heights the tip jumped over without their block being seen.',
    kind: 'counter',
    labels: ['chain'],
  },
  requests: {
    name: 'switchyard_requests_total',
    help: "Clients' calls, each call of a batch by itself, by what the client got.",
    kind: 'counter',
    labels: ['chain', 'method', 'outcome'],
  },
  requestDuration: {
    name: 'switchyard_request_duration_seconds',
    help: "Time of a client's call inside the gateway, upstreams included.",
    kind: 'histogram',
    labels: ['chain', 'method'],
  },
  retries: {
    name: 'switchyard_retries_total',
    help: 'Calls asked again on another upstream, by the meaning of the answer before.',
    kind: 'counter',
    labels: ['chain', 'reason'],
  },
  hedges: {
    name: 'switchyard_hedges_total',
    help: 'Hedged reads, by result.',
    kind: 'counter',
    labels: ['chain', 'result'],
  },
  retryBudget: {
    name: 'switchyard_retry_budget_remaining',
    help: 'Retries the budget still allows now.',
    kind: 'gauge',
    labels: ['chain'],
  },
  unclassified: {
    name: 'switchyard_unclassified_errors_total',
    help: 'Errors of upstreams that no answer rule knows.',
    kind: 'counter',
    labels: ['chain'],
  },
  refused: {
    name: 'switchyard_shed_total',
    help: "Calls refused by the gateway's own limits, by fault.",
    kind: 'counter',
    labels: ['reason'],
  },
  writes: {
    name: 'switchyard_writes_total',
    help: 'Writes, by outcome.',
    kind: 'counter',
    labels: ['chain', 'outcome'],
  },
  overhead: {
    name: 'switchyard_overhead_seconds',
    help: "The gateway's own share of a call's time.",
    kind: 'histogram',
    labels: [],
  },
  buffered: {
    name: 'switchyard_buffered_bytes',
    help: "Bytes of upstreams' answers held now.",
    kind: 'gauge',
    labels: [],
  },
  reloadSuccess: {
    name: 'switchyard_config_reload_success_timestamp_seconds',
    help: 'When the present configuration was taken, in seconds since 1970.',
    kind: 'gauge',
    labels: [],
  },
  buildInfo: {
    name: 'switchyard_build_info',
    help: 'The version running; always 1.',
    kind: 'gauge',
    labels: ['version'],
  },
} as const satisfies Record<string, Metric>;

/** The key of a metric in the table. */
export type MetricKey = keyof typeof metricTable;
