import { endpointMetrics } from './endpoint-metrics.ts';
import type { Metric } from './metric.ts';

/** Every metric of our own, once. The reference page is generated from it. */
export const metricTable = {
  ...endpointMetrics,
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
  clientRequests: {
    name: 'switchyard_client_requests_total',
    help: 'Calls that came with a key, by the name of the key and by what the client got.',
    kind: 'counter',
    labels: ['client', 'chain', 'outcome'],
  },
  rateLimited: {
    name: 'switchyard_rate_limited_total',
    help: 'Calls refused because their client was over what it may use.',
    kind: 'counter',
    labels: ['chain'],
  },
  cacheRequests: {
    name: 'switchyard_cache_requests_total',
    help: 'Reads the cache was asked for: served from it, joined to one under way, relayed, or kept from it.',
    kind: 'counter',
    labels: ['chain', 'method', 'result'],
  },
  cacheBytes: {
    name: 'switchyard_cache_bytes',
    help: 'Memory that kept answers occupy, keys and bookkeeping included.',
    kind: 'gauge',
    labels: [],
  },
  cacheEntries: {
    name: 'switchyard_cache_entries',
    help: 'Answers that are kept now.',
    kind: 'gauge',
    labels: [],
  },
  budgetRemaining: {
    name: 'switchyard_account_budget_remaining_ratio',
    help: "What is left of an account's monthly budget, from 1 down to 0; a provider with a budget of its own is the account chain/provider.",
    kind: 'gauge',
    labels: ['account'],
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
    help: 'Requests turned away at the door, by fault: over a limit, not allowed, not yet served, or no call at all.',
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
  memoryLimit: {
    name: 'switchyard_memory_limit_bytes',
    help: 'Memory the process may use: what its container allows, else what the machine has.',
    kind: 'gauge',
    labels: [],
  },
  heapLimit: {
    name: 'switchyard_heap_limit_bytes',
    help: 'Size the JavaScript heap may grow to; the process ends where it needs more.',
    kind: 'gauge',
    labels: [],
  },
  reloadSuccessful: {
    name: 'switchyard_config_last_reload_successful',
    help: '1 while the configuration in force is the last one that was read; 0 after a reload that was refused.',
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
