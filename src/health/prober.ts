import type { ChainSpec } from '../model/chain-spec.ts';
import type { HealthDeps } from './chain-health.ts';
import { headMoment } from './fold-polls.ts';
import { headFault } from './head-watch.ts';
import type { HealthRules } from './health-event.ts';
import type { HealthLoop } from './health-loop.ts';
import { hostOf } from './local-trouble.ts';
import type { OwnTrouble } from './own-trouble.ts';
import { pressedProbe } from './pressed-probe.ts';
import type { ProbePlan, ProbeResult } from './probe.ts';
import type { Roster } from './roster.ts';
import { type ProbeIo, runProbe } from './run-probe.ts';
import type { Timers } from './timers.ts';
import { type DueProbe, dueProbe, type UpstreamHealth } from './upstream-health.ts';

/** What a chain's probes work on. */
export interface ProberParts {
  readonly spec: ChainSpec;
  readonly deps: HealthDeps;
  readonly rules: HealthRules;
  readonly roster: Roster;
  readonly timers: Timers;
  readonly trouble: OwnTrouble;
  readonly loop: HealthLoop;
}

/** Runs the probes of one chain's upstreams: one at a time per endpoint, since while one runs none is due. */
export class Prober {
  readonly #parts: ProberParts;
  #started = 0;
  #pressedUntil = Number.NEGATIVE_INFINITY;

  constructor(parts: ProberParts) {
    this.#parts = parts;
  }

  /** Until then a call waits for a first proof. */
  press(until: number): void {
    this.#pressedUntil = Math.max(this.#pressedUntil, until);
  }

  /** When the next probe is due that a waiting call asks for; `Infinity` where none does. */
  pressedAt(): number {
    const now = this.#parts.deps.clock.now();
    if (now > this.#pressedUntil) return Number.POSITIVE_INFINITY;
    return pressedProbe(this.#parts.roster.all(), now)?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Starts every probe that is due at `at`, and the one that a waiting call asks for. */
  startDue(at: number): void {
    for (const state of this.#parts.roster.all()) {
      const due = dueProbe(state);
      if (due !== undefined && due.at <= at) this.#start(state, due);
    }
    const pressed = at > this.#pressedUntil ? undefined : pressedProbe(this.#parts.roster.all(), at);
    if (pressed !== undefined && pressed.at <= at) this.#start(pressed.state, { scope: 'probe', at });
  }

  #start(state: UpstreamHealth, due: DueProbe): void {
    this.#probe(state, due).catch((error) => this.#parts.loop.warn(error));
  }

  async #probe(state: UpstreamHealth, due: DueProbe): Promise<void> {
    const { roster, loop, deps } = this.#parts;
    const { key } = state.endpoint;
    this.#started += 1;
    const id = this.#started;
    loop.turn([[key, { kind: 'probe-started', at: deps.clock.now(), id, scope: due.scope }]]);
    const result = await runProbe(this.#planFor(state, due), this.#ioFor(state));
    if (loop.isClosed || roster.get(key)?.probe.running?.id !== id) return;
    if (due.scope === 'probe') this.#tell(state, result);
    loop.turn([[key, { kind: 'probe-ended', at: deps.clock.now(), id, result }]]);
  }

  #tell({ endpoint }: UpstreamHealth, { outcome, detail }: ProbeResult): void {
    if (outcome === 'told-nothing') return;
    this.#parts.deps.emit({ kind: 'probe-ended', upstream: endpoint.key, result: outcome, detail });
  }

  #planFor({ endpoint, replay }: UpstreamHealth, due: DueProbe): ProbePlan {
    const { spec } = this.#parts;
    const identity: ProbePlan['identity'] = endpoint.identity === 'trust' ? 'trust' : spec.identity;
    const check = { identity, ...(spec.health === undefined ? {} : { health: spec.health }) };
    if (due.scope === 'identity') return check;
    return { ...check, head: spec.head, ...(replay === undefined ? {} : { replay }) };
  }

  #ioFor({ endpoint, course }: UpstreamHealth): ProbeIo {
    const { deps, timers, trouble, roster, rules, loop } = this.#parts;
    const { clock, ask } = deps;
    const { key } = endpoint;
    return {
      clock,
      timers,
      ask,
      trouble,
      upstream: key,
      host: hostOf(endpoint),
      connection: course.standing.kind === 'blocked' ? 'fresh' : 'pooled',
      judgeHead: (head) => {
        deps.headSeen(key, head);
        const judged = roster.get(key);
        return judged === undefined ? undefined : headFault(judged.head, headMoment(judged, clock.now(), rules));
      },
      beatDueAt: () => loop.wakeAt,
    };
  }
}
