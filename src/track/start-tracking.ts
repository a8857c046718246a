import type { Endpoint } from '../model/endpoint.ts';
import type { Head } from '../model/head.ts';
import type { UpstreamKey } from '../model/names.ts';
import { createBlockReader } from './block-reader.ts';
import { ChainKnowledge } from './chain-knowledge.ts';
import { createChainTurn } from './chain-turn.ts';
import { isSameView, type ViewedUrl, viewHeads } from './heads-view.ts';
import { type Loop, startLoop } from './loop.ts';
import { type PollPace, pollPace } from './poll-schedule.ts';
import { heightIn } from './ring.ts';
import { type TrackedUrl, trackedUrls } from './tracked-url.ts';
import type { ChainHeads, TrackChange, TrackDeps, Tracking, TrackPlan } from './tracking.ts';
import { type UrlHost, UrlTrack } from './url-track.ts';

/**
 * Starts tracking one chain: polls every URL, judges tip and finality, keeps the ring, and takes the chain through its
 * start. What it learns shows in `view` and leaves as events. Never throws, and blocks nobody.
 */
export function startTracking(plan: TrackPlan, deps: TrackDeps): Tracking {
  return new ChainTracking(plan, deps);
}

class ChainTracking implements Tracking {
  #plan: TrackPlan;
  readonly #deps: TrackDeps;
  readonly #host: UrlHost;
  readonly #knowledge: ChainKnowledge;
  readonly #loop: Loop;
  #endpoints: readonly Endpoint[];
  #urls: readonly UrlTrack[] = [];
  #byUpstream: ReadonlyMap<UpstreamKey, UrlTrack> = new Map();
  #lastCallAt: number;
  #traffic: 'idle' | 'busy' = 'busy';
  #view: ChainHeads;
  #isClosed = false;

  constructor(plan: TrackPlan, deps: TrackDeps) {
    const { clock, ask, emit } = deps;
    const urls = trackedUrls(plan.endpoints);
    this.#plan = plan;
    this.#deps = deps;
    this.#endpoints = plan.endpoints;
    this.#lastCallAt = clock.now();
    const gate = (tracker: string) => deps.gate(tracker);
    const reading = plan.spec.blockByHeight;
    const read = reading === undefined ? undefined : createBlockReader(reading, { clock, ask, gate });
    this.#knowledge = new ChainKnowledge(plan, witnessNames(urls), { clock, emit, read });
    this.#host = this.#createHost();
    this.#adopt(urls);
    this.#view = this.#look();
    const turn = createChainTurn(this.#knowledge);
    this.#loop = startLoop(clock, async () => {
      const rest = await turn();
      this.#publish();
      return rest;
    });
  }

  view(): ChainHeads {
    return this.#view;
  }

  headSeen(upstream: UpstreamKey, head: Head): void {
    const url = this.#byUpstream.get(upstream);
    if (url === undefined) return;
    this.goodAnswerSeen(upstream);
    if (url.isNews(head)) this.#judge('other');
  }

  goodAnswerSeen(upstream: UpstreamKey): void {
    const url = this.#byUpstream.get(upstream);
    if (url?.state.kind === 'error' || url?.state.kind === 'waiting-for-connection')
      url.poller.tell('good-answer-seen');
  }

  connectivity(upstream: UpstreamKey, change: 'connected' | 'disconnected'): void {
    this.#byUpstream.get(upstream)?.poller.tell(change);
  }

  factsChanged(): void {
    for (const url of this.#urls) if (url.state.kind === 'waiting-for-event') url.poller.tell('gate-changed');
    this.#judge('other');
  }

  clientCall(): void {
    this.#lastCallAt = this.#deps.clock.now();
    if (this.#traffic === 'busy') return;
    this.#traffic = 'busy';
    for (const url of this.#urls) url.poller.tell('traffic-resumed');
  }

  hashAt(height: number): string | undefined {
    return this.#knowledge.hashAt(height);
  }

  heightOf(hash: string): number | undefined {
    return heightIn(this.#knowledge.ring(), hash);
  }

  row(): unknown {
    return this.#knowledge.row();
  }

  replace(endpoints: readonly Endpoint[], change: TrackChange = this.#plan): void {
    if (this.#isClosed) return;
    const urls = trackedUrls(endpoints);
    const { lagLimit: _before, ...rest } = this.#plan;
    const { background, lagLimit } = change;
    this.#plan = { ...rest, endpoints, background, ...(lagLimit !== undefined && { lagLimit }) };
    this.#endpoints = endpoints;
    this.#knowledge.reconfigure(this.#plan, witnessNames(urls), new Set(urls.map((url) => url.tracker)));
    this.#adopt(urls);
    this.#judge('other');
  }

  close(): void {
    this.#isClosed = true;
    this.#loop.close();
    for (const url of this.#urls) url.poller.close();
  }

  /** Keeps the trackers that stay, starts the new ones, ends the others. */
  #adopt(urls: readonly TrackedUrl[]): void {
    const before = new Map(this.#urls.map((url) => [url.url.tracker, url]));
    this.#urls = urls.map((url) => {
      const kept = before.get(url.tracker);
      before.delete(url.tracker);
      kept?.reconfigure(url);
      return kept ?? new UrlTrack(url, this.#host);
    });
    for (const gone of before.values()) gone.poller.close();
    this.#byUpstream = new Map(this.#urls.flatMap((url) => url.url.upstreams.map((key) => [key, url] as const)));
  }

  #createHost(): UrlHost {
    const { spec, needsRing } = this.#plan;
    return {
      spec,
      deps: this.#deps,
      lagLimit: () => this.#plan.lagLimit ?? spec.lagLimit,
      skips: needsRing === 'yes' ? 'never' : 'allowed',
      pace: (url) => this.#pace(url),
      tip: () => this.#knowledge.heads.tip.tip,
      judge: (cause) => this.#judge(cause),
    };
  }

  #pace({ sharedBy }: TrackedUrl): PollPace {
    const { background, spec } = this.#plan;
    const isIdle = this.#deps.clock.now() - this.#lastCallAt >= background.idleAfterMs;
    this.#traffic = isIdle ? 'idle' : 'busy';
    const finality = spec.finality.kind === 'read' ? 'read' : 'reckoned';
    const { blockTimeMs } = this.#knowledge.policy;
    return pollPace({ blockTimeMs, background, traffic: this.#traffic, finality, sharedBy });
  }

  #judge(cause: 'poll' | 'other'): void {
    if (this.#isClosed) return;
    const sights = this.#urls.map((url) => url.sight());
    const identities = this.#endpoints.map((endpoint) => this.#deps.facts(endpoint.key).identity);
    this.#knowledge.judge({ sights, identities, cause });
    this.#publish();
    this.#loop.nudge();
  }

  #publish(): void {
    if (this.#isClosed) return;
    const view = this.#look();
    if (isSameView(view, this.#view)) return;
    this.#view = view;
    this.#deps.onHeads();
  }

  #look(): ChainHeads {
    const { heads, policy } = this.#knowledge;
    const urls = new Map<string, ViewedUrl>();
    for (const url of this.#urls) urls.set(url.url.tracker, { sight: url.sight(), state: url.state });
    const { blockTimeMs } = policy;
    return viewHeads({ endpoints: this.#endpoints, heads, start: this.#knowledge.start(), blockTimeMs, urls });
  }
}

function witnessNames(urls: readonly TrackedUrl[]): ReadonlySet<string> {
  return new Set(urls.map((url) => url.witness));
}
