import { type RefusalReason, type Resort, resorts } from '../model/pick.ts';

/**
 * Where an upstream stands for one call: on a rung of the order of resort, with the reason it is no higher, or nowhere.
 * A closed set of frozen objects, so that judging an upstream allocates nothing.
 */
export type Place =
  | {
      readonly kind: 'rung';
      readonly resort: Resort;
      readonly rank: number;
      readonly reason: RefusalReason | undefined;
    }
  | { readonly kind: 'nowhere'; readonly reason: RefusalReason };

/** A place on a rung of the order of resort. */
export type Rung = Extract<Place, { kind: 'rung' }>;

function rung(resort: Resort, reason?: RefusalReason): Rung {
  return Object.freeze({ kind: 'rung', resort, rank: resorts.indexOf(resort), reason });
}

function nowhere(reason: RefusalReason): Place {
  return Object.freeze({ kind: 'nowhere', reason });
}

/** The rungs, each with what puts an upstream there. */
export const rungs = {
  primary: rung('primary'),
  backup: rung('backup', 'backup-not-needed'),
  probation: rung('probation', 'probation-share'),
  lagging: rung('lagging', 'lagging'),
  outlier: rung('lagging', 'outlier'),
  belowHeight: rung('lagging', 'height-not-reached'),
  shortHistory: rung('lagging', 'history-too-short'),
  avoided: rung('lagging', 'method-avoided'),
  unsupported: rung('lagging', 'method-unsupported'),
  heldOff: rung('held-off', 'held-off'),
  overRate: rung('held-off', 'over-rate'),
  blocked: rung('blocked', 'blocked'),
} as const;

/** The places of those that are not asked, by reason. */
export const nowheres = {
  'already-asked': nowhere('already-asked'),
  excluded: nowhere('excluded'),
  'other-group': nowhere('other-group'),
  cordoned: nowhere('cordoned'),
  quarantined: nowhere('quarantined'),
  'wrong-identity': nowhere('wrong-identity'),
  'identity-unknown': nowhere('identity-unknown'),
  unproven: nowhere('unproven'),
  'method-denied': nowhere('method-denied'),
  'method-unsupported': nowhere('method-unsupported'),
  'missing-addon': nowhere('missing-addon'),
  'writes-not-taken': nowhere('writes-not-taken'),
  'height-not-reached': nowhere('height-not-reached'),
  'at-concurrency': nowhere('at-concurrency'),
  'no-recent-answer': nowhere('no-recent-answer'),
  paced: nowhere('paced'),
  'over-rate': nowhere('over-rate'),
  'budget-spent': nowhere('budget-spent'),
} as const;
