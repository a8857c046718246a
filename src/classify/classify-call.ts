import type { BlockReference, Call, ClassifiedCall } from '../model/call.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { BlockPosition, MethodPolicy } from '../model/method-policy.ts';
import { readBlock, readHash, readRange } from './block-reference.ts';
import { readParams } from './params.ts';

/** Params longer than this, in bytes, are not opened to find the block: what a missing block means is taken instead. */
export const maxParamsBytes = 65_536;

/**
 * Finds a call's policy and the block it reads. A method the spec does not name gets the spec's `unknownMethod`.
 *
 * Params are opened only where the policy says that the block stands in them. Never throws: params that cannot be read leave
 * what a missing block means, and the upstream says what is wrong with them.
 */
export function classifyCall(spec: ChainSpec, call: Call): ClassifiedCall {
  const policy = spec.methods.get(call.method) ?? spec.unknownMethod;
  return { call, policy, block: blockOf(spec, call, policy) };
}

const none: BlockReference = { kind: 'none' };
const newest: BlockReference = { kind: 'tag', tag: 'latest' };

function blockOf(spec: ChainSpec, call: Call, policy: MethodPolicy): BlockReference {
  const position = policy.block;
  switch (position.kind) {
    case 'none':
      return none;
    case 'tip':
      return newest;
    case 'param':
    case 'range':
    case 'by-hash':
      return readPosition(spec, position, readParams(call.params, maxParamsBytes));
  }
}

function readPosition(
  spec: ChainSpec,
  position: Exclude<BlockPosition, { readonly kind: 'none' | 'tip' }>,
  params: unknown,
): BlockReference {
  switch (position.kind) {
    case 'param':
      return readBlock(spec.family, position, params);
    case 'range':
      return readRange(spec.family, position, params);
    case 'by-hash':
      return readHash(position, params);
  }
}
