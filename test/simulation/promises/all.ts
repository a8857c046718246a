import type { Vow } from '../watch.ts';
import { attempts } from './attempts.ts';
import { background } from './background.ts';
import { cause } from './cause.ts';
import { confirmedFirst } from './confirmed-first.ts';
import { gauges } from './gauges.ts';
import { leftovers } from './leftovers.ts';
import { neverWorse } from './never-worse.ts';
import { orderOfResort } from './order-of-resort.ts';
import { ownAnswer } from './own-answer.ts';
import { recovery } from './recovery.ts';
import { tipAndEpoch } from './tip-and-epoch.ts';
import { unblocking } from './unblocking.ts';
import { writes } from './writes.ts';

/** Every promise the simulation watches over. */
export const promises: readonly Vow[] = [
  ownAnswer,
  neverWorse,
  orderOfResort,
  confirmedFirst,
  unblocking,
  cause,
  background,
  attempts,
  writes,
  tipAndEpoch,
  gauges,
  recovery,
  leftovers,
];
