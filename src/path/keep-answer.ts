import { type Found, lifetimeOf, type ShownBlock } from '../cache/lifetime.ts';
import type { Moment } from '../cache/moment.ts';
import { heightRead } from '../cache/read-height.ts';
import { readJsonValue } from '../codec/read-json-value.ts';
import type { Answer } from '../model/answer.ts';
import { readQuantity } from '../model/quantity.ts';
import type { Lane } from './lane.ts';
import { memberAt } from './shown-height.ts';
import type { Answered, Served, Trip } from './trip.ts';

/** What was known when a read was sent, and under which key its answer may be kept. */
export interface Began {
  readonly key: string;
  readonly moment: Moment;
  readonly finalized: number | undefined;
  /** The hash the chain had at the height that is read. */
  readonly hashBefore: string | undefined;
}

/** Notes what is known before a read is sent. */
export function beginKeeping({ lane, classified }: Trip, key: string, moment: Moment): Began {
  const { finalized } = lane.pairing();
  const height = heightRead(classified.block);
  const isOpen = height !== undefined && (finalized === undefined || height > finalized);
  return { key, moment, finalized, hashBefore: isOpen ? lane.recent.hashAt(height) : undefined };
}

/**
 * Keeps what a read came to, where it may be kept. Never an answer given in need, by somebody who is behind or blocked, and none
 * of an upstream that fell while it answered; nor one that was asked for before a reload.
 */
export function keepAnswer(trip: Trip, served: Served, { key, moment, finalized, hashBefore }: Began): void {
  if (served.kind !== 'answered' || served.facts.degraded !== undefined) return;
  const { lane, classified } = trip;
  const { answer, verdict } = served;
  if (answer.kind === 'result' && answer.rest !== undefined) return;
  const { answers } = lane.cache ?? {};
  const { cache } = lane.settings;
  const source = believedSource(lane, served);
  if (answers === undefined || cache === 'off' || source === undefined) return;
  const { endpoint } = source;
  const { tip, state } = lane.pairing();
  const { recent } = lane;
  const { calmMs } = answers;
  const content = contentOf(served);
  const life = lifetimeOf(
    classified,
    {
      content,
      shown: content === 'value' ? shownBlock(lane, classified, answer) : undefined,
      endpoint: endpoint.kind,
      hashBefore,
    },
    { finalized, tip, state, recent, calmMs, finalizedMs: cache.finalizedMs, tipMs: cache.tipMs },
  );
  if (life.kind === 'none') return;
  const upstream = `${endpoint.provider}/${endpoint.name}`;
  answers.keep(key, { answer, verdict, upstream, key: endpoint.key, life, moment });
}

/** Who answered, where it is of this chain, in rotation, and just as it was when it was chosen. */
function believedSource(lane: Lane, { upstream }: Answered): Answered['upstream'] {
  if (upstream === undefined || lane.successor() !== lane) return undefined;
  const now = lane.pairing().upstreams[upstream.endpoint.index];
  if (now === undefined || now.generation !== upstream.generation || now.identity !== 'confirmed') return undefined;
  return now.standing === 'serving' || now.standing === 'probation' ? now : undefined;
}

/** A null or an empty list is no longer than this, in bytes, however it is spaced. */
const maxNothingBytes = 8;

function contentOf({ answer, verdict }: Answered): Found['content'] {
  if (answer.kind === 'error') return verdict.cache ? 'final-error' : 'error';
  if (answer.result.length > maxNothingBytes) return 'value';
  const value = readJsonValue(answer.result);
  if (value === null) return 'null';
  return Array.isArray(value) && value.length === 0 ? 'empty' : 'value';
}

/** The block a result says it is of, or was read from; undefined where it says none. Never throws. */
export function shownBlock({ spec }: Lane, { policy }: Trip['classified'], answer: Answer): ShownBlock | undefined {
  const { showsBlock } = policy;
  if (showsBlock === undefined || answer.kind === 'error') return undefined;
  const { result } = answer;
  const height = readQuantity(memberAt(result, showsBlock.height), spec.head.quantity);
  if (height === undefined) return undefined;
  const hash = showsBlock.hash === undefined ? undefined : memberAt(result, showsBlock.hash);
  return typeof hash === 'string' ? { height, hash } : { height };
}
