import type { ChainSpec } from '../model/chain-spec.ts';
import type { FaultAnswer } from '../model/faults.ts';

/** Which methods a chain's config opens and closes (`methods` in the config). */
export interface MethodRules {
  /** Opens what the spec denies, one by one. */
  readonly allow: readonly string[];
  /** Closes; stands above `allow`. */
  readonly deny: readonly string[];
  readonly unknown: 'forward' | 'reject';
}

/** Why a method may not be called here, or undefined where it may. Never throws. */
export type Admission = (method: string) => FaultAnswer | undefined;

/**
 * Prepares the gate of a chain: what the spec denies and `allow` does not open is METHOD_FORBIDDEN, so is what `deny` names;
 * names starting with `rpc.` are reserved by JSON-RPC 2.0 and METHOD_NOT_FOUND, as is what the spec does not know where `unknown` is `reject`.
 *
 * Known names are compared byte for byte. A name the spec does not know is also forbidden when it is a denied one in another
 * spelling (case, full-width letters, spaces), or holds anything but visible ASCII: no node has such a method.
 */
export function createAdmission(spec: ChainSpec, { allow, deny, unknown }: MethodRules): Admission {
  const allowed = new Set(allow);
  const closed = new Set(deny);
  const denied = deniedNames(spec, closed);
  const prefixes = spec.deniedPrefixes.map(folded);
  const isDisguised = (method: string): boolean => {
    if (!visibleAscii.test(method)) return true;
    const name = folded(method);
    return denied.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
  };
  return (method) => {
    if (closed.has(method)) return forbidden;
    if (allowed.has(method)) return undefined;
    const policy = spec.methods.get(method);
    if (policy !== undefined) return policy.denied ? forbidden : undefined;
    if (method.startsWith('rpc.')) return reserved;
    if (isDisguised(method)) return forbidden;
    return unknown === 'reject' || spec.unknownMethod.denied ? notFound : undefined;
  };
}

const visibleAscii = /^[\x21-\x7e]{1,256}$/;

/** One spelling for all: compatibility letters made plain, lower case, no spaces. */
function folded(name: string): string {
  return name.slice(0, 256).normalize('NFKC').toLowerCase().replace(/\s/g, '');
}

function deniedNames(spec: ChainSpec, closed: ReadonlySet<string>): ReadonlySet<string> {
  const names = new Set<string>([...closed].map(folded));
  for (const [name, policy] of spec.methods) if (policy.denied) names.add(folded(name));
  return names;
}

const forbidden: FaultAnswer = {
  fault: 'METHOD_FORBIDDEN',
  message: 'This method is closed on this chain. The operator can open it with `methods.allow`.',
};

const reserved: FaultAnswer = {
  fault: 'METHOD_NOT_FOUND',
  message: 'Method names starting with "rpc." are reserved by JSON-RPC 2.0; no method of that name is served here.',
};

const notFound: FaultAnswer = {
  fault: 'METHOD_NOT_FOUND',
  message: 'The chain has no method of that name that this gateway knows, and unknown methods are rejected here.',
};
