import type { Dispatcher } from 'undici';
import type { AnswerRest, SendResult, TransportFailure } from '../model/answer.ts';
import type { Cancel, Clock } from '../ports/clock.ts';
import type { Send } from '../ports/transport.ts';
import { type AnswerBody, type BodyFailure, PlainBody } from './answer-body.ts';
import { type AnswerHead, noHead, readAnswerHead } from './answer-head.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { Encoding } from './decoder.ts';
import type { EndpointPool, Ride } from './endpoint-pool.ts';
import { type Progress, wireFailure } from './failure.ts';
import { heavyBytes, LargeBody, type LargeBodySink } from './large-body.ts';
import { type Line, nextConnection, type Rider } from './line.ts';

/** What the attempts to one URL share. */
export interface AttemptWorld {
  readonly clock: Clock;
  readonly budget: ByteBudget;
  readonly pool: EndpointPool;
}

/** Interim answers (1xx) before the real one; more is no protocol but a flood. */
const maxInterim = 16;

/** Thrown at the HTTP client as it is about to write: it takes the request back and keeps the connection. */
const withdrawn = new Error('withdrawn');

/**
 * One send on its way: from finding a connection to the last byte of the answer, or to the first thing that goes wrong.
 * Settles at most once, never inside `start`, and not at all after `cancel`. Where it settles with an answer too large to be held, it goes
 * on until the rest of that was read, or is not going to be.
 *
 * It is itself the HTTP client's handler: no stream, no promise, no abort signal. The five `on…` methods are the ones
 * undici 7 calls directly; its newer names go through an adapter that parses every header.
 */
export class Attempt implements Rider, LargeBodySink {
  readonly #world: AttemptWorld;
  readonly #send: Send;
  readonly #done: (result: SendResult) => void;
  #cancelDeadline: Cancel | undefined;
  #starting = true;
  #over = false;
  #cancelled = false;
  #line: Line | undefined;
  /** The number of the connection the request was written to, or of the one that did not come about. */
  #connection: number | undefined;
  /** The request is on the wire of the present line. */
  #written = false;
  /** Its connection had served before. */
  #reused = false;
  #progress: Progress = 'unanswered';
  #resent = false;
  #interim = 0;
  #head: AnswerHead = noHead;
  #body: AnswerBody | undefined;
  /** The same body, where it may be too large to be held; once that is `begun`, all has been told. */
  #large: LargeBody | undefined;
  #begun = false;
  #startedAt = 0;
  #resume: () => void = nothing;

  constructor(world: AttemptWorld, send: Send, done: (result: SendResult) => void) {
    this.#world = world;
    this.#send = send;
    this.#done = done;
  }

  start(): void {
    this.#startedAt = this.#world.clock.now();
    this.#cancelDeadline = this.#world.clock.after(this.#send.timeoutMs, () => this.#giveUp('timeout'));
    this.#travel(this.#send.connection === 'fresh' ? 'single' : 'any');
    this.#starting = false;
  }

  cancel(): void {
    this.#cancelled = true;
    this.#giveUp('aborted');
  }

  abandon(): void {
    this.#giveUp('aborted');
  }

  board(line: Line): Dispatcher.DispatchOptions {
    this.#line = line;
    const { answer, body, connection } = this.#send;
    const { path, headersForSmall, headersForLarge } = this.#world.pool.options;
    const headers = answer === 'large' ? headersForLarge : headersForSmall;
    if (connection === 'fresh') return { path, method: 'POST', headers, body, blocking: false, reset: true };
    return { path, method: 'POST', headers, body, blocking: false };
  }

  onConnect(): void {
    const line = this.#line;
    if (this.#over || line === undefined) throw withdrawn;
    this.#written = true;
    this.#connection = line.connection;
    this.#reused = line.served > 0;
  }

  onResponseStarted(): void {
    this.#progress = 'in-head';
  }

  onHeaders(status: number, headers: Buffer[], resume: () => void): boolean {
    if (this.#over) return true;
    this.#resume = resume;
    if (status < 200) this.#countInterim();
    else this.#readHead(status, headers);
    return true;
  }

  onData(bytes: Buffer): boolean {
    if (!this.#over) this.#body?.receive(bytes);
    return this.#large === undefined || this.#over || !this.#large.isFull;
  }

  onComplete(): void {
    if (this.#over) return;
    if (this.#line !== undefined) this.#line.served += 1;
    this.#leaveLine('free');
    this.#resume = nothing;
    this.#body?.finish();
  }

  onError(error: Error): void {
    if (this.#over) return this.#leaveLine(error === withdrawn ? 'free' : 'drop');
    this.#connection ??= this.#line?.connection;
    this.#leaveLine('drop');
    const failure = wireFailure(error, this.#progress);
    if (this.#isStale(failure)) this.#resend();
    else this.#giveUp(failure);
  }

  bodyComplete(body: Buffer): void {
    this.#settle(this.#answered(body));
  }

  bodyFailed(failure: BodyFailure): void {
    this.#giveUp(failure);
  }

  bodyBegun(rest: AnswerRest): void {
    this.#cancelDeadline?.();
    this.#begun = true;
    this.#tell({ ...this.#answered(noBytes), rest });
  }

  bodyHungry(): void {
    if (!this.#over) this.#resume();
  }

  bodyRead(): void {
    this.#over = true;
    this.#body?.drop();
  }

  bodyLeft(why: TransportFailure): void {
    this.#giveUp(why);
  }

  #answered(body: Buffer): Extract<SendResult, { readonly kind: 'answered' }> {
    const connection = this.#connection ?? nextConnection();
    const { status, whole, retryAfterMs } = this.#head;
    const answered = { kind: 'answered', status, body, whole, connection } as const;
    return retryAfterMs === undefined ? answered : { ...answered, retryAfterMs };
  }

  #travel(ride: Ride): void {
    if (!this.#world.pool.carry(this, ride)) this.#giveUp('over-budget');
  }

  #countInterim(): void {
    this.#interim += 1;
    if (this.#interim > maxInterim) this.#giveUp('bad-http');
  }

  #readHead(status: number, headers: readonly Buffer[]): void {
    this.#progress = 'in-body';
    const head = readAnswerHead(headers, { status, wallMs: this.#world.clock.wall() });
    this.#head = head;
    if (head.encoding === 'unknown') return this.#giveUp('bad-encoding');
    if (head.length !== undefined && head.length > this.#send.maxBytes) return this.#giveUp('too-large');
    this.#body = this.#openBody(head.encoding, head.length);
  }

  /** Most answers say that they are small. */
  #openBody(encoding: Exclude<Encoding, 'unknown'>, length: number | undefined): AnswerBody {
    const { maxBytes, streamAbove = maxBytes, timeoutMs } = this.#send;
    const { budget, clock } = this.#world;
    const isSmall = length !== undefined && length <= Math.min(heavyBytes, streamAbove) && encoding === 'identity';
    if (isSmall) return new PlainBody({ maxBytes, budget, sink: this });
    const patienceMs = (): number => Math.max(1, this.#startedAt + timeoutMs - clock.now());
    this.#large = new LargeBody(encoding, { maxBytes, streamAbove, budget, clock, patienceMs, sink: this });
    return this.#large;
  }

  /** A connection kept from earlier that broke without a byte of answer: the upstream closed it as we wrote. */
  #isStale(failure: TransportFailure): boolean {
    if (failure !== 'reset' || this.#progress !== 'unanswered' || this.#resent) return false;
    return this.#written && this.#reused && this.#send.resend === 'reads';
  }

  #resend(): void {
    this.#resent = true;
    this.#written = false;
    this.#connection = undefined;
    this.#travel('new');
  }

  #giveUp(failure: TransportFailure): void {
    if (this.#over) return;
    this.#over = true;
    const sent = this.#written || this.#resent ? 'maybe' : 'nothing';
    const connection = this.#connection ?? this.#line?.connection ?? nextConnection();
    this.#depart();
    if (this.#begun) this.#large?.breakOff(failure);
    else this.#settle({ kind: 'failed', failure, sent, connection });
  }

  /**
   * Leaves the line or the queue. A line still connecting is left to it: the connection will serve another, and this
   * request is taken back before it is written. A single one has no other to serve.
   */
  #depart(): void {
    if (this.#line === undefined) this.#world.pool.leave(this);
    else if (this.#written || this.#send.connection === 'fresh') this.#leaveLine('drop');
  }

  #leaveLine(how: 'free' | 'drop'): void {
    const line = this.#line;
    if (line === undefined) return;
    this.#line = undefined;
    this.#world.pool[how](line);
  }

  #settle(result: SendResult): void {
    this.#over = true;
    this.#cancelDeadline?.();
    this.#body?.drop();
    if (this.#starting) queueMicrotask(() => this.#tell(result));
    else this.#tell(result);
  }

  /** The HTTP client swallows what its handlers throw; a bug in whoever waits must not vanish there. */
  #tell(result: SendResult): void {
    if (this.#cancelled) return;
    try {
      this.#done(result);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

const noBytes = Buffer.alloc(0);

function nothing(): void {}
