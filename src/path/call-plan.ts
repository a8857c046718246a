import { needOf } from '../classify/block-need.ts';
import { acceptedResult, transactionHash } from '../classify/transaction-hash.ts';
import type { ClassifiedCall } from '../model/call.ts';
import type { MethodPolicy } from '../model/method-policy.ts';
import type { Pairing } from '../model/pairing.ts';
import type { Need } from '../model/pick.ts';
import type { LimitSettings } from '../model/settings.ts';
import type { Hash } from '../ports/hash.ts';
import type { RelayPlan } from '../relay/relay-plan.ts';
import { hasPrivateWrites } from '../select/terms.ts';
import type { Lane } from './lane.ts';
import { callTimeMs, type Steering } from './steering.ts';

/** Sends of one read, but for the one more that DESIGN grants to an upstream that answered well just now. */
const maxAttempts = 3;

/** How a call is sent: reads anywhere, signed bytes to several, everything else at most once. */
export function sendKindOf(policy: MethodPolicy): Need['kind'] {
  if (policy.kind === 'read' || policy.kind === 'filter') return 'read';
  return policy.write?.kind === 'raw' ? 'raw' : 'once';
}

/** What the call needs of an upstream. */
export function needFor(lane: Lane, classified: ClassifiedCall, steering: Steering): Need {
  const { policy, call, block } = classified;
  return {
    method: call.method,
    class: policy.class,
    kind: sendKindOf(policy),
    block: needOf(block, lane.spec.family),
    exclude: steering.exclude,
    ...(policy.addon !== undefined && { addon: policy.addon }),
    ...(steering.prefer !== undefined && { prefer: steering.prefer }),
    ...(mayCarrySigned(classified) && { mayCarrySigned: true }),
    ...(lane.settings.writesPublicFallback && { publicFallback: true }),
  };
}

/**
 * Bundles, writes that wait for their block, and whatever the spec does not know may hold signed bytes in shapes of their own; so do reads
 * that try a transaction out. Another write that needs an add-on goes where that is.
 */
function mayCarrySigned({ policy }: ClassifiedCall): boolean {
  return policy.carriesSigned === true || (policy.write?.kind === 'once' && policy.addon === undefined);
}

/** What a plan is made for, beside the lane. */
export interface PlanOf {
  readonly classified: ClassifiedCall;
  readonly steering: Steering;
  readonly pairing: Pairing;
  readonly now: number;
  readonly hash: Hash;
}

/** How the call is relayed: deadlines by class, retries and hedges as its policy allows. */
export function planFor(lane: Lane, { classified, steering, pairing, now, hash }: PlanOf): RelayPlan {
  const { policy } = classified;
  const { limits } = lane.settings;
  const kind = sendKindOf(policy);
  const transaction = kind === 'raw' ? transactionHash(lane.spec.transactionHash, classified, hash) : undefined;
  return {
    chain: lane.name,
    kind,
    class: policy.class,
    deadlineAt: now + callTimeMs(steering, limits),
    attemptTimeoutMs: attemptTimeoutMs(policy, limits),
    maxAttempts,
    retry: kind === 'once' || !policy.retry ? 'if-unsent' : 'allowed',
    hedge: policy.hedge ? 'allowed' : 'never',
    // Where a chain has a private provider, signed transactions go out one after another.
    broadcast: hasPrivateWrites(pairing) ? 1 : (lane.settings.broadcast ?? lane.spec.broadcast),
    ...(transaction !== undefined &&
      lane.spec.transactionHash !== undefined && {
        knownResult: Buffer.from(acceptedResult(lane.spec.transactionHash, transaction)),
        ...(lane.spec.transactionLookUp !== undefined && { lookUp: 'possible' }),
      }),
  };
}

/** Time of one attempt in milliseconds, where nothing cuts it short. */
export function attemptTimeoutMs(policy: MethodPolicy, limits: LimitSettings): number {
  return policy.timeoutMs ?? classTimeoutMs(policy, limits);
}

function classTimeoutMs(policy: MethodPolicy, limits: LimitSettings): number {
  switch (policy.class) {
    case 'light':
      return limits.lightTimeoutMs;
    case 'normal':
      return limits.normalTimeoutMs;
    case 'heavy':
      return limits.heavyTimeoutMs;
    case 'write':
      return limits.writeTimeoutMs;
  }
}
