import type { CallMemory } from '../path/call-memory.ts';
import type { OperationResult, Operations, ReloadResult } from '../ports/doors.ts';
import type { BuiltChain } from './build-chain.ts';
import { explainCall } from './explain-call.ts';
import { explainPast } from './explain-past.ts';
import { reportStatus, type StatusSources } from './status-report.ts';

/** What the operators' door works on. */
export interface OperationParts extends StatusSources {
  /** Absent where calls are not remembered. */
  readonly memory?: CallMemory | undefined;
  find(name: string | undefined): BuiltChain | undefined;
  reload(): Promise<ReloadResult>;
}

/** Everything an operator may see and do. */
export function createOperations(parts: OperationParts): Operations {
  const startedAt = parts.clock.wall();
  const on = (upstream: string, operate: (chain: BuiltChain) => OperationResult): OperationResult => {
    const chain = parts.find(upstream.split('/')[0]);
    return chain === undefined ? unknownUpstream : operate(chain);
  };
  return {
    chains: () => parts.chains().map(({ control }) => control.view()),
    status: () => reportStatus(parts, startedAt),
    explain: (query) => explainCall(parts, query),
    recall: (requestId) => explainPast(parts, requestId),
    cordon: (upstream) => on(upstream, ({ control }) => control.cordon(upstream, 'cordon')),
    uncordon: (upstream) => on(upstream, ({ control }) => control.cordon(upstream, 'uncordon')),
    probe: (upstream) => on(upstream, ({ control }) => control.probe(upstream)),
    reload: () => parts.reload(),
  };
}

const unknownUpstream: OperationResult = {
  done: false,
  why: 'no such upstream; write chain/provider/endpoint as /api/status lists it',
};
