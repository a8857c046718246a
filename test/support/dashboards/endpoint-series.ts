import { ofEndpoint, rate } from './selections.ts';

export const attempts = 'switchyard_endpoint_requests_total';
export const durations = 'switchyard_endpoint_request_duration_seconds';
export const sends = 'switchyard_endpoint_calls_total';

/** The labels that tell endpoints apart. */
export const each = 'chain, provider, endpoint';
/** What an endpoint is called in a legend. */
export const legend = '{{chain}} {{provider}}/{{endpoint}}';

/** Share of the attempts that an endpoint answered or failed that it failed. */
export const failedShare = `sum by (${each}) (${rate(attempts, `${ofEndpoint},outcome="failed"`)}) / sum by (${each}) (${rate(attempts, `${ofEndpoint},outcome=~"ok|error|failed"`)})`;
