import type { CallRecord } from '../watch.ts';
import type { Chance } from './chance.ts';
import type { Visit } from './client.ts';
import { type CallKind, callKinds, makeCall, type SimCall } from './sim-call.ts';
import type { ChainPlan, SimPlan } from './sim-plan.ts';

/** What a visit is drawn from. */
export interface VisitSource {
  readonly chance: Chance;
  readonly at: number;
  readonly chain: ChainPlan;
  /** Names of its present providers. */
  readonly providers: readonly string[];
  readonly firstNumber: number;
  /** `well`: nothing poisonous, so that every call can be held to its answer. */
  readonly phase: 'trouble' | 'recovery' | 'well';
}

/** Calls in one batch at most. */
const mostVisitCalls = 8;

const calmKinds: readonly CallKind[] = [
  'block-number',
  'balance-latest',
  'balance-at-recent',
  'logs-recent',
  'raw-write',
];

const unsteered: ReadonlyMap<string, string> = new Map();

/** Draws what one client asks for next. */
export function drawVisit({ calls }: SimPlan, source: VisitSource): Visit {
  const { chance, at, chain, firstNumber, phase } = source;
  const { history } = chain;
  const kinds = phase === 'well' ? calmKinds : calls.kinds;
  const isBatch = phase !== 'well' && chance.happens(calls.batchShare);
  const count = isBatch ? chance.whole(2, mostVisitCalls) : 1;
  const style = isBatch ? 'batch' : phase === 'trouble' && chance.happens(0.01) ? 'notification' : 'single';
  const steering = phase !== 'well' && chance.happens(calls.steerShare) ? drawSteering(source) : unsteered;
  const records = Array.from({ length: count }, (_, index) => {
    const number = firstNumber + index;
    const call = makeCall(drawKind(kinds, chance), { number, at, history, random: chance.random });
    return recordOf(call, { at, chain: chain.name, style, steering });
  });
  return { chain: chain.name, records, style, steering };
}

function drawKind(kinds: readonly CallKind[], chance: Chance): CallKind {
  let left = chance.between(
    0,
    kinds.reduce((sum, kind) => sum + callKinds[kind], 0),
  );
  for (const kind of kinds) {
    left -= callKinds[kind];
    if (left < 0) return kind;
  }
  return kinds[0] ?? 'block-number';
}

function drawSteering({ chance, providers }: VisitSource): ReadonlyMap<string, string> {
  const provider = providers[chance.whole(0, providers.length - 1)] ?? '';
  const drawn = chance.random();
  if (drawn < 0.4) return new Map([['provider', provider]]);
  if (drawn < 0.7) return new Map([['exclude', provider]]);
  return new Map([['timeout-ms', String(chance.whole(50, 4000))]]);
}

interface Manner {
  readonly at: number;
  readonly chain: string;
  readonly style: CallRecord['style'];
  readonly steering: ReadonlyMap<string, string>;
}

function recordOf(call: SimCall, { at, chain, style, steering }: Manner): CallRecord {
  const timeoutMs = steering.get('timeout-ms');
  return {
    call,
    chain,
    startedAt: at,
    style,
    prefer: steering.get('provider'),
    exclude: steering.get('exclude'),
    timeoutMs: timeoutMs === undefined ? undefined : Number(timeoutMs),
    sends: [],
    snapshot: () => undefined,
    pairing: undefined,
    reply: undefined,
  };
}
