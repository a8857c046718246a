import { secondTries, traffic, upstreams } from './chain-traffic.ts';
import type { DashboardPlan, Row } from './dashboard.ts';
import { figure, graph, timeline } from './panel.ts';
import { chainStates, growth, ofChain, rate, requests, stateOf } from './selections.ts';

const state: Row = {
  title: 'State',
  panels: [
    figure(
      {
        title: 'Ready',
        about: '1 while an upstream is serving or in probation, on every replica.',
        unit: 'bool_yes_no',
      },
      [{ expr: `min by (chain) (switchyard_chain_ready{${ofChain}})`, legend: '{{chain}}' }],
      { red: 0.5, yellow: 1 },
    ),
    figure(
      {
        title: 'Degraded',
        about: 'Yes while the tip or the answers rest on less than they should; `/api/status` says on what.',
        unit: 'bool_yes_no',
      },
      [{ expr: `max by (chain) (switchyard_chain_degraded{${ofChain}})`, legend: '{{chain}}' }],
      { red: 1 },
    ),
    figure({ title: 'Tip', about: "Newest height the chain's upstreams agree on.", unit: 'none', width: 4 }, [
      { expr: `max by (chain) (switchyard_chain_latest_block{${ofChain}})`, legend: '{{chain}}' },
    ]),
    figure({ title: 'Finalized', about: 'Agreed finalized height.', unit: 'none', width: 4 }, [
      { expr: `max by (chain) (switchyard_chain_finalized_block{${ofChain}})`, legend: '{{chain}}' },
    ]),
    figure(
      {
        title: 'Epoch',
        about: 'Finalized height divided by the blocks of an epoch; the same on all replicas.',
        unit: 'none',
        width: 4,
      },
      [{ expr: `max by (chain) (switchyard_chain_epoch{${ofChain}})`, legend: '{{chain}}' }],
    ),
    figure(
      {
        title: 'Epochs begun',
        about:
          'Epochs begun in the time shown. At each, blocked endpoints are probed at once and nothing is unblocked without a probe.',
        unit: 'none',
      },
      [
        {
          expr: `max by (chain) (max_over_time(switchyard_chain_epoch{${ofChain}}[$__range])) - min by (chain) (min_over_time(switchyard_chain_epoch{${ofChain}}[$__range]))`,
          legend: '{{chain}}',
        },
      ],
    ),
    figure({ title: 'Calls', about: "Clients' calls per second.", unit: 'reqps' }, [
      { expr: `sum by (chain) (${rate(requests, ofChain)})`, legend: '{{chain}}' },
    ]),
    timeline(
      {
        title: 'Start of the chain',
        about: 'How far each replica is with the chain. Halted: no upstream is of this chain.',
        unit: 'short',
      },
      {
        expr: stateOf({
          metric: 'switchyard_chain_state',
          label: 'state',
          states: chainStates,
          conditions: ofChain,
          by: 'instance, chain',
        }),
        legend: '{{chain}} on {{instance}}',
      },
      chainStates,
    ),
  ],
};

const blocks: Row = {
  title: 'Blocks and epochs',
  panels: [
    graph({ title: 'Height', about: 'The agreed tip and what of it is final.', unit: 'none' }, [
      { expr: `max by (chain) (switchyard_chain_latest_block{${ofChain}})`, legend: '{{chain}} tip' },
      { expr: `max by (chain) (switchyard_chain_finalized_block{${ofChain}})`, legend: '{{chain}} finalized' },
    ]),
    graph(
      {
        title: 'Blocks not yet final',
        about: 'A growing distance means that the chain moves but does not finalize.',
        unit: 'short',
      },
      [
        {
          expr: `max by (chain) (switchyard_chain_latest_block{${ofChain}}) - max by (chain) (switchyard_chain_finalized_block{${ofChain}})`,
          legend: '{{chain}}',
        },
      ],
    ),
    graph(
      {
        title: 'Blocks per minute',
        about: 'How fast the tip moves; 0 while the chain, or our sight of it, stands still.',
        unit: 'short',
      },
      [
        {
          expr: `max by (chain) (deriv(switchyard_chain_latest_block{${ofChain}}[$__rate_interval])) * 60`,
          legend: '{{chain}}',
        },
      ],
    ),
    graph(
      {
        title: 'Age of the newest head',
        about: "Seconds since any of the chain's endpoints showed a new block.",
        unit: 's',
      },
      [{ expr: `min by (chain) (switchyard_endpoint_head_age_seconds{${ofChain}})`, legend: '{{chain}}' }],
    ),
    graph(
      {
        title: 'Epoch over time',
        about: 'Replicas that show different epochs for long see different chains.',
        unit: 'none',
      },
      [{ expr: `max by (chain, instance) (switchyard_chain_epoch{${ofChain}})`, legend: '{{chain}} on {{instance}}' }],
    ),
    graph(
      {
        title: 'Reorganisations and missed blocks',
        about: 'In each interval, on the replica that saw most.',
        unit: 'short',
      },
      [
        {
          expr: `max by (chain) (${growth('switchyard_chain_reorgs_total', ofChain)})`,
          legend: '{{chain}} reorganisations',
        },
        {
          expr: `max by (chain) (${growth('switchyard_chain_blocks_missed_total', ofChain)})`,
          legend: '{{chain}} blocks missed',
        },
      ],
    ),
  ],
};

/** One chain, or several side by side. */
export const chain: DashboardPlan = {
  uid: 'switchyard-chain',
  title: 'Switchyard / Chain',
  about: 'What clients of a chain get, and what it rests on.',
  variables: ['chain'],
  rows: [state, blocks, traffic, secondTries, upstreams],
};
