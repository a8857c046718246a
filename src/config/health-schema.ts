import { Type } from 'typebox';
import { count, duration, share, size } from './schema-leaf.ts';

/** The keys of `health`: every number of the health machine. */
export const healthProperties = {
  identityInterval: duration('60s', 'How often an endpoint is asked again which chain it is of.'),
  consecutiveFailures: count(5, 'Failures in a row, each to be blamed on the upstream, that block it.'),
  consecutiveSpan: duration('1s', 'Such failures must span this long, or come over at least two connections.', {
    min: 0,
  }),
  refusedConnections: count(3, 'Refused connections in a row that block.'),
  errorRateWindow: duration('30s', 'Window over which the share of good answers is taken.', { min: 1_000 }),
  errorRateMinimum: count(20, 'Answers the window must hold before the share says anything.'),
  errorRateGood: share(0.8, 'Share of good answers below which an upstream is blocked.'),
  failedPolls: count(3, 'Failed polls in a row that block.'),
  failedPollsSpan: duration('5s', 'Such polls must span this long.', { min: 0 }),
  staleBlockTimes: share(10, 'Block times a head may stand still below the tip before it blocks.', {
    min: 1,
    max: 100_000,
  }),
  staleMinimum: duration('30s', 'A head may stand still below the tip at least this long.'),
  outlierPolls: count(2, 'Polls in a row with a head implausibly far ahead of the others that block.'),
  lagLimit: Type.Optional(
    count(
      undefined,
      'Blocks behind the tip from which an upstream counts as lagging. Without it the number of the chain spec.',
    ),
  ),
  avoidMethod: duration('60s', 'How long a method that failed on an endpoint is not sent there again; doubles.'),
  avoidMethodMax: duration('10m', 'The longest a method is avoided.'),
  probeFirst: duration('2s', 'Delay of the first probe of a blocked upstream; doubles with every probe that fails.'),
  probeMax: duration('60s', 'The longest delay between probes after a first trip.'),
  probeTripMax: duration('5m', 'The longest delay between probes however often an upstream tripped.'),
  probeClean: duration('2s', 'Delay from a clean probe to the one that must confirm it.'),
  probeJitter: share(0.2, 'Spread of probe delays, as a share of the delay: the same for an endpoint every time.'),
  replayMaxBytes: size('8KiB', 'Largest failing read that is kept to be replayed in probes.', {
    min: 0,
    max: 1_048_576,
  }),
  replayFailures: count(3, 'Failed replays, the rest being good, after which an endpoint goes on without that method.'),
  tripDecay: duration('15m', 'Time without a trip after which one trip is forgotten.'),
  probationShares: Type.Array(share(undefined, 'Share of traffic.', { min: 0.001, max: 1 }), {
    default: [0.05, 0.25],
    minItems: 2,
    maxItems: 2,
    expects: 'a list of two numbers from 0.001 to 1',
    description: 'Shares of traffic in the two steps of probation.',
  }),
  probationAnswers: count(10, 'Clean answers that end a step of probation.'),
  probationStep: duration('10s', 'Shortest time of a step of probation.', { min: 0 }),
  probationPolls: count(3, 'Clean polls that end a step of probation where there is no traffic.'),
  holdOffFirst: duration('1s', 'First hold-off of an upstream that mostly answers 429 without `Retry-After`; doubles.'),
  holdOffMax: duration('5m', 'The longest such hold-off.'),
  retryAfterMax: duration('1h', 'The longest `Retry-After` that is believed.'),
  retryAfterJitter: share(0.2, 'Up to this share of `Retry-After` is added to it.'),
  quotaHoldOff: duration('10m', 'Hold-off after an answer that says a quota or a bill is exhausted.'),
  rateLimitedShare: share(0.5, 'Share of 429 among the last answers above which an upstream is held off.'),
  rateLimitedWindow: count(20, 'How many last answers that share is taken of.', { max: 1_000 }),
  rateLimitedMinimum: count(5, 'Answers there must be before that share says anything.', { max: 1_000 }),
  admittedGrowthPerSecond: share(0.05, 'Growth per second of the rate admitted after a 429 without `Retry-After`.'),
};
