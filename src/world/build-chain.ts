import { createAdmission } from '../classify/admission.ts';
import { createJudge } from '../classify/judge.ts';
import { ChainControl } from '../control/chain-control.ts';
import type { LocalErrorLog } from '../health/own-trouble.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { Pairing } from '../model/pairing.ts';
import type { ChainSettings } from '../model/settings.ts';
import { createAsk } from '../path/ask.ts';
import { createShownHead } from '../path/head-doubt.ts';
import type { Lane } from '../path/lane.ts';
import { Visits } from '../path/visits.ts';
import type { Ask } from '../ports/ask.ts';
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
  readonly plan: ChainPlan;
  readonly lane: Lane;
  readonly control: ChainControl;
  /** When its control plane began, monotonic milliseconds. */
  readonly builtAt: number;
  /** What the control plane asks with: a reload may teach it other answer rules. */
  readonly asking: Asking;
}

/** What a chain is built from. */
export interface ChainPlan {
  readonly settings: ChainSettings;
  readonly spec: ChainSpec;
  readonly endpoints: readonly Endpoint[];
}

/** An `Ask` that can be exchanged under those who use it. */
interface Asking {
  ask: Ask;
}

/** Builds one chain's rooms and starts its control plane: every endpoint is probed at once. */
export function buildChain(plan: ChainPlan, parts: ChainParts): BuiltChain {
  const { spec, endpoints } = plan;
  const { clock, store, localErrors, emit } = parts;
  const load = createLoad(endpoints.length);
  const budget = createRetryBudget();
  const asking: Asking = { ask: askOf(plan, parts) };
  const ask: Ask = (question) => asking.ask(question);
  const control = new ChainControl(plan, { clock, ask, emit, store, localErrors, load, budget });
  const shownHead = createShownHead();
  const lane = createLane(plan, parts, { control, load, budget, shownHead });
  return { name: plan.settings.name, spec, plan, lane, control, builtAt: clock.now(), asking };
}

/**
 * Goes on with a chain under another plan of the same chain: standing, heads, latencies and budgets are kept. The old lane keeps the
 * calls it has, with the last snapshot from before; all others are the new one's.
 */
export function continueChain(built: BuiltChain, plan: ChainPlan, { parts, vouched }: Continuation): BuiltChain {
  const { control, asking, lane: old } = built;
  const places = new Map(built.plan.endpoints.map(({ key, index }) => [key, index]));
  const load = old.load.continued(plan.endpoints.map(({ key }) => places.get(key)));
  const lane = createLane(plan, parts, { control, load, budget: old.budget, shownHead: old.shownHead });
  old.yieldTo(lane);
  asking.ask = askOf(plan, parts);
  control.replace(plan, { load, vouched });
  return { ...built, spec: plan.spec, plan, lane };
}

/** What a chain is continued with. */
export interface Continuation {
  readonly parts: ChainParts;
  /** Upstreams whose new URL was seen to be of this chain. */
  readonly vouched: ReadonlySet<UpstreamKey>;
}

/** Compiles what a plan holds as text and throws it away: what cannot be built must be known before anything is changed. */
export function tryPlan({ spec, settings }: ChainPlan): void {
  createJudge(spec, settings.answerRules);
  createAdmission(spec, settings.methods);
}

/** What the control plane of a plan asks with. */
export function askOf({ spec, settings }: ChainPlan, { clock, transport, meter }: ChainParts): Ask {
  return createAsk({ clock, transport, meter, spec, judge: createJudge(spec, settings.answerRules) });
}

type LaneCore = Pick<Lane, 'load' | 'budget' | 'shownHead'> & { readonly control: ChainControl };

function createLane(plan: ChainPlan, { meter, redact }: ChainParts, { control, ...core }: LaneCore): Lane {
  const { settings, spec, endpoints } = plan;
  const { maxBatchCalls, maxNesting } = settings.limits;
  const end: LaneEnd = {};
  const lane: Lane = {
    name: settings.name,
    spec,
    providers: [...new Set(endpoints.map(({ provider }) => provider))],
    settings,
    requestLimits: { maxBatchCalls, maxNesting, envelope: spec.envelope },
    judge: createJudge(spec, settings.answerRules),
    admit: createAdmission(spec, settings.methods),
    pairing: () => end.pairing ?? control.pairing(),
    isProven: () => control.isProven(),
    unready: () => control.unready(),
    whenProven: () => control.whenProven(),
    noteCall: () => control.noteCall(),
    noteHead: (endpoint, height) => control.noteHead(endpoint, height),
    visits: new Visits(),
    successor: () => end.successor?.successor() ?? lane,
    yieldTo: (successor) => Object.assign(end, { pairing: control.pairing(), successor }),
    ...core,
    meter: meter.chain(settings.name),
    upstreamMeters: endpoints.map(({ key }) => meter.upstream(key)),
    redact,
  };
  return lane;
}

/** Where a lane ended: its last snapshot, and who went on. */
interface LaneEnd {
  pairing?: Pairing;
  successor?: Lane;
}
