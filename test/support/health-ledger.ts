import { expect } from 'vitest';
import type { HealthEvent } from '../../src/health/health-event.ts';
import type { UpstreamHealth } from '../../src/health/upstream-health.ts';
import type { GatewayEvent } from '../../src/model/events.ts';
import type { UpstreamKey } from '../../src/model/names.ts';
import type { StandingKind } from '../../src/model/standing.ts';

/** One question of a probe, and whether it was answered as a sound upstream of the chain answers. */
export interface AskedProbe {
  readonly key: UpstreamKey;
  readonly method: string;
  readonly at: number;
  readonly isWell: boolean;
}

/** What the contract says of the standing of each upstream, kept from what can be seen outside: a small model of the machine. */
export interface HealthLedger {
  asked(question: AskedProbe): void;
  folded(event: HealthEvent): void;
  told(event: GatewayEvent, at: number): void;
  reloaded(keys: readonly UpstreamKey[]): void;
  restarted(keys: readonly UpstreamKey[]): HealthLedger;
  /** Compares one upstream with its entry. */
  judge(state: UpstreamHealth): void;
}

interface Entry {
  readonly kind: StandingKind;
  readonly blockedAt: number;
  /** Probes since the block whose two questions were both answered well. */
  readonly clean: number;
  /** In this life: it named the right chain. */
  readonly isNamed: boolean;
  readonly generation: number;
  /** Methods that failed, and whether anything failed that speaks of the path, since it last came back. */
  readonly methods: readonly string[];
  readonly isPath: boolean;
}

const unknownEntry: Entry = {
  kind: 'unproven',
  blockedAt: 0,
  clean: 0,
  isNamed: false,
  generation: -1,
  methods: [],
  isPath: false,
};

/** Opens a ledger in which nobody is known. */
export function openLedger(before: ReadonlyMap<UpstreamKey, Entry> = new Map()): HealthLedger {
  const entries = new Map(before);
  const entryOf = (key: UpstreamKey): Entry => entries.get(key) ?? unknownEntry;
  const note = (key: UpstreamKey, traits: Partial<Entry>): void => {
    entries.set(key, { ...entryOf(key), ...traits });
  };
  /** All but serving is restored; serving comes back as unproven, and every identity as unknown. */
  const comeBack = (key: UpstreamKey): void => {
    const { kind } = entryOf(key);
    note(key, { kind: kind === 'serving' ? 'unproven' : kind, clean: 0, isNamed: false, generation: -1 });
  };
  let present: ReadonlySet<UpstreamKey> = new Set();

  return {
    asked({ key, method, isWell }) {
      const { clean } = entryOf(key);
      if (method === 'chain') note(key, { isNamed: entryOf(key).isNamed || isWell });
      if (method === 'head' && isWell) note(key, { clean: clean + 1 });
    },
    folded(event) {
      if (event.kind === 'attempt-failed' && event.verdict.blame === 'upstream')
        note(event.upstream, { methods: [...new Set([...entryOf(event.upstream).methods, event.method])] });
      if (event.kind === 'poll-failed') note(event.upstream, { isPath: true });
    },
    told(event, at) {
      if (event.kind !== 'standing-changed') return;
      const { upstream, from, to, reason } = event;
      const entry = entryOf(upstream);
      expect(from, `${upstream} is told to have been`).toBe(entry.kind);
      expect(mayFollow(entry, to), `${upstream} went from ${from} to ${to} after ${entry.clean} clean probes`).toBe(
        true,
      );
      if (reason === 'consecutive-failures' || reason === 'error-rate')
        expect(entry.methods.length > 1 || entry.isPath, `${upstream} was blocked by one method`).toBe(true);
      if (to === 'blocked') note(upstream, { kind: to, blockedAt: at, clean: 0 });
      else note(upstream, { kind: to, methods: [], isPath: false });
    },
    reloaded(keys) {
      for (const key of keys) if (!present.has(key)) comeBack(key);
      present = new Set(keys);
    },
    restarted(keys) {
      for (const key of entries.keys()) comeBack(key);
      const next = openLedger(entries);
      next.reloaded(keys);
      return next;
    },
    judge({ endpoint: { key }, course, identity, generation }) {
      const entry = entryOf(key);
      expect(course.standing.kind, `${key} stands`).toBe(entry.kind);
      if (identity === 'confirmed') expect(entry.isNamed, `${key} is believed without having been asked`).toBe(true);
      if (entry.kind === 'serving') expect(identity, `${key} serves`).toBe('confirmed');
      expect(generation, `the generation of ${key}`).toBeGreaterThanOrEqual(entry.generation);
      note(key, { generation });
    },
  };
}

/** Which standing may follow which, without convictions. */
function mayFollow({ kind, clean }: Entry, to: StandingKind): boolean {
  switch (kind) {
    case 'unproven':
      return to === 'serving' || to === 'blocked';
    case 'serving':
      return to === 'blocked';
    case 'blocked':
      return to === 'probation' && clean >= 2;
    case 'probation':
      return to === 'serving' || to === 'blocked';
    case 'quarantined':
      return false;
  }
}
