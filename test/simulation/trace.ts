import type { GatewayEvent } from '../../src/model/events.ts';
import type { CallRecord } from './watch.ts';
import type { Sent } from './world/sim-network.ts';

/** Something that happened: kept as it is, put in words only where somebody reads it. */
type Happening =
  | { readonly kind: 'sent' | 'ended'; readonly send: Sent }
  | { readonly kind: 'event'; readonly event: GatewayEvent }
  | { readonly kind: 'arrived' | 'settled'; readonly record: CallRecord }
  | { readonly kind: 'noted'; readonly words: string };

/** The last happenings of a world. */
export interface Trace {
  note(at: number, happening: Happening): void;
  /** The last `count` lines, oldest first. */
  lines(count: number): readonly string[];
}

/** Happenings kept: enough for a minute of a busy world. */
const kept = 20_000;

/** Makes an empty trace. */
export function createTrace(): Trace {
  let entries: { readonly at: number; readonly happening: Happening }[] = [];
  return {
    note: (at, happening) => {
      if (entries.length >= 2 * kept) entries = entries.slice(-kept);
      entries.push({ at, happening });
    },
    lines: (count) =>
      entries
        .map(({ at, happening }) => [at, words(happening)] as const)
        .filter(([, text]) => text !== '')
        .slice(-count)
        .map(([at, text]) => `${(at / 1000).toFixed(3).padStart(9)} ${text}`),
  };
}

function words(happening: Happening): string {
  switch (happening.kind) {
    case 'sent':
      return `→ ${sendWords(happening.send)}`;
    case 'ended':
      return `← ${sendWords(happening.send)}: ${happening.send.end?.words ?? ''}`;
    case 'event':
      return eventWords(happening.event);
    case 'arrived':
      return `call #${happening.record.call.number} ${happening.record.call.kind}`;
    case 'settled':
      return `call #${happening.record.call.number} ${happening.record.call.kind} ⇒ ${replyWords(happening.record)}`;
    case 'noted':
      return happening.words;
  }
}

function sendWords({ key, purpose, call }: Sent): string {
  const whose = call.number < 0 ? '' : ` #${call.number}${call.poison === undefined ? '' : ` ${call.poison}`}`;
  const block = call.method === 'eth_getBlockByNumber' ? ` ${String(call.params[0])}` : '';
  return `${key.replace(/^sim\//, '').replace(/\/json-rpc/, '')} ${purpose}${whose} ${call.method}${block}`;
}

function replyWords({ reply }: CallRecord): string {
  switch (reply?.kind) {
    case 'result':
      return `result ${JSON.stringify(reply.result)?.slice(0, 60)}`;
    case 'error':
      return `error ${reply.code} ${reply.message.slice(0, 60)}`;
    case 'fault':
      return `${reply.fault} ${reply.words}`;
    case 'left':
    case 'lost':
      return reply.kind;
    case undefined:
      return 'nothing';
  }
}

function eventWords(event: GatewayEvent): string {
  switch (event.kind) {
    case 'standing-changed':
      return `■ ${event.upstream} ${event.from} → ${event.to} ${event.reason ?? ''} (${event.detail})`;
    case 'attempt-failed':
      return `· ${event.upstream} ${event.method}: ${event.verdict.meaning}, blame ${event.verdict.blame}`;
    case 'failure-excused':
      return `· ${event.upstream} ${event.method}: excused`;
    case 'probe-ended':
      return `· ${event.upstream} probe ${event.result} (${event.detail})`;
    case 'tip-moved':
      return `· tip ${event.tip}`;
    case 'identity-changed':
      return `■ ${event.upstream} identity ${event.identity} (${event.detail})`;
    case 'hold-off-started':
      return `· ${event.upstream} held off until ${(event.holdOff.until / 1000).toFixed(1)}: ${event.holdOff.reason}`;
    case 'epoch-started':
      return `■ epoch ${event.epoch}`;
    case 'tracker-changed':
      return `· ${event.upstream} tracker ${event.state} (${event.detail})`;
    case 'pairing-published':
      return '';
    default:
      return `· ${JSON.stringify(event)}`;
  }
}
