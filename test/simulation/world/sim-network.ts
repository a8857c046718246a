import type { SendResult } from '../../../src/model/answer.ts';
import type { Purpose, TrackerId, UpstreamKey } from '../../../src/model/names.ts';
import type { Cancel } from '../../../src/ports/clock.ts';
import type { Meter } from '../../../src/ports/meter.ts';
import type { Send, Transport } from '../../../src/ports/transport.ts';
import type { Wire } from '../../../src/world/endpoints.ts';
import type { Worth } from './chain-answers.ts';
import type { ProcessClock } from './process-clock.ts';
import { readCall } from './read-call.ts';
import type { SimUrl, WireAct, WireCall } from './sim-url.ts';

/** One send, as it went over the wire and came back. */
export interface Sent {
  readonly serial: number;
  readonly at: number;
  readonly key: UpstreamKey;
  readonly url: string;
  readonly purpose: Purpose;
  readonly call: WireCall;
  /** What the gateway was told of it; undefined while it waits. */
  end: SentEnd | undefined;
}

/** How a send ended, and what it was worth. */
export interface SentEnd {
  readonly at: number;
  readonly kind: 'answered' | 'failed' | 'cancelled';
  readonly worth: Worth;
  readonly sent: 'nothing' | 'maybe';
  readonly words: string;
  /** The result as it was answered, where there was one. */
  readonly shown?: unknown;
}

/** Who watches the wire. */
export interface WireWatch {
  sent(send: Sent): void;
  ended(send: Sent, end: SentEnd): void;
}

/** A network in memory, behind the Transport port of one process. */
export interface SimNetwork {
  readonly transport: Transport;
  /** Counts nothing: it tells the network what the next send is for. */
  readonly meter: Meter;
  /** Client sends on their way to an upstream. */
  inFlight(key: UpstreamKey): number;
  /** Sends to these URLs from now on; where an upstream is there twice, the later one is its present URL. */
  connect(wires: readonly Wire[]): void;
}

/** What a network is made of. */
export interface NetworkParts {
  readonly clock: ProcessClock;
  readonly watch: WireWatch;
  urlAt(url: string): SimUrl;
  connectivity(upstreams: readonly UpstreamKey[], what: 'connected' | 'disconnected'): void;
}

/** Makes the network of one process: bytes in, bytes out, one connection per URL that is renewed where it breaks. */
export function createNetwork(parts: NetworkParts): SimNetwork {
  const lines = new Map<string, Line>();
  const purposes = new Map<UpstreamKey, Purpose>();
  const waiting = new Map<UpstreamKey, number>();
  const book = { serial: 0, connection: 0 };
  let byTracker: ReadonlyMap<TrackerId, SimUrl> = new Map();
  let byUpstream: ReadonlyMap<UpstreamKey, SimUrl> = new Map();
  const lineOf = (url: string): Line => {
    const line = lines.get(url) ?? { connection: ++book.connection, isOpen: false };
    lines.set(url, line);
    return line;
  };
  const transport: Transport = {
    send(send, done) {
      const url = send.tracker === undefined ? byUpstream.get(send.upstream) : byTracker.get(send.tracker);
      if (url === undefined) throw new Error(`nobody is behind ${send.upstream} any more`);
      const purpose = purposes.get(send.upstream) ?? 'client';
      const call = readCall(send.body);
      const sent: Sent = {
        serial: ++book.serial,
        at: parts.clock.now(),
        key: send.upstream,
        url: url.plan.url,
        purpose,
        call,
        end: undefined,
      };
      const isClients = purpose !== 'poll' && purpose !== 'probe' && purpose !== 'backfill';
      const count = (by: number): void => {
        if (isClients) waiting.set(send.upstream, (waiting.get(send.upstream) ?? 0) + by);
      };
      count(1);
      parts.watch.sent(sent);
      const flight = new Flight({
        ...parts,
        send,
        sent,
        url,
        line: lineOf(url.plan.url),
        nextConnection: () => ++book.connection,
        sharers: () => [...byUpstream].filter(([, other]) => other === url).map(([key]) => key),
      });
      return flight.start((result) => {
        count(-1);
        if (result !== undefined) done(result);
      });
    },
  };
  return {
    transport,
    meter: meterOf((key, purpose) => purposes.set(key, purpose)),
    inFlight: (key) => waiting.get(key) ?? 0,
    connect: (wires) => {
      const reached = wires.map(({ key, tracker, url }) => ({ key, tracker, at: parts.urlAt(url) }));
      byTracker = new Map(reached.map(({ tracker, at }) => [tracker, at]));
      byUpstream = new Map(reached.map(({ key, at }) => [key, at]));
    },
  };
}

interface Line {
  connection: number;
  isOpen: boolean;
}

interface FlightParts extends NetworkParts {
  readonly send: Send;
  readonly sent: Sent;
  readonly url: SimUrl;
  readonly line: Line;
  nextConnection(): number;
  /** The upstreams whose present URL this is. */
  sharers(): readonly UpstreamKey[];
}

/** One send on its way. Ends once: with a result, or cancelled. */
class Flight {
  readonly #parts: FlightParts;
  #end: (result: SendResult | undefined) => void = () => undefined;
  #cancelTimeout: Cancel = () => undefined;
  #cancelArrival: Cancel = () => undefined;

  constructor(parts: FlightParts) {
    this.#parts = parts;
  }

  start(end: (result: SendResult | undefined) => void): Cancel {
    const { send, sent, url, line, clock } = this.#parts;
    this.#end = end;
    let act = url.treat(sent.call, clock.now());
    // A kept connection that breaks before any answer was stale, as far as anybody can tell: a read goes out once more.
    const isStale = act.kind === 'fails' && act.failure === 'reset' && line.isOpen && send.connection === 'pooled';
    if (isStale && send.resend === 'reads') {
      this.#breakLine();
      act = url.treat(sent.call, clock.now());
    }
    const unsent = act.kind !== 'answers' && act.sent === 'nothing';
    this.#cancelTimeout = clock.after(send.timeoutMs, () =>
      this.#fail(unsent ? 'connect-timeout' : 'timeout', unsent ? 'nothing' : 'maybe'),
    );
    if (act.kind !== 'silent') this.#arriveLater(act);
    return () =>
      this.#settle(undefined, {
        kind: 'cancelled',
        worth: 'bad',
        sent: unsent ? 'nothing' : 'maybe',
        words: 'cancelled',
      });
  }

  #arriveLater(act: Exclude<WireAct, { kind: 'silent' }>): void {
    this.#cancelArrival = this.#parts.clock.arrive(act.afterMs, () => {
      if (act.kind === 'answers') this.#answer(act);
      else this.#fail(act.failure, act.sent);
    });
  }

  #answer(act: Extract<WireAct, { kind: 'answers' }>): void {
    const { send, line } = this.#parts;
    this.#reach(line, 'connected');
    const connection = send.connection === 'fresh' ? this.#parts.nextConnection() : line.connection;
    const { status, retryAfterMs, worth } = act;
    const body = Buffer.from(act.body);
    const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
    this.#settle(
      { kind: 'answered', status, body, ...asked, connection },
      { kind: 'answered', worth, sent: 'maybe', words: `${status} ${worth}`, shown: act.shown },
    );
  }

  #fail(failure: Extract<SendResult, { kind: 'failed' }>['failure'], sent: 'nothing' | 'maybe'): void {
    const { send, line } = this.#parts;
    const connection = send.connection === 'fresh' ? this.#parts.nextConnection() : line.connection;
    // What was sent had a connection to be sent on, though it is gone by the time of the news.
    if (sent === 'maybe') this.#reach(line, 'connected');
    if (failure !== 'timeout') this.#breakLine();
    this.#settle({ kind: 'failed', failure, sent, connection }, { kind: 'failed', worth: 'bad', sent, words: failure });
  }

  #breakLine(): void {
    const { line } = this.#parts;
    line.connection = this.#parts.nextConnection();
    this.#reach(line, 'disconnected');
  }

  #reach(line: Line, what: 'connected' | 'disconnected'): void {
    const isOpen = what === 'connected';
    if (line.isOpen === isOpen) return;
    line.isOpen = isOpen;
    this.#parts.connectivity(this.#parts.sharers(), what);
  }

  #settle(result: SendResult | undefined, end: Omit<SentEnd, 'at'>): void {
    const { sent, watch, clock } = this.#parts;
    if (sent.end !== undefined) return;
    sent.end = { ...end, at: clock.now() };
    this.#cancelTimeout();
    this.#cancelArrival();
    watch.ended(sent, sent.end);
    this.#end(result);
  }
}

function meterOf(sending: (key: UpstreamKey, purpose: Purpose) => void): Meter {
  return {
    upstream: (key) => ({ sent: (purpose) => sending(key, purpose), answered: () => undefined }),
    chain: () => ({
      settled: () => undefined,
      settledFor: () => undefined,
      cached: () => undefined,
      overhead: () => undefined,
    }),
  };
}
