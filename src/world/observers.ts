import { repeat } from '../control/repeat.ts';
import type { AccountStatus } from '../model/account.ts';
import type { GatewayEvent } from '../model/events.ts';
import { createLog, type Log } from '../observe/log.ts';
import { createMetrics, type Metrics } from '../observe/metrics.ts';
import { createUsageLedger, type UsageLedger, usageStepMs } from '../observe/usage-ledger.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpTransport } from '../transport/http-transport.ts';
import type { AnswerStores } from './answer-stores.ts';
import type { KnownSecrets } from './known-secrets.ts';
import type { LiveWorld } from './live-world.ts';

/** What observers look at. */
export interface ObserverParts {
  accounts(): readonly AccountStatus[];
  readonly live: LiveWorld;
  readonly answers: AnswerStores;
  readonly transport: HttpTransport;
  readonly secrets: KnownSecrets;
  readonly clock: Clock;
  readonly version: string;
}

/** The log, the metrics and the ledger of usage, which outlive every world, and the one place where events come in. */
export interface Observers {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly usage: UsageLedger;
  emit(event: GatewayEvent): void;
  /** Notes whether the configuration that was read last is in force, for the metrics. */
  noteReading(outcome: 'taken' | 'refused'): void;
}

/** Creates the observers of one process. */
export function createObservers({ accounts, ...parts }: ObserverParts): Observers {
  const { live, transport, answers, secrets, clock, version } = parts;
  const log = createLog({ level: live.settings.log.level, redact: secrets.redactText });
  const reading = { at: clock.wall() / 1000, isTaken: true };
  const metrics = createMetrics({
    chains: () => live.chains.map(({ control }) => control.view()),
    bufferedBytes: () => transport.bufferedBytes(),
    cache: () => answers.held(),
    accounts,
    now: () => clock.now(),
    configuredAt: () => reading.at,
    isConfigured: () => reading.isTaken,
    version,
  });
  const usage = createUsageLedger(metrics.usage, clock);
  repeat(clock, usageStepMs, () => usage.step());
  const emit = (event: GatewayEvent): void => {
    metrics.fold(event);
    log.fold(event);
    live.fold(event);
  };
  const noteReading = (outcome: 'taken' | 'refused'): void => {
    reading.isTaken = outcome === 'taken';
    if (outcome === 'taken') reading.at = clock.wall() / 1000;
  };
  return { log, metrics, usage, emit, noteReading };
}
