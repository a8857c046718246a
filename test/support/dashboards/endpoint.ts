import type { DashboardPlan, Row } from './dashboard.ts';
import { attempts, durations, each, failedShare, legend } from './endpoint-series.ts';
import { cost, traffic } from './endpoint-traffic.ts';
import { graph, type Query, table, timeline } from './panel.ts';
import {
  growth,
  identities,
  ofChain,
  ofEndpoint,
  quantile,
  rate,
  type ShownState,
  standings,
  stateOf,
  trackerStates,
} from './selections.ts';

/** The worst of an endpoint's states over the replicas, by its place in the list. */
function worst(metric: string, label: string, states: readonly ShownState[]): string {
  return `max by (${each}) (${stateOf({ metric, label, states, conditions: ofEndpoint, by: `instance, ${each}` })})`;
}

/** A gauge of each endpoint, on the replica where it is greatest. */
function greatest(metric: string): Query {
  return { expr: `max by (${each}) (${metric}{${ofEndpoint}})`, legend };
}

const now: Row = {
  title: 'Now',
  panels: [
    table(
      {
        title: 'Endpoints now',
        about:
          'Every endpoint on the replica where it looks worst. In rotation: share of the time shown it was serving or in probation.',
        unit: 'short',
      },
      [
        {
          name: 'Info',
          expr: `max by (${each}, tier, interface) (switchyard_endpoint_info{${ofEndpoint}})`,
          unit: 'short',
          shows: 'labels',
        },
        {
          name: 'Standing',
          expr: worst('switchyard_endpoint_standing', 'standing', standings),
          unit: 'short',
          states: standings,
        },
        {
          name: 'Identity',
          expr: worst('switchyard_endpoint_identity', 'identity', identities),
          unit: 'short',
          states: identities,
        },
        {
          name: 'In rotation',
          expr: `avg by (${each}) (avg_over_time(switchyard_endpoint_healthy{${ofEndpoint}}[$__range]))`,
          unit: 'percentunit',
        },
        { name: 'Head', expr: greatest('switchyard_endpoint_latest_block').expr, unit: 'none' },
        { name: 'Lag', expr: greatest('switchyard_endpoint_block_lag').expr, unit: 'none' },
        { name: 'Head age', expr: greatest('switchyard_endpoint_head_age_seconds').expr, unit: 's' },
        { name: 'Attempts', expr: `sum by (${each}) (${rate(attempts, ofEndpoint)})`, unit: 'reqps' },
        { name: 'Failed', expr: failedShare, unit: 'percentunit' },
        { name: 'p95', expr: quantile(0.95, durations, { conditions: ofEndpoint, by: each }), unit: 's' },
        { name: 'In flight', expr: `sum by (${each}) (switchyard_endpoint_in_flight{${ofEndpoint}})`, unit: 'short' },
        { name: 'Held off', expr: greatest('switchyard_endpoint_hold_off_seconds').expr, unit: 's' },
      ],
    ),
  ],
};

const standing: Row = {
  title: 'Standing',
  panels: [
    timeline(
      {
        title: 'Standing',
        about:
          'Where each endpoint stood, as each replica saw it. A block ends by probes and by nothing else; `/api/status` tells its reason in words.',
        unit: 'short',
      },
      {
        expr: stateOf({
          metric: 'switchyard_endpoint_standing',
          label: 'standing',
          states: standings,
          conditions: ofEndpoint,
          by: `instance, ${each}`,
        }),
        legend: `${legend} on {{instance}}`,
      },
      standings,
    ),
    graph({ title: 'Healthy', about: '1 while in rotation on every replica, 0 while on none.', unit: 'percentunit' }, [
      { expr: `avg by (${each}) (switchyard_endpoint_healthy{${ofEndpoint}})`, legend },
    ]),
    graph({ title: 'Blocked time', about: 'Share of time spent blocked.', unit: 'percentunit' }, [
      { expr: `avg by (${each}) (${rate('switchyard_endpoint_blocked_seconds_total', ofEndpoint)})`, legend },
    ]),
    graph({ title: 'Blocks by reason', about: 'Blocks begun in each interval, by what led to them.', unit: 'short' }, [
      { expr: `sum by (reason) (${growth('switchyard_endpoint_blocks_total', ofEndpoint)})`, legend: '{{reason}}' },
    ]),
    graph(
      {
        title: 'Probes by result',
        about:
          'Probes in each interval. `held-off`: the endpoint asked us to slow down, which says nothing about its health.',
        unit: 'short',
      },
      [{ expr: `sum by (result) (${growth('switchyard_endpoint_probes_total', ofEndpoint)})`, legend: '{{result}}' }],
    ),
    graph({ title: 'Failed probes by endpoint', about: 'Who is probed and does not come back.', unit: 'short' }, [
      {
        expr: `sum by (${each}) (${growth('switchyard_endpoint_probes_total', `${ofEndpoint},result="failed"`)})`,
        legend,
      },
    ]),
    graph(
      {
        title: 'Held off',
        about: 'Seconds the endpoint is still left alone because it asked for it. Never held against it.',
        unit: 's',
      },
      [greatest('switchyard_endpoint_hold_off_seconds')],
    ),
  ],
};

const head: Row = {
  title: 'Head',
  panels: [
    graph(
      { title: 'Latest block', about: 'Newest height each endpoint reported; absent until observed.', unit: 'none' },
      [greatest('switchyard_endpoint_latest_block')],
    ),
    graph(
      {
        title: 'Block lag',
        about: "Blocks behind the chain's tip. A lagging endpoint gets no tip reads and is back when it caught up.",
        unit: 'short',
      },
      [greatest('switchyard_endpoint_block_lag')],
    ),
    graph({ title: 'Head age', about: "Seconds since the endpoint's head last moved.", unit: 's' }, [
      greatest('switchyard_endpoint_head_age_seconds'),
    ]),
    graph({ title: 'Finalized block', about: 'Newest finalized height each endpoint reported.', unit: 'none' }, [
      greatest('switchyard_endpoint_finalized_block'),
    ]),
    graph({ title: 'Epoch', about: 'Epoch of the chain, from its finalized height.', unit: 'none' }, [
      { expr: `max by (chain) (switchyard_chain_epoch{${ofChain}})`, legend: '{{chain}}' },
    ]),
    timeline(
      {
        title: 'Tracker',
        about: 'What follows each endpoint’s head is doing. `error`: it cannot read the head.',
        unit: 'short',
        width: 8,
      },
      { expr: worst('switchyard_endpoint_tracker_state', 'state', trackerStates), legend },
      trackerStates,
    ),
  ],
};

/** One endpoint, or several side by side. */
export const endpoint: DashboardPlan = {
  uid: 'switchyard-endpoint',
  title: 'Switchyard / Endpoint',
  about: 'How each endpoint of a provider does: standing, head, traffic, cost.',
  variables: ['chain', 'provider', 'endpoint'],
  rows: [now, standing, head, traffic, cost],
};
