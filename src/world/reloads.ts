import type { ConfigReading } from '../config/read-config.ts';
import type { Settings } from '../model/settings.ts';
import type { ConfigurationStatus } from '../model/status-report.ts';
import type { Clock } from '../ports/clock.ts';
import type { ReloadResult } from '../ports/doors.ts';
import type { Runtime } from './runtime.ts';
import { StartError } from './specs.ts';
import type { Taken } from './take-settings.ts';

/** Reads the configuration again and takes it, one reading after the other. */
export interface Reloads {
  /** Never rejects. Those who ask while a reading is under way share the next one: it sees the file as it is now. */
  reload(): Promise<ReloadResult>;
  /** The configuration in force, and why the last one that was read is not. */
  configuration(): ConfigurationStatus;
}

/** What reloading works on. */
export interface ReloadParts {
  readonly runtime: ReloadRuntime;
  /** Reads the configuration from where it came from. */
  reread(): Promise<ConfigReading>;
  /** Makes ready what settings name outside of themselves, before anything is changed; absent where there is nothing of the kind. */
  prepare?(settings: Settings): Promise<Preparation>;
}

/** What came of it. */
export type Preparation =
  | { readonly kind: 'ready'; commit(): void }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/** What of the runtime a reload needs. */
export type ReloadRuntime = Pick<Runtime, 'take' | 'noteReading' | 'redactText'> & {
  readonly log: Pick<Runtime['log'], 'info' | 'error'>;
  readonly clock: Pick<Clock, 'wall'>;
};

/** Creates the reloads of one process. */
export function createReloads(parts: ReloadParts): Reloads {
  const moment = (): string => new Date(parts.runtime.clock.wall()).toISOString();
  let configuration: ConfigurationStatus = { revision: 1, takenAt: moment() };
  let running: Promise<ReloadResult> | undefined;
  let waiting: Promise<ReloadResult> | undefined;
  const run = async (): Promise<ReloadResult> => {
    const result = await reloadOnce(parts, configuration.revision);
    configuration = nextConfiguration(configuration, result, moment());
    return result;
  };
  const start = (): Promise<ReloadResult> => {
    waiting = undefined;
    running = run().finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    reload() {
      if (running === undefined) return start();
      waiting ??= running.then(start);
      return waiting;
    },
    configuration: () => configuration,
  };
}

/** A shutdown refuses too, and says nothing of the file: it names no problems. */
function nextConfiguration(before: ConfigurationStatus, result: ReloadResult, at: string): ConfigurationStatus {
  const { revision, takenAt } = before;
  if (result.done) return { revision: result.revision, takenAt: result.revision === revision ? takenAt : at };
  const { problems } = result;
  return problems.length === 0 ? before : { revision, takenAt, refused: { at, problems } };
}

const nothingToPrepare: Preparation = { kind: 'ready', commit: () => undefined };

async function reloadOnce({ runtime, reread, prepare }: ReloadParts, revision: number): Promise<ReloadResult> {
  const { log } = runtime;
  try {
    const reading = await reread();
    if (reading.kind === 'refused') return refused(runtime, reading.problems);
    const prepared = (await prepare?.(reading.settings)) ?? nothingToPrepare;
    if (prepared.kind === 'refused') return refused(runtime, prepared.problems);
    const taken = await runtime.take(reading.settings);
    if (taken.kind === 'closed') return { done: false, why: 'the gateway is shutting down', problems: [] };
    prepared.commit();
    runtime.noteReading('taken');
    const result = doneBy(taken, revision);
    log.info('configuration taken', result);
    return result;
  } catch (error) {
    if (error instanceof StartError) return refused(runtime, [error.message]);
    log.error('a reload broke', { error: error instanceof Error ? error.name : typeof error });
    return refused(runtime, ['a bug of the gateway: please report it']);
  }
}

/** Nothing has changed, and both the log and whoever asked are told why. */
function refused(runtime: ReloadRuntime, problems: readonly string[]): ReloadResult {
  const hidden = problems.map((problem) => runtime.redactText(problem));
  runtime.noteReading('refused');
  runtime.log.error('configuration refused; the one before stays in force', { problems: hidden });
  return { done: false, why: 'the configuration is refused; the one before stays in force', problems: hidden };
}

type Done = Extract<ReloadResult, { readonly done: true }>;

function doneBy({ kind, plan }: Exclude<Taken, { kind: 'closed' }>, revision: number): Done {
  const { fates, removed, needsRestart } = plan;
  const those = (wanted: string): readonly string[] =>
    [...fates].filter(([, fate]) => fate === wanted).map(([name]) => name);
  return {
    done: true,
    revision: kind === 'taken' ? revision + 1 : revision,
    added: those('added'),
    removed,
    changed: those('changed'),
    rebuilt: those('rebuilt'),
    needsRestart,
  };
}
