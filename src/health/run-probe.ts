import type { SpecQuestion } from '../model/chain-spec.ts';
import type { Head } from '../model/head.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { Verdict } from '../model/verdict.ts';
import type { Ask, Question, Reply } from '../ports/ask.ts';
import type { Clock } from '../ports/clock.ts';
import type { OwnTrouble } from './own-trouble.ts';
import { type ProbePlan, type ProbeResult, type ProbeStep, startProbe, stepProbe } from './probe.ts';
import type { Timers } from './timers.ts';

/** What a probe may take for one question, connecting included. */
export const probeTimeoutMs = 5000;

/** Past its timeout a question is given up even where the asking end forgets to: every slot has a lease. */
const leaseGraceMs = 1000;

/** What running a probe needs of its surroundings. */
export interface ProbeIo {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ask: Ask;
  readonly trouble: OwnTrouble;
  readonly upstream: UpstreamKey;
  readonly host: string;
  /** Blocked upstreams are probed on a fresh connection: an old one proves nothing. */
  readonly connection: Question['connection'];
  /** Hands a fresh head on and says what is wrong with it against the tip, if anything. */
  judgeHead(head: Head): string | undefined;
  /** When the loop's next heartbeat is due. */
  beatDueAt(): number;
}

const ourOwn: Verdict = { meaning: 'local-network', blame: 'none', retry: 'other', holdOff: false, cache: false };

/** Runs one probe to its end. Never rejects, and ends even where questions are never answered. */
export async function runProbe(plan: ProbePlan, io: ProbeIo): Promise<ProbeResult> {
  try {
    let step = startProbe(plan);
    while (step.next.kind !== 'end') step = await takeStep(step, io);
    return step.next.result;
  } catch (error) {
    return {
      outcome: 'told-nothing',
      identity: 'unclear',
      replay: 'not-asked',
      detail: `the probe broke: ${nameOf(error)}`,
    };
  }
}

async function takeStep({ state, next }: ProbeStep, io: ProbeIo): Promise<ProbeStep> {
  switch (next.kind) {
    case 'ask':
      return stepProbe(state, { kind: 'replied', reply: await askFairly(next.question, io) });
    case 'judge-head':
      return stepProbe(state, { kind: 'head-judged', fault: io.judgeHead(next.head) });
    case 'end':
      return { state, next };
  }
}

/** Asks, and takes the blame off the upstream where the failure was ours. */
async function askFairly(question: SpecQuestion, io: ProbeIo): Promise<Reply> {
  const reply = await askWithLease(question, io);
  if (reply.kind === 'result') return reply;
  if (io.trouble.isStalled(reply, io.beatDueAt())) return { ...reply, verdict: ourOwn };
  const failed = { failure: reply.failure, host: io.host, at: reply.at };
  const whose = await new Promise((resolve) => io.trouble.judge(failed, resolve));
  return whose === 'ours' ? { ...reply, verdict: ourOwn } : reply;
}

function askWithLease(question: SpecQuestion, io: ProbeIo): Promise<Reply> {
  const { clock } = io;
  const sentAt = clock.now();
  const lost = (detail: string): Reply => ({
    kind: 'failed',
    verdict: ourOwn,
    detail,
    connection: 0,
    sentAt,
    at: clock.now(),
  });
  return new Promise((resolve) => {
    const endLease = io.timers.after(probeTimeoutMs + leaseGraceMs, () =>
      resolve(lost('the question was never answered')),
    );
    const settle = (reply: Reply): void => {
      endLease();
      resolve(reply);
    };
    send(question, io).then(settle, (error) => settle(lost(`the question broke: ${nameOf(error)}`)));
  });
}

/** Asynchronous, so that whatever is thrown on the way becomes a rejection. */
async function send({ method, params }: SpecQuestion, io: ProbeIo): Promise<Reply> {
  const { upstream, connection } = io;
  return io.ask({ upstream, method, params, timeoutMs: probeTimeoutMs, purpose: 'probe', connection });
}

/** An error's kind; its text may hold a URL. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
