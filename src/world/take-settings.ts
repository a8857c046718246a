import type { TrackerId, UpstreamKey } from '../model/names.ts';
import type { Settings } from '../model/settings.ts';
import { askOf, type BuiltChain, buildChain, type ChainParts, continueChain, tryPlan } from './build-chain.ts';
import type { Draining } from './draining.ts';
import type { KnownSecrets } from './known-secrets.ts';
import type { LiveWorld } from './live-world.ts';
import { type PlanParts, planChains, type WiredPlan, withKnownNames } from './plan-chains.ts';
import { type ChainFate, isSame, planReload, type ReloadPlan } from './plan-reload.ts';
import type { Roads } from './roads.ts';
import { type Moved, vouchFor } from './vouch.ts';

/** What taking a configuration works on. */
export interface TakeParts extends PlanParts {
  readonly live: LiveWorld;
  readonly chainParts: ChainParts;
  readonly secrets: KnownSecrets;
  readonly draining: Draining;
  readonly roads: Roads;
  isClosed(): boolean;
}

/** What came of it. `nothing-new`: all that can take effect now is in force already. */
export type Taken = { readonly kind: 'taken' | 'nothing-new'; readonly plan: ReloadPlan } | { readonly kind: 'closed' };

/**
 * Takes a configuration: everything that can fail is tried first, then the world is exchanged in one turn, and what is left of the
 * old one goes once its calls have ended. Must not run twice at a time.
 * @throws StartError, or whatever a spec or a rule cannot be built from; nothing has changed then.
 */
export async function takeSettings(read: Settings, parts: TakeParts): Promise<Taken> {
  try {
    return await take(read, parts);
  } finally {
    parts.roads.settle();
  }
}

async function take(read: Settings, parts: TakeParts): Promise<Taken> {
  const { live, secrets } = parts;
  const plan = planReload(live.settings, withKnownNames(read, live.settings));
  if (isSame(plan.settings, live.settings)) return { kind: 'nothing-new', plan };
  const plans = planChains(plan.settings.chains, parts);
  for (const each of plans) tryPlan(each);
  secrets.learn(plan.settings);
  const vouched = await vouchForMoved(plans, plan, parts);
  if (parts.isClosed()) return { kind: 'closed' };
  exchange(plans, { plan, vouched }, parts);
  return { kind: 'taken', plan };
}

/** Asks the new URLs of upstreams that stay, over connections beside those in use. */
async function vouchForMoved(
  plans: readonly WiredPlan[],
  { fates }: ReloadPlan,
  { live, chainParts, roads }: TakeParts,
): Promise<ReadonlySet<UpstreamKey>> {
  const changed = plans.filter(({ settings }) => fates.get(settings.name) === 'changed');
  const moved = changed.flatMap((plan) => movedOf(live.get(plan.settings.name), plan, chainParts));
  if (moved.length === 0) return new Set();
  roads.connect(
    live.wires,
    changed.flatMap(({ wires }) => wires),
  );
  return vouchFor(moved);
}

function movedOf(built: BuiltChain | undefined, plan: WiredPlan, parts: ChainParts): readonly Moved[] {
  const present = new Map(built?.lane.pairing().upstreams.map((upstream) => [upstream.endpoint.key, upstream]));
  const moved = plan.endpoints.filter(({ key, tracker, identity }) => {
    const before = present.get(key);
    return identity === 'check' && before?.identity === 'confirmed' && before.endpoint.tracker !== tracker;
  });
  return moved.map(({ key, tracker }) => ({ key, spec: plan.spec, ask: askOf(plan, throughTracker(parts, tracker)) }));
}

/** The same parts, with a network that knows one URL only. */
function throughTracker(parts: ChainParts, tracker: TrackerId): ChainParts {
  const { transport } = parts;
  return { ...parts, transport: { send: (send, done) => transport.send({ ...send, tracker }, done) } };
}

interface Exchange {
  readonly plan: ReloadPlan;
  readonly vouched: ReadonlySet<UpstreamKey>;
}

/** One turn, nothing in it waits: no call sees one half of the old world and one of the new. */
function exchange(plans: readonly WiredPlan[], { plan, vouched }: Exchange, parts: TakeParts): void {
  const { live, draining, chainParts } = parts;
  const before = { chains: live.chains, wires: live.wires };
  const wires = plans.flatMap((each) => each.wires);
  chainParts.answers.take(plan.settings);
  chainParts.accounts.take(plan.settings.accounts);
  // Rooms may ask the moment they are built or continued: their URLs are reachable before.
  parts.roads.connect(wires, before.wires);
  const fateOf = ({ name }: BuiltChain): ChainFate | 'removed' => plan.fates.get(name) ?? 'removed';
  const gone = before.chains.filter((chain) => fateOf(chain) === 'rebuilt' || fateOf(chain) === 'removed');
  for (const { control } of gone) control.handOver();
  const chains = plans.map((each) => {
    const built = live.get(each.settings.name);
    const fate = plan.fates.get(each.settings.name);
    if (built === undefined || fate === 'added' || fate === 'rebuilt') return buildChain(each, chainParts);
    return fate === 'same' ? built : continueChain(built, each, { parts: chainParts, vouched });
  });
  live.swap({ settings: plan.settings, chains, wires });
  const reachable = new Set(wires.map(({ tracker }) => tracker));
  if (gone.length === 0 && before.wires.every(({ tracker }) => reachable.has(tracker))) return;
  const superseded = before.chains.filter((chain) => fateOf(chain) !== 'same');
  const leftover = {
    visits: superseded.map(({ lane }) => lane.visits),
    wires: before.wires,
    close: () => {
      for (const { control } of gone) control.close();
    },
  };
  draining.add(leftover, plan.settings.server.drainTimeoutMs);
}
