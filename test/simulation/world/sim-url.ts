import type { TransportFailure } from '../../../src/model/answer.ts';
import type { Random } from '../../../src/ports/random.ts';
import { answerCall, type ChainView, type Worth } from './chain-answers.ts';
import { type ChainHistory, heightAt } from './chain-history.ts';
import { type Fault, type FaultProgram, phasesAt } from './fault.ts';

/** One URL of the simulated network, as it was drawn. */
export interface UrlPlan {
  readonly url: string;
  readonly program: FaultProgram;
  readonly latencyMs: number;
  /** How much later than the chain each of those behind it sees a block; one where a single node stands there. */
  readonly membersLagMs: readonly number[];
}

/** A call as it came over the wire. */
export interface WireCall {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
  /** The client's call it belongs to; -1 for questions of the gateway's own. */
  readonly number: number;
  /** What a poisonous call does to whoever answers it. */
  readonly poison: Poison | undefined;
}

/** A query that nobody survives: it hangs, fails, or takes the connection along. */
export type Poison = 'hang' | 'fail' | 'close';

/** What a URL does with one call. */
export type WireAct =
  | {
      readonly kind: 'answers';
      readonly afterMs: number;
      readonly status: number;
      readonly body: string;
      readonly retryAfterMs?: number;
      readonly worth: Worth;
      /** The result in it, where there is one. */
      readonly shown?: unknown;
    }
  | { readonly kind: 'silent'; readonly sent: 'nothing' | 'maybe' }
  | {
      readonly kind: 'fails';
      readonly afterMs: number;
      readonly failure: TransportFailure;
      readonly sent: 'nothing' | 'maybe';
    };

/** One URL: what it does with a call depends on its program, the chain, and its own chance. */
export class SimUrl {
  readonly plan: UrlPlan;
  /** What it carried out, by what it was sent. */
  readonly transactions = new Map<string, number>();
  readonly #history: ChainHistory;
  readonly #random: Random;
  #tokens = 0;
  #tokensAt = 0;

  constructor(plan: UrlPlan, history: ChainHistory, random: Random) {
    this.plan = plan;
    this.#history = history;
    this.#random = random;
  }

  /** Treats one call that reaches it now. */
  treat(call: WireCall, at: number): WireAct {
    const faults = phasesAt(this.plan.program, at).map((phase) => phase.fault);
    const afterMs = this.#latencyMs(faults);
    for (const fault of faults) {
      const act = this.#meet(fault, call, { at, afterMs });
      if (act !== undefined) return act;
    }
    const poisoned = this.#poisoned(call, afterMs);
    if (poisoned !== undefined) return poisoned;
    const { worth, ...said } = answerCall(this.#viewAt(at), call);
    const broken = faults.find((fault) => fault.kind === 'breaks-off' && this.#random() < fault.share);
    if (broken?.kind === 'breaks-off') return { kind: 'fails', afterMs, failure: broken.failure, sent: 'maybe' };
    if (faults.some((fault) => fault.kind === 'lies') && 'result' in said && isLieable(call.method))
      return answers(call.id, { afterMs, worth: 'bad' }, { result: lie });
    return answers(call.id, { afterMs, worth }, said);
  }

  /** True while nothing whatever is wrong with it. */
  isSound(at: number): boolean {
    return phasesAt(this.plan.program, at).length === 0;
  }

  /** Its newest height by right: what it would show if it claimed nothing. */
  honestTop(at: number): number {
    return heightAt(this.#history, at);
  }

  #latencyMs(faults: readonly Fault[]): number {
    const { latencyMs } = this.plan;
    const tail = this.#random() < 0.03 ? 4 : 1;
    let total = latencyMs * (0.5 + this.#random()) * tail;
    for (const fault of faults) if (fault.kind === 'slow') total += fault.addedMs * (0.5 + this.#random());
    return total;
  }

  #meet(
    fault: Fault,
    call: WireCall,
    { at, afterMs }: { readonly at: number; readonly afterMs: number },
  ): WireAct | undefined {
    const isHit = 'share' in fault ? this.#random() < fault.share : true;
    if (!isHit) return undefined;
    switch (fault.kind) {
      case 'refused':
        return { kind: 'fails', afterMs: Math.min(afterMs, 5), failure: 'refused', sent: 'nothing' };
      case 'unreachable':
        return { kind: 'fails', afterMs: Math.min(afterMs, 5), failure: fault.failure, sent: 'nothing' };
      case 'black-hole':
        return { kind: 'silent', sent: fault.stage === 'connect' ? 'nothing' : 'maybe' };
      case 'resets':
        return { kind: 'fails', afterMs, failure: 'reset', sent: 'maybe' };
      case 'page':
        return { kind: 'answers', afterMs, status: fault.status, body: page, worth: 'bad' };
      case 'status':
        return { kind: 'answers', afterMs, status: fault.status, body: '', worth: 'bad' };
      case 'wrong-id':
        return answers(call.id + 1_000_000, { afterMs, worth: 'bad' }, { result: '0x1' });
      case 'internal-error':
        return answers(call.id, { afterMs, worth: 'bad' }, { error: { code: -32603, message: 'Internal error' } });
      case 'method-broken':
        return call.method === fault.method ? brokenMethod(fault.how, call.id, afterMs) : undefined;
      case 'rate-limited':
        return this.#admits(fault.perSecond, at) ? undefined : limited(fault, call.id);
      case 'quota-spent':
        return answers(call.id, { afterMs, worth: 'limited', status: 429 }, { error: quotaSpent });
      default:
        return undefined;
    }
  }

  #poisoned({ id, poison }: WireCall, afterMs: number): WireAct | undefined {
    switch (poison) {
      case 'hang':
        return { kind: 'silent', sent: 'maybe' };
      case 'fail':
        return answers(
          id,
          { afterMs, worth: 'bad' },
          { error: { code: -32603, message: 'runtime error: index out of range' } },
        );
      case 'close':
        return { kind: 'fails', afterMs, failure: 'truncated', sent: 'maybe' };
      case undefined:
        return undefined;
    }
  }

  #admits(perSecond: number, at: number): boolean {
    this.#tokens = Math.min(Math.max(1, perSecond), this.#tokens + ((at - this.#tokensAt) / 1000) * perSecond);
    this.#tokensAt = at;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #viewAt(at: number): ChainView {
    const member = Math.floor(this.#random() * this.plan.membersLagMs.length);
    const lagMs = this.plan.membersLagMs[member] ?? 0;
    const seenAt = at - lagMs;
    const view = { history: this.#history, seenAt, backdatedMs: 0, claimed: 0, forkAbove: undefined, keeps: undefined };
    const skewed = phasesAt(this.plan.program, at).reduce<Omit<ChainView, 'transactions'>>(skew, view);
    return { ...skewed, transactions: this.transactions };
  }
}

function skew(
  view: Omit<ChainView, 'transactions'>,
  { from, fault }: FaultProgram[number],
): Omit<ChainView, 'transactions'> {
  switch (fault.kind) {
    case 'lags':
      return { ...view, seenAt: view.seenAt - fault.byMs };
    case 'stuck':
      return { ...view, seenAt: Math.min(view.seenAt, from) };
    case 'claims-ahead':
      return { ...view, claimed: fault.blocks };
    case 'hour-ahead':
      return { ...view, seenAt: view.seenAt + hourMs, backdatedMs: fault.times === 'of-now' ? hourMs : 0 };
    case 'other-chain':
      return { ...view, history: { ...view.history, chainId: fault.chainId } };
    case 'forked':
      return { ...view, forkAbove: heightAt(view.history, from) - fault.depth };
    case 'pruned':
      return { ...view, keeps: fault.keeps };
    default:
      return view;
  }
}

const hourMs = 3_600_000;
const page = '<!doctype html><html><body><h1>Just a moment</h1></body></html>';
const quotaSpent = {
  code: -32029,
  message: 'daily request count exceeded, request rate limited: monthly quota exceeded',
};

/** What a liar says: no call has this mark. */
export const lie = '0xbadbadbadbad';

/** Methods a liar lies about: never its chain, nor its head. */
function isLieable(method: string): boolean {
  return method === 'eth_getBalance' || method === 'eth_call' || method === 'eth_gasPrice';
}

function brokenMethod(how: 'error' | 'silent', id: number, afterMs: number): WireAct {
  if (how === 'silent') return { kind: 'silent', sent: 'maybe' };
  return answers(id, { afterMs, worth: 'bad' }, { error: { code: -32603, message: 'Internal error' } });
}

function limited(fault: Extract<Fault, { kind: 'rate-limited' }>, id: number): WireAct {
  const { form, retryAfterMs } = fault;
  const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (form === 'status')
    return { kind: 'answers', afterMs: 2, status: 429, body: 'Too Many Requests', ...asked, worth: 'limited' };
  const error = { code: -32005, message: 'limit exceeded' };
  return { ...answers(id, { afterMs: 2, worth: 'limited', status: 429 }, { error }), ...asked };
}

interface Manner {
  readonly afterMs: number;
  readonly worth: Worth;
  readonly status?: number;
}

function answers(
  id: number,
  { afterMs, worth, status = 200 }: Manner,
  said: object,
): Extract<WireAct, { kind: 'answers' }> {
  return {
    kind: 'answers',
    afterMs,
    status,
    body: JSON.stringify({ jsonrpc: '2.0', id, ...said }),
    worth,
    shown: 'result' in said ? said.result : undefined,
  };
}
