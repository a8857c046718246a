import type { Vow } from '../watch.ts';
import { attempts } from './attempts.ts';
import { background } from './background.ts';
import { backupsLast } from './backups-last.ts';
import { blockedLast } from './blocked-last.ts';
import { cause } from './cause.ts';
import { confirmedFirst } from './confirmed-first.ts';
import { detection } from './detection.ts';
import { gauges } from './gauges.ts';
import { headOrder } from './head-order.ts';
import { leftovers } from './leftovers.ts';
import { neverAsked } from './never-asked.ts';
import { neverWorse } from './never-worse.ts';
import { oneAnswer } from './one-answer.ts';
import { ownAnswer } from './own-answer.ts';
import { poison } from './poison.ts';
import { recovery } from './recovery.ts';
import { tipAndEpoch } from './tip-and-epoch.ts';
import { unblocking } from './unblocking.ts';
import { writes } from './writes.ts';

/** Every promise the simulation watches over. */
export const promises: readonly Vow[] = [
  oneAnswer,
  ownAnswer,
  neverWorse,
  neverAsked,
  blockedLast,
  backupsLast,
  confirmedFirst,
  unblocking,
  cause,
  detection,
  poison,
  background,
  attempts,
  writes,
  tipAndEpoch,
  headOrder,
  gauges,
  recovery,
  leftovers,
];
