import type { BlockReason, HoldOff } from '../model/standing.ts';
import { heldOff, type UpstreamHealth } from './upstream-health.ts';

const reasonWords: Readonly<Record<BlockReason, string>> = {
  'consecutive-failures': 'failures in a row',
  'refused-connections': 'refused connections',
  'error-rate': 'too many failed answers',
  'failed-polls': 'failed polls',
  'stale-head': 'its head stands still',
  'outlier-head': 'its head is implausible',
  'wrong-identity': 'it is of another chain',
  'failed-first-probe': 'its first probe failed',
  'failed-probation': 'it failed in probation',
};

const holdOffWords: Readonly<Record<HoldOff['reason'], string>> = {
  'retry-after': 'it named the time',
  'rate-limited': 'most answers were rate limits',
  quota: 'its quota is spent',
  provider: 'two URLs of its provider are',
};

/**
 * The standing of an upstream in one sentence, for the status page: what it is, since when, why, and what comes next.
 * Without URLs. "blocked 14 min: refused connections (connect refused); next probe in 8 s"
 */
export function describeStanding(state: UpstreamHealth, at: number): string {
  return [standingWords(state, at), ...asideWords(state, at)].join('; ');
}

function standingWords(state: UpstreamHealth, at: number): string {
  const { standing } = state.course;
  const age = spanWords(at - standing.since);
  switch (standing.kind) {
    case 'unproven':
      return state.probe.running === undefined
        ? `unproven: first probe ${probeWords(state, at)}`
        : 'unproven: first probe under way';
    case 'serving':
      return `serving for ${age}`;
    case 'blocked':
      return `blocked ${age}: ${reasonWords[standing.reason]} (${standing.detail}); ${nextProbeWords(state, at)}`;
    case 'probation':
      return `in probation for ${age}: step ${standing.step + 1} of 2, ${standing.clean} clean answers`;
    case 'quarantined':
      return `quarantined ${age}: it served wrong data (${standing.evidence})`;
  }
}

function nextProbeWords(state: UpstreamHealth, at: number): string {
  return state.probe.running === undefined ? `next probe ${probeWords(state, at)}` : 'probe under way';
}

function probeWords(state: UpstreamHealth, at: number): string {
  const dueAt = nextProbeAt(state, at) ?? at;
  return dueAt <= at ? 'due now' : `in ${spanWords(dueAt - at)}`;
}

/** When the next probe of a blocked or unproven upstream is due, hold-offs included; undefined for all others. */
export function nextProbeAt(state: UpstreamHealth, at: number): number | undefined {
  const { standing } = state.course;
  if (standing.kind !== 'blocked' && standing.kind !== 'unproven') return undefined;
  const scheduled = standing.kind === 'blocked' ? standing.nextProbeAt : Number.POSITIVE_INFINITY;
  const due = Math.min(scheduled, state.probe.extraAt ?? Number.POSITIVE_INFINITY);
  const freeAt = heldOff(state, at)?.until ?? 0;
  return due === Number.POSITIVE_INFINITY ? undefined : Math.max(due, freeAt);
}

function asideWords(state: UpstreamHealth, at: number): readonly string[] {
  const { identity, cordoned, head, avoidance, saysBehind } = state;
  const held = heldOff(state, at);
  const words: string[] = [];
  if (identity === 'wrong') words.push('identity is wrong: it is never asked');
  if (identity === 'unknown') words.push('identity is not yet confirmed');
  if (held !== undefined) words.push(heldWords(state, held, at));
  if (cordoned) words.push('cordoned by an operator');
  if (head.outlier) words.push('its head is implausibly far ahead');
  else if (head.lagging) words.push('lagging behind the tip');
  if (saysBehind) words.push('it says itself that it is behind');
  if (avoidance.avoided.size > 0) words.push(`avoided for ${[...avoidance.avoided.keys()].slice(0, 5).join(', ')}`);
  return words;
}

function heldWords({ holdOff }: UpstreamHealth, held: HoldOff, at: number): string {
  const why = held.until === holdOff.budget?.until ? 'its budget is spent' : holdOffWords[held.reason];
  const words = `held off for ${spanWords(held.until - at)}: ${why}`;
  return held.floor === 'closed' ? `${words}, and it is not asked even as a last resort` : words;
}

/** A span in words, two digits of meaning at most: `8 s`, `14 min`, `3 h`, `2 d`. Never negative. */
export function spanWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
