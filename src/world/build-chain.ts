import { createAdmission } from '../classify/admission.ts';
import { createJudge } from '../classify/judge.ts';
import { ChainControl } from '../control/chain-control.ts';
import type { LocalErrorLog } from '../health/own-trouble.ts';
import type { BudgetHold } from '../model/account.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { Endpoint } from '../model/endpoint.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { Pairing } from '../model/pairing.ts';
import type { ChainSettings } from '../model/settings.ts';
import { createAsk } from '../path/ask.ts';
import { createShownHead } from '../path/head-doubt.ts';
import type { Lane } from '../path/lane.ts';
import { createRecentWrites } from '../path/recent-writes.ts';
import { createSessionHeights } from '../path/sessions.ts';
import { Visits } from '../path/visits.ts';
import type { Ask } from '../ports/ask.ts';
import type { Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/emit.ts';
import type { Meter } from '../ports/meter.ts';
import type { StateStore } from '../ports/state-store.ts';
import type { Transport } from '../ports/transport.ts';
import { createRetryBudget } from '../relay/retry-budget.ts';
import { WaitingRoom } from '../relay/waiting-room.ts';
import { createLoad } from '../select/load.ts';
import type { Allowances } from '../select/pace.ts';
import type { Accounts } from './accounts.ts';
import type { AnswerStores } from './answer-stores.ts';

/** What every chain of a process shares. */
export interface ChainParts {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly meter: Meter;
  readonly store: StateStore;
  readonly localErrors: LocalErrorLog;
  readonly emit: Emit;
  readonly answers: AnswerStores;
  readonly accounts: Accounts;
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
  const load = createLoad(endpoints.length, allowancesOf(plan, parts));
  const budget = createRetryBudget();
  const asking: Asking = { ask: askOf(plan, parts) };
  const ask: Ask = (question) => asking.ask(question);
  const budgetOf = (endpoint: Endpoint): BudgetHold | undefined => parts.accounts.of(endpoint.account)?.hold();
  const control = new ChainControl(plan, { clock, ask, emit, store, localErrors, load, budget, budgetOf });
  const memory = { shownHead: createShownHead(), sessions: createSessionHeights(), recentWrites: createRecentWrites() };
  const cache = parts.answers.cacheOf(plan.settings);
  const lane = createLane(plan, parts, { control, load, budget, ...memory, cache });
  return { name: plan.settings.name, spec, plan, lane, control, builtAt: clock.now(), asking };
}

/**
 * Goes on with a chain under another plan of the same chain: standing, heads, latencies, budgets and answers are kept. The old lane keeps the
 * calls it has, with the last snapshot from before; all others are the new one's.
 */
export function continueChain(built: BuiltChain, plan: ChainPlan, { parts, vouched }: Continuation): BuiltChain {
  const { control, asking, lane: old } = built;
  const places = new Map(built.plan.endpoints.map(({ key, index }) => [key, index]));
  const from = plan.endpoints.map(({ key }) => places.get(key));
  const load = old.load.continued(from, allowancesOf(plan, parts));
  const cache = parts.answers.cacheOf(plan.settings, old.cache);
  const { budget, shownHead, sessions, recentWrites } = old;
  const lane = createLane(plan, parts, { control, load, budget, shownHead, sessions, recentWrites, cache });
  // What the old lane's reads come to is for the old lane's followers alone.
  cache?.answers.move();
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
export function askOf(
  { spec, settings, endpoints }: ChainPlan,
  { clock, transport, meter, accounts }: ChainParts,
): Ask {
  const names = new Map(endpoints.map(({ key, account }) => [key, account]));
  const accountOf = (upstream: UpstreamKey) => accounts.of(names.get(upstream));
  return createAsk({ clock, transport, meter, spec, accountOf, judge: createJudge(spec, settings.answerRules) });
}

/** What each endpoint's account may be sent, by index. */
function allowancesOf({ endpoints }: ChainPlan, { accounts }: ChainParts): Allowances {
  return endpoints.map(({ account }) => accounts.of(account)?.allowance);
}

type LaneCore = Pick<Lane, 'load' | 'budget' | 'shownHead' | 'sessions' | 'recentWrites' | 'cache'> & {
  readonly control: ChainControl;
};

function createLane(plan: ChainPlan, { meter, redact, accounts }: ChainParts, { control, ...core }: LaneCore): Lane {
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
    recent: control.recent,
    visits: new Visits(),
    waitingRoom: new WaitingRoom(),
    successor: () => end.successor?.successor() ?? lane,
    yieldTo: (successor) => Object.assign(end, { pairing: control.pairing(), successor }),
    ...core,
    meter: meter.chain(settings.name),
    upstreamMeters: endpoints.map(({ key }) => meter.upstream(key)),
    accounts: endpoints.map(({ account }) => accounts.of(account)),
    redact,
  };
  return lane;
}

/** Where a lane ended: its last snapshot, and who went on. */
interface LaneEnd {
  pairing?: Pairing;
  successor?: Lane;
}
