import type { Row } from './dashboard.ts';
import { attempts, durations, each, failedShare, legend, sends } from './endpoint-series.ts';
import { graph, table } from './panel.ts';
import { ofEndpoint, ofProcess, quantile, rate } from './selections.ts';

/** What is sent for clients, and what comes of it. */
export const traffic: Row = {
  title: 'Traffic',
  panels: [
    graph({ title: 'Attempts by endpoint', about: 'Attempts per second sent for clients.', unit: 'reqps' }, [
      { expr: `sum by (${each}) (${rate(attempts, ofEndpoint)})`, legend },
    ]),
    graph(
      {
        title: 'Attempts by outcome',
        about: '`error` speaks against nobody but the call; `failed` against the endpoint; `cancelled` lost a race.',
        unit: 'reqps',
      },
      [{ expr: `sum by (outcome) (${rate(attempts, ofEndpoint)})`, legend: '{{outcome}}' }],
      'stacked',
    ),
    graph(
      {
        title: 'Failed attempts',
        about: 'Share of attempts that speak against the endpoint. Below 80 % good it is blocked.',
        unit: 'percentunit',
      },
      [{ expr: failedShare, legend }],
    ),
    graph(
      {
        title: 'Error classes',
        about: 'Answers that were not good, by meaning and by whom they speak against.',
        unit: 'cps',
      },
      [
        {
          expr: `sum by (kind, blame) (${rate('switchyard_endpoint_errors_total', ofEndpoint)})`,
          legend: '{{kind}} ({{blame}})',
        },
      ],
    ),
    graph(
      {
        title: 'Rate limited',
        about:
          'Attempts per second answered with 429 or its like. Never a failure; raise the plan or lower the weight.',
        unit: 'cps',
      },
      [{ expr: `sum by (${each}) (${rate(attempts, `${ofEndpoint},outcome="rate-limited"`)})`, legend }],
    ),
    graph({ title: 'In flight', about: 'Attempts waiting for an answer.', unit: 'short' }, [
      { expr: `sum by (${each}) (switchyard_endpoint_in_flight{${ofEndpoint}})`, legend },
    ]),
    ...[0.5, 0.95, 0.99].map((share) =>
      graph({ title: `Latency, p${share * 100}`, about: 'Time of one attempt, answered or failed.', unit: 's' }, [
        { expr: quantile(share, durations, { conditions: ofEndpoint, by: each }), legend },
      ]),
    ),
    graph(
      {
        title: 'Latency by class, p95',
        about: 'Light, normal and heavy reads, and writes, over all endpoints chosen.',
        unit: 's',
      },
      [{ expr: quantile(0.95, durations, { conditions: ofEndpoint, by: 'class' }), legend: '{{class}}' }],
    ),
    graph(
      { title: 'Selection score', about: 'What selection compares: the lower, the more it is asked.', unit: 'short' },
      [{ expr: `avg by (${each}) (switchyard_endpoint_selection_score{${ofEndpoint}})`, legend }],
    ),
  ],
};

/** Everything that is sent. */
export const cost: Row = {
  title: 'What the provider bills',
  panels: [
    graph(
      {
        title: 'Sends by purpose',
        about: 'Everything sent, for clients or on our own account.',
        unit: 'reqps',
        width: 12,
      },
      [{ expr: `sum by (purpose) (${rate(sends, ofEndpoint)})`, legend: '{{purpose}}' }],
      'stacked',
    ),
    graph(
      {
        title: 'Budget left',
        about:
          'What is left of each monthly budget, on the replica where it is least. At 0 its endpoints are asked nothing more, or only as a last resort.',
        unit: 'percentunit',
        width: 12,
      },
      [
        {
          expr: `min by (account) (switchyard_account_budget_remaining_ratio{${ofProcess}})`,
          legend: '{{account}}',
        },
      ],
    ),
    table(
      {
        title: 'Sends in the time shown',
        about: 'All calls sent to each endpoint, by purpose.',
        unit: 'short',
        width: 24,
      },
      [
        {
          name: 'Calls',
          expr: `sum by (${each}, purpose) (increase(${sends}{${ofEndpoint}}[$__range]))`,
          unit: 'short',
        },
      ],
    ),
  ],
};
