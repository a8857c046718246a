import type { Cancel } from '../ports/clock.ts';
import type { Environment } from './expand-variables.ts';
import type { DevnetCalls, GatewayCalls } from './gateway-calls.ts';

/** How a command ends: done, failed while running, or refused for its arguments or its configuration. */
export const exitCodes = { done: 0, failed: 1, refused: 2 } as const;

/** Why what runs is to end. */
export type StopCause =
  | { readonly kind: 'signal'; readonly signal: 'SIGTERM' | 'SIGINT' }
  | { readonly kind: 'crash'; readonly error: unknown };

/** The process around a command, as an argument. */
export interface World {
  readonly version: string;
  readonly env: Environment;
  /** Memory the process may use, in bytes. */
  readonly memoryBytes: number;
  /** Writes to standard output. */
  print(text: string): void;
  /** Writes a line to standard error. */
  say(line: string): void;
  isFile(path: string): boolean;
  loadGateway(): Promise<GatewayCalls>;
  loadDevnet(): Promise<DevnetCalls>;
  /** Whether a door could be opened there now. */
  canListen(host: string, port: number): Promise<boolean>;
  /** Resolves once the process is to end. */
  untilStopped(): Promise<StopCause>;
  /** Calls `run` each time an operator asks for the configuration to be read again, until cancelled. */
  onReload(run: () => void): Cancel;
  /** Resolves when `work` has ended, well or not, but after so many milliseconds at the latest. */
  atMost(ms: number, work: Promise<unknown>): Promise<void>;
}

/** The file that is taken where none is named. */
export const usualFile = 'switchyard.yaml';
