import { needOf } from '../classify/block-need.ts';
import { acceptedResult, transactionHash } from '../classify/transaction-hash.ts';
import type { ClassifiedCall } from '../model/call.ts';
import type { MethodPolicy } from '../model/method-policy.ts';
import type { Need } from '../model/pick.ts';
import type { LimitSettings } from '../model/settings.ts';
import type { Hash } from '../ports/hash.ts';
import type { RelayPlan } from '../relay/relay-plan.ts';
import type { Lane } from './lane.ts';
import type { Steering } from './steering.ts';

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
    ...(lane.settings.writesPublicFallback && { publicFallback: true }),
  };
}

/** What a plan is made for, beside the lane. */
export interface PlanOf {
  readonly classified: ClassifiedCall;
  readonly steering: Steering;
  readonly now: number;
  readonly hash: Hash;
}

/** How the call is relayed: deadlines by class, retries and hedges as its policy allows. */
export function planFor(lane: Lane, { classified, steering, now, hash }: PlanOf): RelayPlan {
  const { policy } = classified;
  const { limits } = lane.settings;
  const kind = sendKindOf(policy);
  const callMs = Math.min(steering.timeoutMs ?? limits.callTimeoutMs, limits.callTimeoutMs);
  const transaction = kind === 'raw' ? transactionHash(lane.spec.transactionHash, classified, hash) : undefined;
  return {
    chain: lane.name,
    kind,
    class: policy.class,
    deadlineAt: now + callMs,
    attemptTimeoutMs: policy.timeoutMs ?? attemptMs(policy, limits),
    maxAttempts,
    retry: kind === 'once' || !policy.retry ? 'if-unsent' : 'allowed',
    hedge: policy.hedge ? 'allowed' : 'never',
    broadcast: lane.settings.broadcast ?? lane.spec.broadcast,
    ...(transaction !== undefined &&
      lane.spec.transactionHash !== undefined && {
        knownResult: Buffer.from(acceptedResult(lane.spec.transactionHash, transaction)),
      }),
  };
}

function attemptMs(policy: MethodPolicy, limits: LimitSettings): number {
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
