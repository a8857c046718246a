import type { Span } from './chain-history.ts';
import type { Chance } from './chance.ts';
import type { Fault, FaultProgram, Phase } from './fault.ts';

/** Kinds of faults; each seed enables some of them. */
export const faultKinds: readonly Fault['kind'][] = [
  'refused',
  'unreachable',
  'black-hole',
  'slow',
  'resets',
  'breaks-off',
  'page',
  'wrong-id',
  'status',
  'internal-error',
  'method-broken',
  'rate-limited',
  'quota-spent',
  'lags',
  'stuck',
  'claims-ahead',
  'hour-ahead',
  'lies',
  'other-chain',
  'forked',
  'pruned',
];

/** What programs are drawn from. */
export interface ProgramSource {
  readonly chance: Chance;
  /** Kinds this seed has enabled: at least one. */
  readonly enabled: readonly [Fault['kind'], ...Fault['kind'][]];
  /** From the start of the world to the moment at which everything is well again. */
  readonly span: Span;
  readonly blockTimeMs: number;
}

/** Draws what goes wrong with one URL: nothing, a few faults, one that comes and goes, or one that never ends. */
export function drawProgram(source: ProgramSource): FaultProgram {
  const { chance, span } = source;
  const manner = chance.random();
  if (manner < 0.3) return [];
  const kind = chance.oneOf(source.enabled);
  if (manner < 0.45) return flapping(source, drawFault(kind, source));
  if (manner < 0.5)
    return [
      { from: 0, to: kind === 'other-chain' ? Number.POSITIVE_INFINITY : span.to, fault: drawFault(kind, source) },
    ];
  const count = chance.whole(1, 3);
  return Array.from({ length: count }, () => drawPhase(source)).sort((a, b) => a.from - b.from);
}

function drawPhase(source: ProgramSource): Phase {
  const { chance, span } = source;
  const from = chance.happens(0.25) ? 0 : chance.between(span.from, span.from + (span.to - span.from) * 0.7);
  const to = Math.min(span.to, from + chance.spread(1000, 240_000));
  return { from, to, fault: drawFault(chance.oneOf(source.enabled), source) };
}

function flapping({ chance, span }: ProgramSource, fault: Fault): FaultProgram {
  const phases: Phase[] = [];
  const onMs = chance.spread(500, 20_000);
  const offMs = chance.spread(500, 20_000);
  let from = chance.between(span.from, span.to / 2);
  for (let cycle = chance.whole(3, 12); cycle > 0 && from < span.to; cycle -= 1) {
    phases.push({ from, to: Math.min(span.to, from + onMs), fault });
    from += onMs + offMs;
  }
  return phases;
}

function drawFault(kind: Fault['kind'], source: ProgramSource): Fault {
  const { chance, blockTimeMs } = source;
  const share = chance.oneOf([1, 1, 0.5, 0.2]);
  switch (kind) {
    case 'refused':
    case 'quota-spent':
    case 'stuck':
    case 'hour-ahead':
    case 'lies':
      return { kind };
    case 'unreachable':
      return { kind, failure: chance.oneOf(['unreachable', 'dns']) };
    case 'black-hole':
      return { kind, stage: chance.oneOf(['connect', 'answer']) };
    case 'slow':
      return { kind, addedMs: chance.spread(100, 12_000) };
    case 'resets':
    case 'wrong-id':
    case 'internal-error':
      return { kind, share };
    case 'breaks-off':
      return { kind, share, failure: chance.oneOf(['truncated', 'reset']) };
    case 'page':
      return { kind, share, status: chance.oneOf([200, 403, 502, 503]) };
    case 'status':
      return { kind, share, status: chance.oneOf([500, 502, 503, 504]) };
    case 'method-broken':
      return {
        kind,
        method: chance.oneOf(['eth_call', 'eth_getLogs', 'eth_getBalance']),
        how: chance.oneOf(['error', 'silent']),
      };
    case 'rate-limited':
      return {
        kind,
        perSecond: chance.spread(0.2, 5),
        form: chance.oneOf(['status', 'error']),
        retryAfterMs: chance.happens(0.4) ? chance.spread(1000, 60_000) : undefined,
      };
    case 'lags':
      return { kind, byMs: blockTimeMs * chance.spread(1, 60) };
    case 'claims-ahead':
      return { kind, blocks: Math.floor(chance.oneOf([chance.spread(1, 20), chance.spread(20, 600), 1e9])) };
    case 'other-chain':
      return { kind, chainId: '424242' };
    case 'forked':
      return { kind, depth: chance.whole(1, 80) };
    case 'pruned':
      return { kind, keeps: chance.oneOf([128, 16]) };
  }
}
