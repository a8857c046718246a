/** One metric of `/metrics`. Gauges are read off the state at scrape time; they cannot stick. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
}
