import { createAdmission } from '../classify/admission.ts';
import { createJudge } from '../classify/judge.ts';
import { ChainControl } from '../control/chain-control.ts';
import type { LocalErrorLog } from '../health/own-trouble.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { ChainSettings } from '../model/settings.ts';
import { createAsk } from '../path/ask.ts';
import type { Lane } from '../path/lane.ts';
import type { Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';
import type { Meter } from '../ports/meter.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { Transport } from '../ports/transport.ts';
import { createRetryBudget } from '../relay/retry-budget.ts';
import { createLoad } from '../select/load.ts';

/** What every chain of a process shares. */
export interface ChainParts {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly meter: Meter;
  readonly store: StateStore;
  readonly localErrors: LocalErrorLog;
  readonly emit: Emit;
  redact(bytes: Buffer): Buffer;
}

/** One chain, built: its control plane, and its lane of the request path. */
export interface BuiltChain {
  readonly name: string;
  readonly spec: ChainSpec;
  readonly lane: Lane;
  readonly control: ChainControl;
}

/** What a chain is built from. */
export interface ChainPlan {
  readonly settings: ChainSettings;
  readonly spec: ChainSpec;
  readonly endpoints: readonly Endpoint[];
}

/** Builds one chain's rooms and starts its control plane: every endpoint is probed at once. */
export function buildChain(plan: ChainPlan, parts: ChainParts): BuiltChain {
  const { settings, spec, endpoints } = plan;
  const { clock, transport, meter, store, localErrors, emit, redact } = parts;
  const judge = createJudge(spec, settings.answerRules);
  const load = createLoad(endpoints.length);
  const budget = createRetryBudget();
  const ask = createAsk({ clock, transport, meter, spec, judge });
  const control = new ChainControl(plan, { clock, ask, emit, store, localErrors, load, budget });
  const { maxBatchCalls, maxNesting } = settings.limits;
  const lane: Lane = {
    name: settings.name,
    spec,
    providers: [...new Set(endpoints.map(({ provider }) => provider))],
    settings,
    requestLimits: { maxBatchCalls, maxNesting, envelope: spec.envelope },
    judge,
    admit: createAdmission(spec, settings.methods),
    pairing: () => control.pairing(),
    isProven: () => control.isProven(),
    unready: () => control.unready(),
    whenProven: () => control.whenProven(),
    noteCall: () => control.noteCall(),
    noteHead: (index, height) => control.noteHead(index, height),
    load,
    budget,
    meter: meter.chain(settings.name),
    upstreamMeters: endpoints.map(({ key }) => meter.upstream(key)),
    redact,
  };
  return { name: settings.name, spec, lane, control };
}
