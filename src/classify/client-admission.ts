import type { ClassifiedCall } from '../model/call.ts';
import type { ClientKey, ContractRule } from '../model/client.ts';
import type { FaultAnswer } from '../model/faults.ts';
import { isRecord, type JsonPath, valueAt } from '../model/json-path.ts';
import type { ContractPosition, MethodPolicy } from '../model/method-policy.ts';
import type { ChainName } from '../model/names.ts';
import { readParams } from './params.ts';

/**
 * Why the holder of a key may not make a call, or undefined where it may. Looked at after what the chain itself allows; opens nothing.
 * Never throws.
 */
export function refuseByKey(
  key: ClientKey,
  { call, policy }: Pick<ClassifiedCall, 'call' | 'policy'>,
  chain: ChainName,
): FaultAnswer | undefined {
  if (key.chains !== undefined && !key.chains.includes(chain)) return otherChain;
  if (key.deny?.includes(call.method) === true) return closedMethod;
  if (key.allow !== undefined && !key.allow.includes(call.method)) return closedMethod;
  if (key.contracts === undefined) return undefined;
  const { contract } = policy;
  if (contract === undefined) return isHarmless(key, policy) ? undefined : closedContract;
  return touchesOnly(key.contracts, contract, call.params) ? undefined : closedContract;
}

const otherChain: FaultAnswer = { fault: 'METHOD_FORBIDDEN', message: 'This key is not for this chain.' };

const closedMethod: FaultAnswer = { fault: 'METHOD_FORBIDDEN', message: 'This key is not for this method.' };

const closedContract: FaultAnswer = {
  fault: 'METHOD_FORBIDDEN',
  message:
    'This key is for certain contracts and functions only; this call names another, or cannot show that it does not.',
};

/** Params longer than this are not looked into: what they name counts as not shown. In bytes. */
const maxParamsBytes = 1024 * 1024;

/** Of methods that do not say which contract they touch, light reads are let through, and what the key names itself. */
function isHarmless({ allow }: ClientKey, { name, kind, class: speed }: MethodPolicy): boolean {
  return (kind === 'read' && speed === 'light') || allow?.includes(name) === true;
}

function touchesOnly(
  contracts: readonly ContractRule[],
  contract: ContractPosition,
  bytes: Buffer | undefined,
): boolean {
  const params = readParams(bytes, maxParamsBytes);
  if ([contract.address, ...(contract.input ?? [])].some((path) => hasDouble(params, path))) return false;
  const named = [valueAt(params, contract.address)].flat();
  const inputs = contract.input?.map((path) => valueAt(params, path)).filter((value) => value !== undefined);
  return named.length > 0 && named.every((address) => isOpen(contracts, address, inputs));
}

/** Some upstreams read names of members whatever their case, and take the last: beside `to` a `To` would name another contract. */
function hasDouble(params: unknown, path: JsonPath): boolean {
  const name = path.at(-1);
  const around = valueAt(params, path.slice(0, -1));
  if (name === undefined || !isRecord(around)) return false;
  return Object.keys(around).some((other) => other !== name && folded(other) === folded(name));
}

/** Upstreams written in Go fold a few letters beyond ASCII, too: the long s, and the sign for kelvin. */
function folded(name: string): string {
  return name.toLowerCase().replaceAll('\u017f', 's');
}

/** Where a method takes inputs, and a rule names functions, every input that is there has to be one of them. */
function isOpen(contracts: readonly ContractRule[], address: unknown, inputs: readonly unknown[] | undefined): boolean {
  if (typeof address !== 'string') return false;
  return contracts.some(({ address: open, functions }) => {
    if (open !== address.toLowerCase()) return false;
    if (functions === undefined || inputs === undefined) return true;
    return inputs.length > 0 && inputs.every((input) => isOneOf(functions, input));
  });
}

function isOneOf(functions: readonly string[], input: unknown): boolean {
  return typeof input === 'string' && functions.includes(input.slice(0, selectorLength).toLowerCase());
}

/** `0x` and four bytes. */
const selectorLength = 10;
