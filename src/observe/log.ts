import { type DestinationStream, type Logger, pino } from 'pino';
import type { GatewayEvent } from '../model/events.ts';

/** The structured log of one process. Every line goes through the redactor, so that no upstream URL or key is in it. */
export interface Log {
  fold(event: GatewayEvent): void;
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
  /** Logs from this level on, after a reload. */
  setLevel(level: string): void;
}

/** What the log needs: its level, how to take secrets out of a line, and where lines go (standard output by default). */
export interface LogOptions {
  readonly level: string;
  redact(text: string): string;
  readonly destination?: DestinationStream;
}

/** Creates the log: JSON lines, one event a line, changes only; what is frequent is counted by metrics instead. */
export function createLog(options: LogOptions): Log {
  const out = options.destination ?? pino.destination({ fd: 1, sync: false });
  const redacting: DestinationStream = { write: (line) => out.write(options.redact(line)) };
  const logger = pino({ level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, redacting);
  const isNew = createShapeMemory();
  return {
    fold: (event) => {
      if (event.kind !== 'answer-unclassified' || isNew(event)) foldIntoLog(logger, event);
    },
    info: (message, facts) => logger.info(facts ?? {}, message),
    warn: (message, facts) => logger.warn(facts ?? {}, message),
    error: (message, facts) => logger.error(facts ?? {}, message),
    setLevel: (level) => {
      logger.level = level;
    },
  };
}

type Unclassified = Extract<GatewayEvent, { kind: 'answer-unclassified' }>;

/** Errors that no rule knows are told once each, and no more than so many: it is clients who choose what upstreams complain of. */
const maxShapes = 256;

function createShapeMemory(): (event: Unclassified) => boolean {
  const told = new Set<string>();
  return ({ upstream, code, shape }) => {
    const key = `${upstream} ${code} ${shape}`;
    if (told.size >= maxShapes || told.has(key)) return false;
    told.add(key);
    return true;
  };
}

function foldIntoLog(logger: Logger, event: GatewayEvent): void {
  switch (event.kind) {
    case 'standing-changed':
      return event.to === 'blocked' || event.to === 'quarantined'
        ? logger.warn(event, 'upstream out of rotation')
        : logger.info(event, 'upstream standing changed');
    case 'identity-changed':
      return event.identity === 'wrong'
        ? logger.error(event, 'upstream is of another chain: it is never asked')
        : logger.info(event, 'upstream identity confirmed');
    case 'hold-off-started':
      return logger.info(event, 'upstream asked us to slow down');
    case 'budget-crossed':
      return event.level === 1 ? logger.error(event, 'budget spent') : logger.warn(event, 'budget nearly spent');
    case 'budget-renewed':
      return logger.info(event, 'budget begins anew');
    case 'chain-state-changed':
      return event.state === 'halted' ? logger.error(event, 'chain halted') : logger.info(event, 'chain state changed');
    case 'epoch-started':
      return logger.info(event, 'epoch started');
    case 'reorg-seen':
      return logger.info(event, 'reorganisation seen');
    case 'answer-unclassified':
      return logger.warn(event, 'upstream answered an error no answer rule knows');
    case 'store-set-aside':
    case 'warned':
      return logger.warn(event, 'warning');
    case 'attempt-failed':
      return logger.isLevelEnabled('debug') ? logger.debug(withoutReplay(event), 'attempt failed') : undefined;
    default:
      return;
  }
}

/** A client's params are no business of the log. */
function withoutReplay(event: Extract<GatewayEvent, { kind: 'attempt-failed' }>): object {
  const { replay: _params, ...rest } = event;
  return rest;
}
