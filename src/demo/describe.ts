import { legendText, stateText } from './control-text.ts';
import { devnetChain, devnetChainId } from './devnet-config.ts';
import type { DevnetView } from './faults.ts';

/** Where the gateway in front of the devnet listens. */
export interface Doors {
  readonly publicUrl: string;
  readonly adminUrl: string;
}

/** What is described. */
export interface Description {
  readonly view: DevnetView;
  readonly controlUrl: string;
  /** Whether keys are heard. */
  readonly keys: 'heard' | 'not-heard';
}

/** What to try: where things are, calls to copy, how to break a provider and how to see it. */
export function describeDevnet({ view, controlUrl, keys }: Description, doors: Doors): string {
  const rpcUrl = `${withoutSlash(doors.publicUrl)}/${devnetChain}`;
  const adminUrl = withoutSlash(doors.adminUrl);
  return [
    'Switchyard in front of a devnet: three providers, an anvil behind each, all three one chain.',
    '',
    `  RPC URL       ${rpcUrl}   (chain id ${devnetChainId})`,
    `  admin         ${adminUrl}`,
    `  providers     ${controlUrl}`,
    '',
    'Ask:',
    `  curl -s ${rpcUrl} -d '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'`,
    `  {"jsonrpc":"2.0","id":1,"result":"0x${devnetChainId.toString(16)}"}`,
    'Break a provider, and mend it:',
    `  curl -s -X POST ${controlUrl}/alpha/black-hole`,
    `  curl -s -X POST ${controlUrl}/alpha/up`,
    'See what the gateway makes of it:',
    `  curl -s ${adminUrl}/api/status`,
    `  curl -s ${adminUrl}/metrics | grep endpoint_healthy`,
    '',
    stateText(view),
    '',
    keys === 'heard'
      ? 'Keys: 1, 2, 3 choose a provider, q ends the demo, a letter throws a switch (as does POST /<provider>/<switch>?n=<number>):'
      : 'Switches (POST /<provider>/<switch>?n=<number>):',
    legendText(),
    '',
  ].join('\n');
}

function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url;
}
