import { spanWords } from '../health/describe-standing.ts';
import type { ChainView, UpstreamView } from '../model/chain-view.ts';
import type { ChainStatus, Condition, Plight, Whose } from '../model/status-report.ts';

/** Upstreams that a chain's sentence tells of; the others are counted. */
const mostTold = 2;

/** Says in one sentence who serves a chain, who does not, why, and what is tried when. */
export function describeChain(view: ChainView, trouble: 'ours' | 'none'): Plight {
  const { upstreams, reason } = view;
  const noted = upstreams.filter(isNoted);
  const condition = conditionOf(view, noted);
  const serving = upstreams.filter(serves);
  const told = noted.slice(0, mostTold).map((upstream) => `${titleOf(upstream, upstreams)} ${upstream.sentence}`);
  const untold = noted.length - told.length;
  const reasons = reason === '' ? [] : [reasonWords[reason] ?? reason];
  const parts = [servingWords(serving, upstreams), ...reasons, ...told, ...(untold > 0 ? [`and ${untold} more`] : [])];
  return { condition, whose: whoseOf(view, noted, trouble), sentence: parts.join('; '), ...nextTry(noted) };
}

/** Says of all chains together whether it is us or them, and until when. */
export function describeAll(
  chains: readonly Pick<ChainStatus, 'chain' | 'condition' | 'whose' | 'nextTryInMs' | 'upstreams'>[],
  state: 'serving' | 'draining',
): Plight {
  if (state === 'draining')
    return { condition: 'impaired', whose: 'us', sentence: 'It is us: this gateway is draining and about to stop.' };
  const condition = conditions.find((worst) => chains.some((chain) => chain.condition === worst)) ?? 'well';
  const worst = chains.filter((chain) => chain.condition === condition);
  const whose = worst.some((chain) => chain.whose === 'us') ? 'us' : (worst[0]?.whose ?? 'nobody');
  const tries = worst.flatMap(({ nextTryInMs }) => nextTryInMs ?? []);
  const next = tries.length === 0 ? undefined : Math.min(...tries);
  const names = worst.map(({ chain }) => chain).join(', ');
  const until = next === undefined ? '' : ` Next try ${next < 1000 ? 'now' : `in ${spanWords(next)}`}.`;
  const sentence = `${allWords(condition, names, chains.length)}${whoseWords[whose]}${condition === 'well' ? '' : until}`;
  return { condition, whose, sentence, ...(next !== undefined && { nextTryInMs: next }) };
}

/** From the worst on. */
const conditions: readonly Condition[] = ['down', 'impaired', 'starting', 'well'];

function allWords(condition: Condition, names: string, chains: number): string {
  switch (condition) {
    case 'well':
      return chains === 1 ? `All is well: ${names} is served.` : `All is well: all ${chains} chains are served.`;
    case 'starting':
      return `Starting: upstreams are asked for the first time (${names}).`;
    case 'impaired':
      return `Calls are served, with less than there should be: ${names}.`;
    case 'down':
      return `Not served: ${names}.`;
  }
}

const whoseWords: Readonly<Record<Whose, string>> = {
  nobody: '',
  them: ' It is them: upstreams fail.',
  us: ' It is us: this gateway, its network or an operator.',
};

/** Codes that stand for a chain's reason, in words. */
const reasonWords: Readonly<Record<string, string>> = {
  'heads-disagree': 'the upstreams disagree about the newest block',
  'single-witness': 'one upstream alone vouches for the newest block',
  'one-witness-ahead': 'one upstream alone vouches for the newest block',
  'no-witness': 'nobody vouches for the newest block',
  'probation-only': 'only upstreams in probation serve',
  'finality-disputed': 'the upstreams disagree about what is final',
};

/** True where it takes its full part in all that its tier is asked. */
function serves({ standing, identity, cordoned, heldOff }: UpstreamView): boolean {
  return standing === 'serving' && identity === 'confirmed' && !cordoned && heldOff === undefined;
}

function isNoted(upstream: UpstreamView): boolean {
  return !serves(upstream) || upstream.lagging || upstream.outlier;
}

function conditionOf({ ready, probed, degraded }: ChainView, noted: readonly UpstreamView[]): Condition {
  if (!ready) return probed ? 'down' : 'starting';
  return noted.length > 0 || degraded !== undefined ? 'impaired' : 'well';
}

/** A chain whose every upstream is of another chain, was cordoned or may be paid no more, suffers from us. */
function whoseOf(view: ChainView, noted: readonly UpstreamView[], trouble: 'ours' | 'none'): Whose {
  if (noted.length === 0) return view.degraded === undefined ? 'nobody' : 'them';
  if (!view.ready && !view.probed) return 'nobody';
  const isOurDoing =
    view.state === 'halted' || noted.every(({ cordoned, heldOff }) => cordoned || heldOff?.floor === 'closed');
  return isOurDoing || trouble === 'ours' ? 'us' : 'them';
}

function servingWords(serving: readonly UpstreamView[], all: readonly UpstreamView[]): string {
  if (serving.length === 0) return `serving from none of ${all.length}`;
  const hasPrimary = serving.some(({ endpoint }) => endpoint.tier === 'primary');
  return `serving from ${serving.length} of ${all.length}${hasPrimary ? '' : ', backups only'}`;
}

/** `backup drpc`, and the endpoint's name where its provider has several. */
function titleOf({ endpoint }: UpstreamView, all: readonly UpstreamView[]): string {
  const { tier, provider, name } = endpoint;
  const isOnly = all.filter((other) => other.endpoint.provider === provider).length === 1;
  return `${tier} ${isOnly ? provider : `${provider}/${name}`}`;
}

function nextTry(noted: readonly UpstreamView[]): Pick<Plight, 'nextTryInMs'> {
  const tries = noted.flatMap(({ nextProbeInMs, heldOff }) => [...toList(nextProbeInMs), ...toList(heldOff?.forMs)]);
  return tries.length === 0 ? {} : { nextTryInMs: Math.min(...tries) };
}

function toList(value: number | undefined): readonly number[] {
  return value === undefined ? [] : [value];
}
