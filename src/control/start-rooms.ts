import type { ChainHealth } from '../health/chain-health.ts';
import { startHealth } from '../health/start-health.ts';
import { startTracking } from '../track/start-tracking.ts';
import type { PollResult, TrackChange, Tracking } from '../track/tracking.ts';
import { restoreChain } from './chain-memory.ts';
import type { ControlDeps, ControlPlan } from './control-plan.ts';
import { factsOf } from './fold-heads.ts';
import { gateOf } from './tracker-gate.ts';

/** The two rooms a chain's control plane lives on. */
export interface Rooms {
  readonly health: ChainHealth;
  readonly tracking: Tracking;
}

/** What the rooms tell the control plane. Some of it may be told before both rooms are there. */
export interface RoomEars {
  standingChanged(): void;
  headsChanged(): void;
  headProbed(): void;
  polled(result: PollResult): void;
}

/** Starts both rooms with what the store remembers, and introduces them to each other: every endpoint is probed at once. */
export function startRooms(plan: ControlPlan, deps: ControlDeps, ears: RoomEars): Rooms {
  const { settings, spec, endpoints } = plan;
  const { clock, ask, emit, store, localErrors, budgetOf } = deps;
  const chain = settings.name;
  const restored = restoreChain(store, chain, endpoints);
  const health = startHealth(
    { chain, spec, endpoints, policy: settings.health, ...restored.health },
    {
      clock,
      ask,
      emit,
      localErrors,
      ...(budgetOf !== undefined && { budgetOf }),
      onChange: () => ears.standingChanged(),
      headSeen: (upstream, head) => {
        tracking.headSeen(upstream, head);
        ears.headProbed();
      },
    },
  );
  const remembered = restored.track === undefined ? {} : { restored: restored.track };
  const tracking = startTracking(
    { chain, spec, endpoints, ...trackChangeOf(plan), ...remembered, needsRing: 'no' },
    {
      clock,
      ask,
      emit: (event) => {
        if (event.kind === 'store-set-aside') health.forgetEpoch();
        emit(event);
      },
      gate: (tracker) => gateOf(health, tracker, clock.now()),
      facts: (upstream) => factsOf(health, upstream, clock.now()),
      onHeads: () => ears.headsChanged(),
      onPoll: (result) => ears.polled(result),
    },
  );
  return { health, tracking };
}

/** What of a chain's settings the track room lives by. */
export function trackChangeOf({ settings }: Pick<ControlPlan, 'settings'>): TrackChange {
  const { background, health } = settings;
  return { background, ...(health.lagLimit !== undefined && { lagLimit: health.lagLimit }) };
}
