import type { Row } from './dashboard.ts';
import { graph } from './panel.ts';
import { durations, failedShare, growth, ofChain, quantile, rate, requests } from './selections.ts';

const sends = 'switchyard_endpoint_calls_total';

/** What clients ask and get. */
export const traffic: Row = {
  title: 'Traffic',
  panels: [
    graph(
      { title: 'Calls by method', about: 'Methods the spec does not name are counted as `other`.', unit: 'reqps' },
      [{ expr: `sum by (method) (${rate(requests, ofChain)})`, legend: '{{method}}' }],
      'stacked',
    ),
    graph(
      {
        title: 'Calls by outcome',
        about: "What clients got: `ok`, the upstream's own `error`, or a fault of the gateway.",
        unit: 'reqps',
      },
      [{ expr: `sum by (outcome) (${rate(requests, ofChain)})`, legend: '{{outcome}}' }],
      'stacked',
    ),
    graph(
      {
        title: 'Failed calls',
        about: 'Share of calls that got a fault of the gateway, clients’ own mistakes left out.',
        unit: 'percentunit',
      },
      [{ expr: failedShare('chain'), legend: '{{chain}}' }],
    ),
    graph(
      { title: 'Latency', about: 'Time of calls inside the gateway, upstreams included.', unit: 's' },
      [0.5, 0.95, 0.99].map((share) => ({
        expr: quantile(share, durations, { conditions: ofChain, by: 'chain' }),
        legend: `{{chain}} p${share * 100}`,
      })),
    ),
    graph({ title: 'Latency by method, p95', about: 'Which methods are the slow ones.', unit: 's' }, [
      { expr: quantile(0.95, durations, { conditions: ofChain, by: 'method' }), legend: '{{method}}' },
    ]),
    graph(
      {
        title: 'Reads by the cache',
        about:
          'What became of reads that may be kept or shared: `hit` and `coalesced` cost no upstream anything, `miss` and `bypass` do.',
        unit: 'reqps',
      },
      [{ expr: `sum by (result) (${rate('switchyard_cache_requests_total', ofChain)})`, legend: '{{result}}' }],
      'stacked',
    ),
    graph(
      {
        title: 'Calls by key',
        about: 'Calls of clients that came with a key, by its name. Without keys there is nothing to show.',
        unit: 'reqps',
      },
      [{ expr: `sum by (client) (${rate('switchyard_client_requests_total', ofChain)})`, legend: '{{client}}' }],
      'stacked',
    ),
    graph(
      {
        title: 'Calls over a limit',
        about: 'Calls refused with 429 because their client was over what it may use.',
        unit: 'reqps',
      },
      [{ expr: rate('switchyard_rate_limited_total', ofChain), legend: '{{instance}}' }],
    ),
    graph(
      {
        title: 'Writes',
        about: 'Transactions by outcome. `unknown`: sent, and nobody answered; look each of them up.',
        unit: 'short',
      },
      [{ expr: `sum by (outcome) (${growth('switchyard_writes_total', ofChain)})`, legend: '{{outcome}}' }],
    ),
  ],
};

/** What failures and slow answers cost. */
export const secondTries: Row = {
  title: 'Second tries',
  panels: [
    graph(
      {
        title: 'Retries by reason',
        about: 'Calls asked again on another upstream, by the meaning of the answer before.',
        unit: 'cps',
      },
      [{ expr: `sum by (reason) (${rate('switchyard_retries_total', ofChain)})`, legend: '{{reason}}' }],
    ),
    graph(
      {
        title: 'Hedges by result',
        about: 'Slow reads asked a second time. `won`: the second answer came first.',
        unit: 'cps',
      },
      [{ expr: `sum by (result) (${rate('switchyard_hedges_total', ofChain)})`, legend: '{{result}}' }],
    ),
    graph(
      {
        title: 'Retry budget left',
        about: 'At 0 failures go back to clients, so that an outage does not multiply the load.',
        unit: 'short',
      },
      [{ expr: `min by (chain) (switchyard_retry_budget_remaining{${ofChain}})`, legend: '{{chain}}' }],
    ),
    graph(
      {
        title: 'Second tries per call',
        about: 'Retries and hedges for each first attempt. Above 0.15 the upstreams cost more than they should.',
        unit: 'percentunit',
      },
      [
        {
          expr: `sum by (chain) (${rate(sends, `${ofChain},purpose=~"retry|hedge"`)}) / sum by (chain) (${rate(sends, `${ofChain},purpose="client"`)})`,
          legend: '{{chain}}',
        },
      ],
    ),
  ],
};

/** Who the chain rests on. */
export const upstreams: Row = {
  title: 'Upstreams',
  panels: [
    graph({ title: 'Endpoints in rotation', about: 'Backups are asked only when no primary can be.', unit: 'short' }, [
      { expr: `min by (chain, tier) (switchyard_chain_serving_endpoints{${ofChain}})`, legend: '{{chain}} {{tier}}' },
    ]),
    graph({ title: 'Attempts by provider', about: 'Attempts per second sent for clients.', unit: 'reqps' }, [
      { expr: `sum by (provider) (${rate('switchyard_endpoint_requests_total', ofChain)})`, legend: '{{provider}}' },
    ]),
    graph({ title: 'Errors by provider', about: 'Answers per second that speak against the provider.', unit: 'cps' }, [
      {
        expr: `sum by (provider) (${rate('switchyard_endpoint_errors_total', `${ofChain},blame="upstream"`)})`,
        legend: '{{provider}}',
      },
    ]),
    graph(
      {
        title: 'Unclassified errors',
        about: 'Errors no answer rule knows. The log shows their shape: add a rule to `answerRules`.',
        unit: 'short',
      },
      [{ expr: `sum by (chain) (${growth('switchyard_unclassified_errors_total', ofChain)})`, legend: '{{chain}}' }],
    ),
  ],
};
