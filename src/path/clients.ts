import type { Client, ClientKey, ClientRates } from '../model/client.ts';
import type { FaultAnswer } from '../model/faults.ts';
import type { AuthSettings } from '../model/settings.ts';
import type { GatewayRequest } from '../ports/handle.ts';
import { unknownChain } from './own-answers.ts';

/** Says who calls, by the digest of the key a request carries and the address it comes from. */
export type KnowClient = (
  request: Pick<GatewayRequest, 'credential' | 'credentialIn' | 'client'>,
) => Client | FaultAnswer;

/** Who calls where nothing tells clients apart: one object, nothing is allocated per request. */
const anybody: Client = { bucket: '', key: undefined, rates: undefined };

/**
 * Prepares to know the clients of one configuration.
 *
 * A key is found by its digest, which whoever guesses keys cannot steer; so how long that takes says nothing of how near a guess was.
 */
export function createKnowClient({ anonymous, anonymousRates, keys }: AuthSettings): KnowClient {
  const holders = new Map(keys.map((key) => [key.sha256, holderOf(key)]));
  const stranger = strangers(anonymousRates);
  return ({ credential, credentialIn, client }) => {
    if (credential === undefined) return anonymous === 'allow' ? stranger(client.address) : noKey;
    const holder = holders.get(credential);
    if (holder !== undefined) return holder;
    if (keys.length > 0) return wrongKey;
    // Where nobody has a key, a path of two parts leads nowhere, and a header is not for us: some send one wherever they go.
    if (credentialIn === 'path') return unknownChain;
    return anonymous === 'allow' ? stranger(client.address) : wrongKey;
  };
}

function holderOf(key: ClientKey): Client {
  return { bucket: `key/${key.name}`, key, rates: key.rates };
}

function strangers(rates: ClientRates | undefined): (address: string) => Client {
  if (rates === undefined) return () => anybody;
  return (address) => ({ bucket: `address/${networkOf(address)}`, key: undefined, rates });
}

/** Of an IPv6 address its first 64 bits: one household has all the rest. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::', 2);
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...Array<string>(zeros).fill('0'), ...right].slice(0, 4).join(':');
}

const noKey: FaultAnswer = {
  fault: 'UNAUTHORIZED',
  message:
    'A key is needed here: as `Authorization: Bearer`, as `x-api-key`, behind the chain in the path, or as `?key=`.',
};

const wrongKey: FaultAnswer = { fault: 'UNAUTHORIZED', message: 'This key is not known here.' };
