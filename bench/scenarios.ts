/** One kind of load: what is sent, how many answers' worth of CPU it divides by, and what every answer must hold. */
export interface Scenario {
  readonly name: string;
  /** What each connection sends: `####` in it is the connection's own number, so that no two ask the same. */
  readonly body: Buffer;
  readonly connections: number;
  readonly expect: string;
  /** Upstreams of the gateway: `dead` adds a primary on a closed port. */
  readonly upstreams: 'alive' | 'dead-primary';
  /** What the gateway is held against: a forwarder, or a server that answers by itself. */
  readonly floor: 'bare forwarder' | 'bare reply';
  /** The ratio of CPU per call to the floor that we promise; absent means only shown. */
  readonly promise?: number;
  /** How many times the CPU of this call the same call must take that is passed on. */
  readonly cheaperThanPassedOn?: number;
}

const call = (id: number, method: string, params: string): string =>
  `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`;

const balance = (part: string, block: string): string => `["0xd8da6bf26964af9d7eed9e03e53415d3${part}####","${block}"]`;
const logs = '[{"fromBlock":"latest","toBlock":"latest","address":"0xd8da6bf26964af9d7eed9e03e53415d37aa9####"}]';
const batch = Array.from({ length: 50 }, (_, id) =>
  call(id, 'eth_getBalance', balance(String(1000 + id), 'latest')),
).join(',');

/** A call whose answer is about 10 MB, held and checked as a whole: no list of logs, which is read at both ends only. */
export const hugeCall: Buffer = Buffer.from(call(1, 'debug_getRawReceipts', '["latest"]'));

/** The scenarios of the benchmark, in order. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'small call',
    body: Buffer.from(call(1, 'eth_getBalance', balance('7aa9', 'latest'))),
    connections: 16,
    expect: '2a"',
    upstreams: 'alive',
    floor: 'bare forwarder',
    promise: 1.8,
  },
  {
    name: 'cache hit',
    body: Buffer.from(call(1, 'eth_getBalance', balance('7aa9', '0x10'))),
    connections: 16,
    expect: '2a"',
    upstreams: 'alive',
    floor: 'bare reply',
    promise: 1.5,
    cheaperThanPassedOn: 2,
  },
  {
    name: '1 MB eth_getLogs',
    body: Buffer.from(call(1, 'eth_getLogs', logs)),
    connections: 4,
    expect: '"result":[',
    upstreams: 'alive',
    floor: 'bare forwarder',
    promise: 1.3,
  },
  {
    name: 'batch of 50',
    body: Buffer.from(`[${batch}]`),
    connections: 4,
    expect: '2a"',
    upstreams: 'alive',
    floor: 'bare forwarder',
  },
  {
    name: 'one primary dead',
    body: Buffer.from(call(1, 'eth_getBalance', balance('7aa9', 'latest'))),
    connections: 16,
    expect: '2a"',
    upstreams: 'dead-primary',
    floor: 'bare forwarder',
  },
];
