import type { Endpoint } from '../model/endpoint.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { HealthRules, UpstreamEvent } from './health-event.ts';
import { providerHeldUntil } from './hold-off.ts';
import { hostOf } from './local-trouble.ts';
import { nextHealth } from './next-health.ts';
import { newUpstreamHealth, type UpstreamHealth } from './upstream-health.ts';

/** One step of one upstream. */
export interface RosterStep {
  readonly before: UpstreamHealth;
  readonly after: UpstreamHealth;
}

/** A chain's upstreams by key, in the order of their index. The one place that holds their present health. */
export class Roster {
  readonly #rules: HealthRules;
  readonly #states = new Map<UpstreamKey, UpstreamHealth>();

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
   * Takes over a new list of endpoints: keys that stay keep their health, whatever their tier is now; new ones are unproven;
   * the others are gone.
   */
  replace(endpoints: readonly Endpoint[], at: number): void {
    const next = endpoints.map((endpoint) => {
      const known = this.#states.get(endpoint.key);
      return known === undefined ? newUpstreamHealth(endpoint, at) : reconfigured(known, endpoint, at);
    });
    this.#fill(next, at);
  }
}

function inOrder(states: readonly UpstreamHealth[]): readonly UpstreamHealth[] {
  return [...states].sort((a, b) => a.endpoint.index - b.endpoint.index);
}

/** A changed configuration begins a new generation; a changed URL is checked for its identity at once. */
function reconfigured(state: UpstreamHealth, endpoint: Endpoint, at: number): UpstreamHealth {
  if (isSameEndpoint(state.endpoint, endpoint)) return { ...state, endpoint };
  const isSameUrl = state.endpoint.tracker === endpoint.tracker && state.endpoint.identity === endpoint.identity;
  const dueAt = isSameUrl ? state.identityCheck.dueAt : at;
  const identityCheck = { ...state.identityCheck, dueAt };
  return { ...state, endpoint, identityCheck, generation: state.generation + 1, generationAt: at };
}

/** Compares everything but the index, which only says where it stands. */
function isSameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return plain(a) === plain(b);
}

function plain({ allow, deny, addons, index: _index, ...rest }: Endpoint): string {
  const sets = [allow, deny, addons].map((set) => (set === undefined ? null : [...set].sort()));
  return JSON.stringify([Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)), sets]);
}
