import type { Endpoint } from '../model/endpoint.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { HealthRules, UpstreamEvent } from './health-event.ts';
import { providerHeldUntil } from './hold-off.ts';
import { hostOf } from './local-trouble.ts';
import { nextHealth } from './next-health.ts';
import { restoredHealth } from './standing-row.ts';
import type { UpstreamHealth } from './upstream-health.ts';

/** One step of one upstream. */
export interface RosterStep {
  readonly before: UpstreamHealth;
  readonly after: UpstreamHealth;
}

/** A chain's upstreams by key, in the order of their index. The one place that holds their present health. */
export class Roster {
  readonly #rules: HealthRules;
  readonly #states = new Map<UpstreamKey, UpstreamHealth>();
  #firstGeneration = 0;

  constructor(states: readonly UpstreamHealth[], rules: HealthRules, at: number) {
    this.#rules = rules;
    this.#fill(states, at);
  }

  #fill(states: readonly UpstreamHealth[], at: number): void {
    this.#states.clear();
    for (const state of inOrder(states)) this.#states.set(state.endpoint.key, state);
    for (const state of states) this.#holdProvider(state, at);
  }

  get(key: UpstreamKey): UpstreamHealth | undefined {
    return this.#states.get(key);
  }

  /** By `endpoint.index`. */
  all(): readonly UpstreamHealth[] {
    return [...this.#states.values()];
  }

  /** Folds one event into one upstream, and into its provider what follows from it. Steps that changed nothing are left out. */
  fold(key: UpstreamKey, event: UpstreamEvent): readonly RosterStep[] {
    const step = this.#step(key, event);
    if (step === undefined) return [];
    return step.before.holdOff.own === step.after.holdOff.own
      ? [step]
      : [step, ...this.#holdProvider(step.after, event.at)];
  }

  #step(key: UpstreamKey, event: UpstreamEvent): RosterStep | undefined {
    const before = this.#states.get(key);
    if (before === undefined) return undefined;
    const after = nextHealth(before, event, this.#rules);
    if (after === before) return undefined;
    this.#states.set(key, after);
    return { before, after };
  }

  /** Two held URLs of a provider hold the provider; when one of them is free again, it is free. */
  #holdProvider(changed: UpstreamHealth, at: number): readonly RosterStep[] {
    const { provider } = changed.endpoint;
    const siblings = this.all().filter((state) => state.endpoint.provider === provider);
    const urls = siblings.map(({ endpoint, holdOff }) => ({ url: endpoint.tracker, until: holdOff.own?.until }));
    const until = providerHeldUntil(urls, at);
    return siblings.flatMap((state) => this.#step(state.endpoint.key, { kind: 'provider-held', at, until }) ?? []);
  }

  /** The endpoints a conviction of one covers: all of its provider, and all of its host. */
  covered(key: UpstreamKey): readonly UpstreamKey[] {
    const convicted = this.#states.get(key)?.endpoint;
    if (convicted === undefined) return [];
    const host = hostOf(convicted);
    return this.all()
      .filter(({ endpoint }) => endpoint.provider === convicted.provider || hostOf(endpoint) === host)
      .map(({ endpoint }) => endpoint.key);
  }

  /**
   * Takes over a new list of endpoints: keys that stay keep their health, whatever their tier is now; new ones are as their
   * rows say, unproven where they have none; the others are gone.
   */
  replace(endpoints: readonly Endpoint[], newcomers: Newcomers): void {
    const { at, toWall, restored, vouched } = newcomers;
    const next = endpoints.map((endpoint) => {
      const known = this.#states.get(endpoint.key);
      if (known !== undefined) return reconfigured(known, { endpoint, isVouched: vouched.has(endpoint.key), at });
      // A generation nobody had: a late result of an upstream that left and came back speaks for neither.
      this.#firstGeneration = Math.max(this.#firstGeneration, ...generationsOf(this.#states)) + 1;
      const fresh = restoredHealth(endpoint, { row: restored.get(endpoint.key), at, toWall }, this.#rules);
      return { ...fresh, generation: this.#firstGeneration };
    });
    this.#fill(next, at);
  }
}

/** What is known of endpoints that a reload brings. */
export interface Newcomers {
  readonly at: number;
  /** What makes wall time of a moment of our clock. */
  readonly toWall: number;
  readonly restored: ReadonlyMap<UpstreamKey, unknown>;
  readonly vouched: ReadonlySet<UpstreamKey>;
}

function generationsOf(states: ReadonlyMap<UpstreamKey, UpstreamHealth>): readonly number[] {
  return [...states.values()].map(({ generation }) => generation);
}

function inOrder(states: readonly UpstreamHealth[]): readonly UpstreamHealth[] {
  return [...states].sort((a, b) => a.endpoint.index - b.endpoint.index);
}

interface Reconfigured {
  readonly endpoint: Endpoint;
  readonly isVouched: boolean;
  readonly at: number;
}

/** A changed configuration begins a new generation; a changed URL is checked for its identity at once. */
function reconfigured(state: UpstreamHealth, { endpoint, isVouched, at }: Reconfigured): UpstreamHealth {
  if (isSameEndpoint(state.endpoint, endpoint)) return { ...state, endpoint };
  const isSameUrl = state.endpoint.tracker === endpoint.tracker && state.endpoint.identity === endpoint.identity;
  const renewed = { ...state, endpoint, generation: state.generation + 1, generationAt: at };
  if (isSameUrl) return renewed;
  const checked: UpstreamHealth = { ...renewed, identityCheck: { ...state.identityCheck, dueAt: at } };
  return isVouched || endpoint.identity === 'trust' ? checked : unobserved(checked, at);
}

/** Nobody has observed the new URL: it is asked nothing before its identity is confirmed, and serves no call before a probe passed. */
function unobserved(state: UpstreamHealth, at: number): UpstreamHealth {
  const identity = state.identity === 'confirmed' ? 'unknown' : state.identity;
  if (state.course.standing.kind !== 'serving') return { ...state, identity };
  const course = { ...state.course, standing: { kind: 'unproven', since: at } } as const;
  return { ...state, identity, course, probe: { ...state.probe, extraAt: at } };
}

/** Compares everything but the index, which only says where it stands. */
function isSameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return plain(a) === plain(b);
}

function plain({ allow, deny, addons, index: _index, ...rest }: Endpoint): string {
  const sets = [allow, deny, addons].map((set) => (set === undefined ? null : [...set].sort()));
  return JSON.stringify([Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)), sets]);
}
