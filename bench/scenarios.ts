/** One kind of load: what is sent, how many answers' worth of CPU it divides by, and what every answer must hold. */
export interface Scenario {
  readonly name: string;
  readonly body: Buffer;
  readonly connections: number;
  readonly expect: string;
  /** Upstreams of the gateway: `dead` adds a primary on a closed port. */
  readonly upstreams: 'alive' | 'dead-primary';
  /** The ratio of CPU per call to the bare forwarder that we promise; absent means only shown. */
  readonly promise?: number;
}

const call = (id: number, method: string, params: string): string =>
  `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`;

const balance = '["0xd8da6bf26964af9d7eed9e03e53415d37aa96045","latest"]';
const logs = '[{"fromBlock":"0x10","toBlock":"0x10"}]';

/** The scenarios of the benchmark, in order. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'small call',
    body: Buffer.from(call(1, 'eth_getBalance', balance)),
    connections: 16,
    expect: '2a"',
    upstreams: 'alive',
    promise: 1.8,
  },
  {
    name: '1 MB eth_getLogs',
    body: Buffer.from(call(1, 'eth_getLogs', logs)),
    connections: 4,
    expect: '"result":[',
    upstreams: 'alive',
    promise: 1.3,
  },
  {
    name: 'batch of 50',
    body: Buffer.from(`[${Array.from({ length: 50 }, (_, id) => call(id, 'eth_getBalance', balance)).join(',')}]`),
    connections: 4,
    expect: '2a"',
    upstreams: 'alive',
  },
  {
    name: 'one primary dead',
    body: Buffer.from(call(1, 'eth_getBalance', balance)),
    connections: 16,
    expect: '2a"',
    upstreams: 'dead-primary',
  },
];
