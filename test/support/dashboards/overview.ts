import type { DashboardPlan, Row } from './dashboard.ts';
import { figure, graph, names, type Query, table } from './panel.ts';
import {
  chainStates,
  durations,
  failedShare,
  ofChain,
  ofProcess,
  quantile,
  rate,
  requests,
  stateOf,
} from './selections.ts';

const fleet: Row = {
  title: 'Fleet',
  panels: [
    figure({ title: 'Replicas', about: 'Gateways that were scraped.', unit: 'short' }, [
      { expr: `count(switchyard_build_info{${ofProcess}})`, legend: 'replicas' },
    ]),
    names(
      { title: 'Versions', about: 'More than one only while a new version is rolled out.', unit: 'short' },
      { expr: `count by (version) (switchyard_build_info{${ofProcess}})`, legend: '{{version}}' },
    ),
    figure(
      {
        title: 'Chains ready',
        about: 'Share of chains with an upstream in rotation, on the replica where it looks worst.',
        unit: 'percentunit',
      },
      [{ expr: `avg(min by (chain) (switchyard_chain_ready{${ofChain}}))`, legend: 'ready' }],
      { yellow: 1, red: 0.5 },
    ),
    figure(
      {
        title: 'Endpoints in rotation',
        about: 'Share of endpoints that are serving or in probation.',
        unit: 'percentunit',
      },
      [{ expr: `avg(switchyard_endpoint_healthy{${ofChain}})`, legend: 'in rotation' }],
      { yellow: 0.99, red: 0.5 },
    ),
    figure({ title: 'Calls', about: "Clients' calls, each call of a batch by itself.", unit: 'reqps' }, [
      { expr: `sum(${rate(requests, ofChain)})`, legend: 'calls' },
    ]),
    figure(
      {
        title: 'Failed calls',
        about:
          'Share of calls that got a fault of the gateway instead of an answer. Answers of upstreams, errors too, are no failures.',
        unit: 'percentunit',
      },
      [{ expr: failedShare(''), legend: 'failed' }],
      { yellow: 0.001, red: 0.0144 },
    ),
    figure(
      {
        title: 'p99',
        about: 'Ninety-nine of a hundred calls take no longer than this, upstreams included.',
        unit: 's',
      },
      [{ expr: quantile(0.99, durations, { conditions: ofChain }), legend: 'p99' }],
      { yellow: 2, red: 5 },
    ),
    figure(
      {
        title: 'Configuration taken',
        about: 'When the oldest configuration in use was taken.',
        unit: 'dateTimeFromNow',
      },
      [{ expr: `min(switchyard_config_reload_success_timestamp_seconds{${ofProcess}}) * 1000`, legend: 'taken' }],
    ),
  ],
};

const chains: Row = {
  title: 'Chains',
  panels: [
    table(
      {
        title: 'Chains now',
        about:
          'Every chain on the replica where it looks worst. Degraded: its tip or its answers rest on less than they should.',
        unit: 'short',
      },
      [
        {
          name: 'State',
          expr: `max by (chain) (${stateOf({ metric: 'switchyard_chain_state', label: 'state', states: chainStates, conditions: ofChain, by: 'instance, chain' })})`,
          unit: 'short',
          states: chainStates,
        },
        { name: 'Ready', expr: `min by (chain) (switchyard_chain_ready{${ofChain}})`, unit: 'bool_yes_no' },
        { name: 'Degraded', expr: `max by (chain) (switchyard_chain_degraded{${ofChain}})`, unit: 'bool_yes_no' },
        {
          name: 'Primaries',
          expr: `min by (chain) (switchyard_chain_serving_endpoints{${ofChain},tier="primary"})`,
          unit: 'short',
        },
        {
          name: 'Backups',
          expr: `min by (chain) (switchyard_chain_serving_endpoints{${ofChain},tier="backup"})`,
          unit: 'short',
        },
        { name: 'Tip', expr: `max by (chain) (switchyard_chain_latest_block{${ofChain}})`, unit: 'none' },
        { name: 'Epoch', expr: `max by (chain) (switchyard_chain_epoch{${ofChain}})`, unit: 'none' },
        { name: 'Calls', expr: `sum by (chain) (${rate(requests, ofChain)})`, unit: 'reqps' },
        { name: 'Failed', expr: failedShare('chain'), unit: 'percentunit' },
        { name: 'p99', expr: quantile(0.99, durations, { conditions: ofChain, by: 'chain' }), unit: 's' },
      ],
    ),
  ],
};

const percentiles: readonly Query[] = [0.5, 0.95, 0.99].map((share) => ({
  expr: quantile(share, durations, { conditions: ofChain }),
  legend: `p${share * 100}`,
}));

const traffic: Row = {
  title: 'Traffic',
  panels: [
    graph(
      { title: 'Calls by chain', about: "Clients' calls per second.", unit: 'reqps' },
      [{ expr: `sum by (chain) (${rate(requests, ofChain)})`, legend: '{{chain}}' }],
      'stacked',
    ),
    graph(
      {
        title: 'Failed calls by chain',
        about:
          'Share of calls that got a fault of the gateway. Above 1.44 % the budget of a month is spent within two days.',
        unit: 'percentunit',
      },
      [{ expr: failedShare('chain'), legend: '{{chain}}' }],
    ),
    graph({ title: 'Latency', about: 'Time of calls inside the gateway, upstreams included.', unit: 's' }, percentiles),
    graph(
      {
        title: "The gateway's own share",
        about: 'What calls wait for the gateway itself, upstreams left out.',
        unit: 's',
        width: 6,
      },
      [0.5, 0.99].map((share) => ({
        expr: quantile(share, 'switchyard_overhead_seconds', { conditions: ofProcess }),
        legend: `p${share * 100}`,
      })),
    ),
    graph(
      {
        title: 'Attempts by provider',
        about: 'Who carries the load: attempts per second sent for clients.',
        unit: 'reqps',
        width: 6,
      },
      [{ expr: `sum by (provider) (${rate('switchyard_endpoint_requests_total', ofChain)})`, legend: '{{provider}}' }],
      'stacked',
    ),
    graph(
      {
        title: 'Endpoints by standing',
        about: 'Endpoints of all replicas. Blocked ones are probed until they really work again.',
        unit: 'short',
        width: 6,
      },
      [{ expr: `sum by (standing) (switchyard_endpoint_standing{${ofChain}})`, legend: '{{standing}}' }],
      'stacked',
    ),
    graph(
      {
        title: 'Turned away at the door',
        about:
          'Requests per second that never reached an upstream, by fault: over a limit, not allowed, or no call at all.',
        unit: 'reqps',
        width: 6,
      },
      [{ expr: `sum by (reason) (${rate('switchyard_shed_total', ofProcess)})`, legend: '{{reason}}' }],
    ),
  ],
};

const process: Row = {
  title: 'Process',
  panels: [
    graph(
      {
        title: 'Event loop lag, p99',
        about:
          'How late the process gets to its work. Above 100 ms answers are late by as much, and timeouts may be our own.',
        unit: 's',
      },
      [{ expr: `nodejs_eventloop_lag_p99_seconds{${ofProcess}}`, legend: '{{instance}}' }],
    ),
    graph(
      {
        title: 'Memory',
        about: 'Resident memory against what the process may use; the whole is ended at the limit.',
        unit: 'bytes',
      },
      [
        { expr: `process_resident_memory_bytes{${ofProcess}}`, legend: '{{instance}}' },
        { expr: `switchyard_memory_limit_bytes{${ofProcess}}`, legend: '{{instance}} limit' },
      ],
    ),
    graph(
      {
        title: 'Heap',
        about: 'Heap in use against what it may grow to. Answers are held outside of it.',
        unit: 'bytes',
      },
      [
        { expr: `nodejs_heap_size_used_bytes{${ofProcess}}`, legend: '{{instance}}' },
        { expr: `switchyard_heap_limit_bytes{${ofProcess}}`, legend: '{{instance}} limit' },
      ],
    ),
    graph(
      {
        title: 'Answers held',
        about: "Bytes of upstreams' answers in memory, bounded by `limits.maxBufferedBytes`.",
        unit: 'bytes',
      },
      [{ expr: `switchyard_buffered_bytes{${ofProcess}}`, legend: '{{instance}}' }],
    ),
    graph(
      {
        title: 'Kept answers',
        about: 'Memory that kept answers take, bounded by `cache.maxBytes`.',
        unit: 'bytes',
      },
      [{ expr: `switchyard_cache_bytes{${ofProcess}}`, legend: '{{instance}}' }],
    ),
    graph({ title: 'Kept answers, by number', about: 'Answers that are kept now.', unit: 'short' }, [
      { expr: `switchyard_cache_entries{${ofProcess}}`, legend: '{{instance}}' },
    ]),
    graph({ title: 'CPU', about: 'Share of one core; one process uses little more than one.', unit: 'percentunit' }, [
      { expr: rate('process_cpu_seconds_total', ofProcess), legend: '{{instance}}' },
    ]),
    graph({ title: 'Garbage collection', about: 'Share of time spent collecting.', unit: 'percentunit' }, [
      { expr: `sum by (instance) (${rate('nodejs_gc_duration_seconds_sum', ofProcess)})`, legend: '{{instance}}' },
    ]),
    graph(
      {
        title: 'Open files',
        about: 'Share of the file descriptors in use: connections of clients and upstreams.',
        unit: 'percentunit',
      },
      [{ expr: `process_open_fds{${ofProcess}} / process_max_fds{${ofProcess}}`, legend: '{{instance}}' }],
    ),
    graph(
      {
        title: 'Configuration in force',
        about: '1 while it is the last one that was read; 0 after a reload that was refused. The log says why.',
        unit: 'short',
      },
      [{ expr: `switchyard_config_last_reload_successful{${ofProcess}}`, legend: '{{instance}}' }],
    ),
    graph({ title: 'Running for', about: 'Time since each process started.', unit: 's' }, [
      { expr: `time() - process_start_time_seconds{${ofProcess}}`, legend: '{{instance}}' },
    ]),
  ],
};

/** The fleet at a glance: what an operator opens first. */
export const overview: DashboardPlan = {
  uid: 'switchyard-overview',
  title: 'Switchyard / Overview',
  about: 'All replicas and chains at a glance.',
  variables: ['chain'],
  rows: [fleet, chains, traffic, process],
};
