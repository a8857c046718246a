import type { ChainSpec } from '../model/chain-spec.ts';
import type { Head } from '../model/head.ts';
import type { TrackerSight } from './chain-heads.ts';
import { finalizedOf } from './finality.ts';
import { foldHead, type HeadState, type Reception, unknownHead } from './head.ts';
import type { PollPace } from './poll-schedule.ts';
import { Poller, type PollerDeps } from './poller.ts';
import type { TrackedUrl } from './tracked-url.ts';
import { isFollowing, type TrackerState } from './tracker-state.ts';
import type { TrackDeps } from './tracking.ts';

/** The chain a URL is tracked for. */
export interface UrlHost {
  readonly spec: ChainSpec;
  readonly deps: TrackDeps;
  lagLimit(): number;
  /** Whether client traffic may stand in for polls. */
  readonly skips: 'allowed' | 'never';
  pace(url: TrackedUrl): PollPace;
  tip(): number | undefined;
  judge(cause: 'poll' | 'other'): void;
}

/** One URL being tracked: its poller, and what it showed. */
export class UrlTrack {
  readonly #host: UrlHost;
  readonly #poller: Poller;
  #url: TrackedUrl;
  #head: HeadState = unknownHead;
  #finalized: Head | 'unread' | undefined;
  /** When client traffic or a probe last showed a head. */
  #trafficAt: number | undefined;

  constructor(url: TrackedUrl, host: UrlHost) {
    this.#host = host;
    this.#url = url;
    this.#poller = new Poller(url.tracker, host.spec, this.#pollerDeps());
  }

  get url(): TrackedUrl {
    return this.#url;
  }

  get state(): TrackerState {
    return this.#poller.state;
  }

  get poller(): Poller {
    return this.#poller;
  }

  /** After a reload: the same URL, perhaps shared otherwise. */
  reconfigure(url: TrackedUrl): void {
    this.#url = url;
  }

  /** Folds in a head that a probe or a client's call showed; true when it changed what is known. */
  isNews(head: Head): boolean {
    const before = this.#head.head;
    if (this.#fold(head) !== 'taken') return false;
    this.#trafficAt = head.at;
    const after = this.#head.head;
    return before?.height !== after?.height || before?.hash !== after?.hash;
  }

  /** What this URL knows now. */
  sight(): TrackerSight {
    const { tracker, witness, kind } = this.#url;
    const finalized = finalizedOf(this.#host.spec, this.#head.head, this.#finalized);
    return {
      tracker,
      witness,
      kind,
      standing: isFollowing(this.state) && this.#isTrusted() ? 'fresh' : 'not-fresh',
      head: this.#head,
      ...(finalized === undefined ? {} : { finalized }),
      pollMs: this.#host.pace(this.#url).intervalMs,
    };
  }

  /** Somebody who shares the URL is confirmed and not held off, and nobody is quarantined. */
  #isTrusted(): boolean {
    const facts = this.#url.upstreams.map((upstream) => this.#host.deps.facts(upstream));
    return facts.some((one) => one.identity === 'confirmed' && !one.heldOff) && !facts.some((one) => one.quarantined);
  }

  #fold(head: Head): Reception {
    const stepBack = this.#url.kind === 'pool' ? 2 * this.#host.lagLimit() : 0;
    const { state, reception } = foldHead(this.#head, head, { stepBack });
    this.#head = state;
    return reception;
  }

  #pollerDeps(): PollerDeps {
    const { deps } = this.#host;
    return {
      clock: deps.clock,
      ask: deps.ask,
      gate: () => deps.gate(this.#url.tracker),
      pace: () => this.#host.pace(this.#url),
      trafficAt: () => this.#freshTrafficAt(),
      headRead: (head) => this.#fold(head),
      finalizedRead: (read) => {
        this.#finalized = read;
        this.#host.judge('poll');
      },
      polled: ({ outcome, sentAt, at }) => {
        this.#host.judge(outcome.kind === 'answered' && this.#isFinalityReckoned() ? 'poll' : 'other');
        deps.onPoll({ tracker: this.#url.tracker, upstreams: this.#url.upstreams, outcome, sentAt, at });
      },
      changed: ({ kind: state, detail }) => {
        for (const upstream of this.#url.upstreams) deps.emit({ kind: 'tracker-changed', upstream, state, detail });
      },
    };
  }

  #isFinalityReckoned(): boolean {
    return this.#host.spec.finality.kind !== 'read' || this.#finalized === 'unread';
  }

  /** A head below the tip is no reason to ask less: only one at the tip is fresh. */
  #freshTrafficAt(): number | undefined {
    const height = this.#head.head?.height;
    if (this.#host.skips === 'never' || height === undefined || height < (this.#host.tip() ?? 0)) return undefined;
    return this.#trafficAt;
  }
}
