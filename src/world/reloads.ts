import type { ConfigReading } from '../config/read-config.ts';
import type { ReloadResult } from '../ports/doors.ts';
import type { Runtime } from './runtime.ts';
import { StartError } from './specs.ts';
import type { Taken } from './take-settings.ts';

/** Reads the configuration again and takes it, one reading after the other. */
export interface Reloads {
  /** Never rejects. Those who ask while a reading is under way share the next one: it sees the file as it is now. */
  reload(): Promise<ReloadResult>;
}

/** What reloading works on. */
export interface ReloadParts {
  readonly runtime: ReloadRuntime;
  /** Reads the configuration from where it came from. */
  reread(): Promise<ConfigReading>;
}

/** What of the runtime a reload needs. */
export type ReloadRuntime = Pick<Runtime, 'take' | 'noteReading' | 'redactText'> & {
  readonly log: Pick<Runtime['log'], 'info' | 'error'>;
};

/** Creates the reloads of one process. */
export function createReloads(parts: ReloadParts): Reloads {
  let revision = 1;
  let running: Promise<ReloadResult> | undefined;
  let waiting: Promise<ReloadResult> | undefined;
  const run = async (): Promise<ReloadResult> => {
    const result = await reloadOnce(parts, revision);
    if (result.done) revision = result.revision;
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
  };
}

async function reloadOnce({ runtime, reread }: ReloadParts, revision: number): Promise<ReloadResult> {
  const { log } = runtime;
  try {
    const reading = await reread();
    if (reading.kind === 'refused') return refused(runtime, reading.problems);
    const taken = await runtime.take(reading.settings);
    if (taken.kind === 'closed') return { done: false, why: 'the gateway is shutting down', problems: [] };
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
