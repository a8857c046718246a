import type { FaultName } from '../../../src/model/faults.ts';

/** Clients' calls, and their time. */
export const requests = 'switchyard_requests_total';
export const durations = 'switchyard_request_duration_seconds';

/** The conditions every selector carries, by what a metric is about. */
export const ofProcess = 'job=~"$job",instance=~"$instance"';
export const ofChain = `${ofProcess},chain=~"$chain"`;
export const ofEndpoint = `${ofChain},provider=~"$provider",endpoint=~"$endpoint"`;

/** What a call came to where the gateway, and not its client, fell short. */
export const failedOutcomes = [
  'NO_UPSTREAM',
  'UPSTREAMS_EXHAUSTED',
  'DEADLINE_PASSED',
  'OVERLOADED',
  'NOT_READY',
  'HEIGHT_NOT_REACHED',
  'WRITE_OUTCOME_UNKNOWN',
  'QUORUM_DISAGREES',
  'INTERNAL',
] as const satisfies readonly FaultName[];

/** A counter's growth per second, as fine as the panel can show it. */
export function rate(counter: string, conditions: string): string {
  return `rate(${counter}{${conditions}}[$__rate_interval])`;
}

/** Share of clients' calls that failed: 0 where none ever did, 1 where no other ever came. */
export function failedShare(by: string): string {
  const grouped = by === '' ? 'sum' : `sum by (${by})`;
  const failed = `${grouped} (${rate(requests, `${ofChain},outcome=~"${failedOutcomes.join('|')}"`)})`;
  const all = `${grouped} (${rate(requests, ofChain)})`;
  return `(${failed} or 0 * ${all}) / ${all}`;
}

/** What a counter of rare events counted in each interval a panel shows. */
export function growth(counter: string, conditions: string): string {
  return `increase(${counter}{${conditions}}[$__rate_interval])`;
}

/** The value below which a share of the observations of a histogram lies. */
export function quantile(share: number, histogram: string, { conditions, by = '' }: QuantileParts): string {
  const labels = by === '' ? 'le' : `le, ${by}`;
  return `histogram_quantile(${share}, sum by (${labels}) (${rate(`${histogram}_bucket`, conditions)}))`;
}

interface QuantileParts {
  readonly conditions: string;
  readonly by?: string;
}

/** One state of a state set, as a panel shows it. */
export interface ShownState {
  readonly name: string;
  readonly color: string;
}

/** Standings from the best to the worst: the greatest over the replicas is the worst. */
export const standings: readonly ShownState[] = [
  { name: 'serving', color: 'green' },
  { name: 'probation', color: 'light-yellow' },
  { name: 'unproven', color: 'blue' },
  { name: 'blocked', color: 'red' },
  { name: 'quarantined', color: 'purple' },
];

/** States of a tracker from the best to the worst. */
export const trackerStates: readonly ShownState[] = [
  { name: 'following', color: 'green' },
  { name: 'waiting-for-event', color: 'light-green' },
  { name: 'syncing', color: 'blue' },
  { name: 'waiting-for-connection', color: 'orange' },
  { name: 'error', color: 'red' },
];

/** What is known of an endpoint's chain. */
export const identities: readonly ShownState[] = [
  { name: 'confirmed', color: 'green' },
  { name: 'unknown', color: 'blue' },
  { name: 'wrong', color: 'red' },
];

/** States of a chain's start machine. */
export const chainStates: readonly ShownState[] = [
  { name: 'running', color: 'green' },
  { name: 'backfilling', color: 'light-yellow' },
  { name: 'waiting-safe-head', color: 'blue' },
  { name: 'not-started', color: 'text' },
  { name: 'halted', color: 'red' },
];

interface StateSet {
  readonly metric: string;
  readonly label: string;
  readonly states: readonly ShownState[];
  readonly conditions: string;
  readonly by: string;
}

/** The present state of a state set as its place in the list of states, from 1. */
export function stateOf({ metric, label, states, conditions, by }: StateSet): string {
  const terms = states.map(({ name }, at) => `${at + 1} * ${metric}{${conditions},${label}="${name}"}`);
  return `sum by (${by}) (${terms.join(' or ')})`;
}
