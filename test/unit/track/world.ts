import type { ChainSpec } from '../../../src/model/chain-spec.ts';
import type { Endpoint } from '../../../src/model/endpoint.ts';
import type { GatewayEvent } from '../../../src/model/events.ts';
import type { Identity } from '../../../src/model/standing.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import type { Ask, Question, Reply } from '../../../src/ports/ask.ts';
import { startTracking } from '../../../src/track/start-tracking.ts';
import type { PollResult, Tracking, TrackPlan } from '../../../src/track/tracking.ts';
import { createFakeChain, type FakeBlock, type FakeChain } from '../../support/fake-chain.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';
import { background, endpoints, evmSpec, verdict } from './builders.ts';

/** How one URL treats what it is asked. */
export interface FakeUrl {
  mode: 'good' | 'refused' | 'reset' | 'timeout' | 'rate-limited' | 'throws' | 'rejects' | 'never' | 'syncing';
  /** The chain it sees. */
  chain: FakeChain;
  /** Its head, where it is not the chain's newest block. */
  head: (() => number) | undefined;
  /** Added to the times of its blocks, seconds. */
  timeShift: number;
  finality: 'tag' | 'null' | 'unsupported' | 'rate-limited';
  /** The lowest block it serves by height. */
  lowest: number;
  latencyMs: number;
  identity: Identity;
  quarantined: boolean;
  heldOff: boolean;
  /** Set: its gate is closed. */
  closed: { readonly reason: string; readonly until?: number } | undefined;
}

/** One chain being tracked on a virtual clock, with fakes of its ports. */
export interface World {
  readonly clock: VirtualClock;
  readonly chain: FakeChain;
  readonly tracking: Tracking;
  readonly events: GatewayEvent[];
  readonly polls: PollResult[];
  readonly asked: Question[];
  readonly changes: () => number;
  /** Advances at least so long, to half a second before the next block: whoever is well has seen the last one. */
  run(ms: number): Promise<void>;
  url(index: number): FakeUrl;
  of<Kind extends GatewayEvent['kind']>(kind: Kind): readonly Extract<GatewayEvent, { kind: Kind }>[];
}

export interface WorldOptions {
  readonly spec?: ChainSpec;
  readonly endpoints?: readonly Endpoint[];
  readonly plan?: Partial<TrackPlan>;
  readonly chain?: FakeChain;
  /** `scheduled`: a block every block time of the spec; `on-demand`: only when the test says so. */
  readonly mining?: 'scheduled' | 'on-demand';
  /** Changes URLs before anything is asked. */
  readonly prepare?: (url: (index: number) => FakeUrl) => void;
}

/** A chain whose newest block is of now. */
export function chainOfNow(height = 1000, blockTimeSeconds = 12, genesis?: string): FakeChain {
  const genesisTime = 1_700_000_000 - height * blockTimeSeconds;
  return createFakeChain({ height, blockTimeSeconds, genesisTime, ...(genesis === undefined ? {} : { genesis }) });
}

export function createWorld(options: WorldOptions = {}): World {
  const spec = options.spec ?? evmSpec();
  const clock = createVirtualClock();
  const chain = options.chain ?? chainOfNow(1000, spec.blockTimeMs / 1000);
  const all = options.plan?.endpoints ?? options.endpoints ?? endpoints(2);
  const urls = new Map<string, FakeUrl>();
  const trackers = new Map(all.map((one) => [one.key, one.tracker]));
  const events: GatewayEvent[] = [];
  const polls: PollResult[] = [];
  const asked: Question[] = [];
  const startedAt = clock.now();
  let changes = 0;

  function urlOf(tracker: string): FakeUrl {
    const url = urls.get(tracker) ?? newUrl(chain);
    urls.set(tracker, url);
    return url;
  }

  const ask: Ask = (question) => {
    asked.push(question);
    return answerTo(question, urlOf(trackers.get(question.upstream) ?? question.upstream), { clock, spec });
  };

  if (options.mining !== 'on-demand') mineForever(clock, chain, spec.blockTimeMs);
  options.prepare?.((index) => urlOf(`url-${index}`));
  const plan: TrackPlan = { chain: 'ethereum', spec, endpoints: all, background, needsRing: 'no', ...options.plan };
  const tracking = startTracking(plan, {
    clock,
    ask,
    emit: (event) => events.push(event),
    gate: (tracker) => {
      const { closed, identity } = urlOf(tracker);
      if (closed !== undefined) return { kind: 'closed', ...closed };
      if (identity !== 'confirmed') return { kind: 'closed', reason: `identity ${identity}` };
      const [upstream = ''] = [...trackers].find(([, name]) => name === tracker) ?? [];
      return { kind: 'open', upstream };
    },
    facts: (upstream) => urlOf(trackers.get(upstream) ?? upstream),
    onHeads: () => {
      changes += 1;
    },
    onPoll: (result) => polls.push(result),
  });
  return {
    clock,
    chain,
    tracking,
    events,
    polls,
    asked,
    changes: () => changes,
    run: (ms) => {
      const sinceBlock = (clock.now() - startedAt + ms) % spec.blockTimeMs;
      const beforeNext = spec.blockTimeMs - 500;
      return clock.advanceAsync(ms + ((beforeNext - sinceBlock + spec.blockTimeMs) % spec.blockTimeMs));
    },
    url: (index) => urlOf(`url-${index}`),
    of: <Kind extends GatewayEvent['kind']>(kind: Kind) =>
      events.filter((event): event is Extract<GatewayEvent, { kind: Kind }> => event.kind === kind),
  };
}

function newUrl(chain: FakeChain): FakeUrl {
  return {
    mode: 'good',
    chain,
    head: undefined,
    timeShift: 0,
    finality: 'tag',
    lowest: 0,
    latencyMs: 20,
    identity: 'confirmed',
    quarantined: false,
    heldOff: false,
    closed: undefined,
  };
}

function mineForever(clock: VirtualClock, chain: FakeChain, everyMs: number): void {
  clock.after(everyMs, () => {
    chain.mine();
    mineForever(clock, chain, everyMs);
  });
}

interface AnswerContext {
  readonly clock: VirtualClock;
  readonly spec: ChainSpec;
}

function answerTo(question: Question, url: FakeUrl, context: AnswerContext): Promise<Reply> {
  const { clock } = context;
  const sentAt = clock.now();
  if (url.mode === 'throws') throw new Error('planted');
  if (url.mode === 'rejects') return Promise.reject(new Error('planted'));
  if (url.mode === 'never') return new Promise(() => {});
  const delayMs = url.mode === 'timeout' ? question.timeoutMs : url.latencyMs;
  return new Promise((resolve) => {
    clock.after(delayMs, () => resolve(replyOf(question, url, { ...context, sentAt })));
  });
}

function replyOf(question: Question, url: FakeUrl, context: AnswerContext & { readonly sentAt: number }): Reply {
  const { clock, sentAt, spec } = context;
  const failed = (verdict: Verdict): Reply => {
    return { kind: 'failed', verdict, detail: verdict.meaning, connection: 1, sentAt, at: clock.now() };
  };
  switch (url.mode) {
    case 'refused':
      return { ...failed(verdict('connect-failed')), ...{ failure: 'refused' } };
    case 'reset':
      return { ...failed(verdict('connection-lost')), ...{ failure: 'reset' } };
    case 'timeout':
      return { ...failed(verdict('timeout')), ...{ failure: 'timeout' } };
    case 'rate-limited':
      return failed(verdict('rate-limited', { blame: 'none', holdOff: true }));
    case 'syncing':
      return failed(verdict('syncing'));
    default:
      break;
  }
  if (isFinalityQuestion(question, spec) && url.finality === 'unsupported') {
    return failed(verdict('tag-unsupported', { blame: 'capability' }));
  }
  if (isFinalityQuestion(question, spec) && url.finality === 'rate-limited') {
    return failed(verdict('rate-limited', { blame: 'none', holdOff: true }));
  }
  return { kind: 'result', value: resultOf(question, url, spec), sentAt, at: clock.now() };
}

function isFinalityQuestion({ method, params }: Question, { finality }: ChainSpec): boolean {
  return finality.kind === 'read' && finality.read.method === method && finality.read.params === params;
}

function resultOf(question: Question, url: FakeUrl, spec: ChainSpec): unknown {
  const head = url.head?.() ?? url.chain.height();
  const final = url.finality === 'null' ? undefined : Math.max(0, head - 32);
  const isFinal = isFinalityQuestion(question, spec);
  const height = isFinal
    ? final
    : question.params.includes('latest') || spec.family === 'solana'
      ? head
      : askedHeight(question);
  const block = height === undefined ? undefined : url.chain.block(height, head);
  if (block === undefined || block.height < (isFinal || height === head ? 0 : url.lowest)) return null;
  return spec.family === 'solana' ? slotValue(block) : blockValue(block, url.timeShift);
}

function askedHeight({ params }: Question): number {
  return Number.parseInt(/"(0x[0-9a-f]+)"/.exec(params)?.[1] ?? '', 16);
}

function blockValue({ height, hash, parent, time }: FakeBlock, timeShift: number): unknown {
  const hex = (value: number) => `0x${value.toString(16)}`;
  return { number: hex(height), hash, parentHash: parent, timestamp: hex(time + timeShift) };
}

function slotValue({ height, hash }: FakeBlock): unknown {
  return { context: { slot: height }, value: { blockhash: hash, lastValidBlockHeight: height - 20 } };
}
