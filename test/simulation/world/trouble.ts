import type { Span } from './chain-history.ts';
import { type FaultProgram, isBlamable } from './fault.ts';

/** True where a fault for which an upstream may be blocked was under way within a span. */
export function fallsShortAt(program: FaultProgram, span: Span): boolean {
  return program.some((phase) => isBlamable(phase.fault) && phase.from <= span.to && phase.to >= span.from);
}
