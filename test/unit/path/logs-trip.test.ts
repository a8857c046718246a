import { describe, expect, test } from 'vitest';
import { classifyCall } from '../../../src/classify/classify-call.ts';
import { createJudge } from '../../../src/classify/judge.ts';
import type { FaultAnswer } from '../../../src/model/faults.ts';
import type { Upstream } from '../../../src/model/pairing.ts';
import { okVerdict } from '../../../src/model/verdict.ts';
import { branchLeft } from '../../../src/path/branch-watch.ts';
import type { Lane } from '../../../src/path/lane.ts';
import { createLogsTrip } from '../../../src/path/logs-trip.ts';
import { overloaded } from '../../../src/path/own-answers.ts';
import { unsteered } from '../../../src/path/steering.ts';
import { type Answered, refused, type Serve, type Served, type Trip } from '../../../src/path/trip.ts';
import type { Cancel } from '../../../src/ports/clock.ts';
import { compileChain } from '../../../src/spec/compile-chain.ts';
import { ByteBudget } from '../../../src/transport/byte-budget.ts';
import { buildChainSettings, buildLane } from '../../support/build-lane.ts';
import { buildPairing } from '../../support/build-pairing.ts';
import { packagedDocuments } from '../../support/chain-documents.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const compiled = compileChain(await packagedDocuments(), 'ethereum');
if (compiled.kind === 'failed') throw new Error('ethereum does not compile');
const spec = compiled.value;
const judge = createJudge(spec);

const pairing = buildPairing([{ head: 5000 }, { head: 5000 }], { tip: 5000, finalized: 4900 });
const [one, other] = pairing.upstreams;

/** One call that went further in. */
interface Seen {
  readonly from: number;
  readonly to: number;
  readonly params: string;
  readonly trip: Trip;
}

/** An upstream by what it does with a range; a text is its refusal, undefined a list with one item per block. */
type Upstreams = (seen: Seen) => Served | string | undefined | Promise<Served | string | undefined>;

function answered(text: string, upstream: Upstream | undefined): Answered {
  const facts = {
    upstream: upstream?.endpoint.provider,
    attempts: 1,
    height: 5000,
    degraded: undefined,
    cache: 'miss',
  } as const;
  return {
    kind: 'answered',
    answer: { kind: 'result', result: Buffer.from(text) },
    verdict: okVerdict,
    facts,
    upstream,
  };
}

function refusal(message: string, method: string, upstream: Upstream | undefined): Answered {
  const policy = spec.methods.get(method) ?? spec.unknownMethod;
  const verdict = judge.judge({ kind: 'error', status: 200, code: -32005, message, dataText: '', policy, method });
  const error = {
    kind: 'error',
    error: Buffer.from(`{"message":"${message}"}`),
    code: -32005,
    message,
    data: undefined,
  } as const;
  return { ...answered('', upstream), answer: error, verdict };
}

function itemsOf({ from, to }: Pick<Seen, 'from' | 'to'>): string {
  return `[${Array.from({ length: to - from + 1 }, (_, at) => `{"n":${from + at}.0}`).join(',')}]`;
}

interface Asking {
  readonly method?: string;
  readonly charge?: Trip['charge'];
  readonly wish?: Trip['wish'];
}

interface Scene {
  /** What went further in as a whole, and what as pieces. */
  readonly wholes: Seen[];
  readonly pieces: Seen[];
  readonly held: ByteBudget;
  readonly clock: ReturnType<typeof createVirtualClock>;
  ask(params: string, options?: Asking): Promise<Served>;
  leave(): void;
}

function setScene(
  upstreams: Upstreams,
  lines: readonly string[] = [],
  recent: Lane['recent'] = { hashAt: () => undefined, heightOf: () => undefined },
): Scene {
  const clock = createVirtualClock();
  const held = new ByteBudget(1_000_000);
  const lane: Lane = buildLane({ spec, settings: buildChainSettings(lines), pairing: () => pairing, recent });
  const serve =
    (into: Seen[]): Serve =>
    async (trip) => {
      const { block, call } = trip.classified;
      const ends = block.kind === 'range' ? [block.from, block.to] : [];
      const [from = -1, to = -1] = ends.map((end) => (end.kind === 'height' ? end.height : -1));
      const seen: Seen = { from, to, params: call.params?.toString() ?? '', trip };
      into.push(seen);
      const said = await upstreams(seen);
      if (typeof said === 'string') return refusal(said, call.method, one);
      return said ?? answered(itemsOf(seen), one);
    };
  const wholes: Seen[] = [];
  const pieces: Seen[] = [];
  const layer = createLogsTrip({ clock, held }, serve(wholes), serve(pieces));
  const cancels: Cancel[] = [];
  return {
    wholes,
    pieces,
    held,
    clock,
    ask: (params, { method = 'eth_getLogs', charge, wish } = {}) =>
      layer({
        lane,
        classified: classifyCall(spec, { id: Buffer.from('1'), method, params: Buffer.from(params) }),
        steering: unsteered,
        times: { startedAt: 0, sentAt: 0, settledAt: 0 },
        purpose: 'client',
        large: 'streamed',
        onCancel: (cancel) => void cancels.push(cancel),
        ...(charge !== undefined && { charge }),
        ...(wish !== undefined && { wish }),
      }),
    leave: () => {
      for (const cancel of cancels) cancel();
    },
  };
}

function logs(from: number | string, to: number | string, more = ''): string {
  const end = (value: number | string): string => (typeof value === 'string' ? value : `0x${value.toString(16)}`);
  return `[{"fromBlock":"${end(from)}","toBlock":"${end(to)}"${more}}]`;
}

function resultOf(served: Served): string {
  if (served.kind !== 'answered' || served.answer.kind !== 'result') throw new Error(`no result but ${served.kind}`);
  return served.answer.result.toString();
}

function faultOf(served: Served): FaultAnswer {
  if (served.kind !== 'refused') throw new Error(`no fault but ${served.kind}`);
  return served.answer;
}

function messageOf(served: Served): string {
  return served.kind === 'answered' && served.answer.kind === 'error' ? served.answer.message : served.kind;
}

const atMost =
  (blocks: number, says = 'block range is too wide'): Upstreams =>
  ({ from, to }) =>
    to - from + 1 > blocks ? says : undefined;

describe('a log query', () => {
  test.each([
    ['the newest block', logs(4000, 'latest'), logs(4000, 5000)],
    ['the finalized block', logs(4000, 'finalized'), logs(4000, 4900)],
    [
      'a missing end',
      '[ {"fromBlock":"0xfa0" , "address":[]} ]',
      '[ {"toBlock":"0x1388","fromBlock":"0xfa0" , "address":[]} ]',
    ],
    ['two missing ends', '[{}]', '[{"toBlock":"0x1388","fromBlock":"0x1388"}]'],
  ])('has a height in place of %s, so that all attempts read one range', async (_, asked, sent) => {
    const scene = setScene(() => undefined);
    await scene.ask(asked);
    expect(scene.wholes.map(({ params }) => params)).toEqual([sent]);
  });

  test.each([
    ['of heights', logs(1, 2)],
    ['of one block by its hash', `[{"blockHash":"0x${'ab'.repeat(32)}"}]`],
    ['up to what is in no block yet', logs(1, 'pending')],
    ['that begins above the tip we know', logs(5001, 'latest')],
    ['too long to be looked at', logs(1, 'latest', `,"address":["${'0'.repeat(70_000)}"]`)],
  ])('%s goes on byte for byte', async (_, asked) => {
    const scene = setScene(() => undefined);
    await scene.ask(asked);
    expect(scene.wholes.map(({ params }) => params)).toEqual([asked]);
    expect(scene.pieces).toEqual([]);
  });

  test('up to the newest block reaches up to what its session saw, be it above the tip that is agreed on', async () => {
    const scene = setScene(() => undefined);
    await scene.ask(logs(4999, 'latest'), { wish: { atLeast: 5001 } });
    await scene.ask(logs(4999, 'latest'), { wish: { atLeast: 4000 } });
    expect(scene.wholes.map(({ params }) => params)).toEqual([logs(4999, 5001), logs(4999, 5000)]);
  });

  test('that nobody refuses is asked once, as it is', async () => {
    const scene = setScene(() => undefined);
    expect(resultOf(await scene.ask(logs(1, 3)))).toBe('[{"n":1.0},{"n":2.0},{"n":3.0}]');
    expect([scene.wholes.length, scene.pieces.length]).toEqual([1, 0]);
  });
});

describe('a log query that is refused for its width', () => {
  test('is asked in halves of halves, and its logs are joined in order, byte for byte', async () => {
    const scene = setScene(atMost(250));
    const served = await scene.ask(logs(1, 1000, ',"topics":[null , 1.0]'));
    expect(resultOf(served)).toBe(itemsOf({ from: 1, to: 1000 }));
    expect(scene.pieces.map(({ from, to }) => to - from + 1)).toEqual([500, 500, 250, 250, 250, 250]);
    expect(scene.pieces[0]?.params).toBe(logs(1, 500, ',"topics":[null , 1.0]'));
    expect(served).toMatchObject({ verdict: okVerdict, upstream: one, facts: { attempts: 5, height: 5000 } });
    expect(scene.held.held).toBe(0);
  });

  test('is asked as wide as the refusal allows; as long as somebody may take more, the whole is asked first', async () => {
    const scene = setScene(atMost(300, 'max range: 300'));
    await scene.ask(logs(1, 1000));
    expect(scene.pieces.map(({ from, to }) => to - from + 1)).toEqual([250, 250, 250, 250]);
    await scene.ask(logs(1, 1000));
    expect(scene.wholes).toHaveLength(2);
  });

  test('is not asked whole once all upstreams have said what they take, for ten minutes', async () => {
    let turn = 0;
    const scene = setScene(({ from, to, trip }) => {
      turn += 1;
      const upstream = turn % 2 === 0 ? one : other;
      const { method } = trip.classified.call;
      return to - from + 1 > 300 ? refusal('max range: 300', method, upstream) : undefined;
    });
    await scene.ask(logs(1, 1000));
    turn = 1;
    await scene.ask(logs(1, 1000));
    expect(scene.wholes).toHaveLength(2);
    await scene.ask(logs(1, 1000));
    expect(scene.wholes).toHaveLength(2);
    expect(scene.pieces).toHaveLength(12);
    scene.clock.advance(600_001);
    await scene.ask(logs(1, 1000));
    expect(scene.wholes).toHaveLength(3);
  });

  test('of a single block gets the refusal verbatim', async () => {
    const scene = setScene(atMost(0, 'query returned more than 10000 results'));
    expect(messageOf(await scene.ask(logs(7, 7)))).toBe('query returned more than 10000 results');
    expect(scene.pieces).toEqual([]);
  });

  test('down to a single block gets the refusal of that block', async () => {
    const scene = setScene(({ from, to }) => (from <= 3 && to >= 3 ? `too many logs in ${from}-${to}` : undefined));
    expect(messageOf(await scene.ask(logs(1, 4)))).toBe('too many logs in 3-3');
  });

  test('and would take more than 32 pieces gets the refusal verbatim, and no piece is asked', async () => {
    const scene = setScene(atMost(10, 'max range: 10'));
    expect(messageOf(await scene.ask(logs(1, 1000)))).toBe('max range: 10');
    expect(scene.pieces).toEqual([]);
  });

  test('at every width asks 32 pieces at most, and then gets the first refusal', async () => {
    const scene = setScene(atMost(2));
    expect(messageOf(await scene.ask(logs(1, 1000)))).toBe('block range is too wide');
    expect(scene.pieces.length).toBeLessThanOrEqual(32);
    expect(scene.held.held).toBe(0);
  });

  test('has no more than four pieces under way', async () => {
    let running = 0;
    let most = 0;
    const scene = setScene(async ({ from, to }) => {
      if (to - from + 1 > 100) return 'max range: 100';
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      return undefined;
    });
    await scene.ask(logs(1, 1000));
    expect(most).toBe(4);
  });

  test('is not taken apart where its params count items', async () => {
    const scene = setScene(atMost(10));
    const asked = logs(1, 100, ',"after":100');
    expect(messageOf(await scene.ask(asked, { method: 'trace_filter' }))).toBe('block range is too wide');
    expect(scene.pieces).toEqual([]);
    const whole = await scene.ask(logs(1, 15), { method: 'trace_filter' });
    expect(resultOf(whole)).toBe(itemsOf({ from: 1, to: 15 }));
  });
});

describe('a piece', () => {
  test('is a call of its own, counted as a piece and never streamed', async () => {
    const scene = setScene(atMost(5));
    await scene.ask(logs(1, 10));
    for (const { trip } of scene.pieces) expect(trip).toMatchObject({ purpose: 'logs-piece', large: 'refused' });
  });

  test('that fails for good fails the call with its own error, and the others are cancelled', async () => {
    let cancelled = 0;
    const scene = setScene(({ from, to, trip }) => {
      if (to - from + 1 > 5) return 'max range: 5';
      trip.onCancel(() => {
        cancelled += 1;
      });
      return from === 1 ? refused(overloaded) : new Promise(() => undefined);
    });
    expect(faultOf(await scene.ask(logs(1, 20)))).toBe(overloaded);
    expect(cancelled).toBe(4);
    expect(scene.held.held).toBe(0);
  });

  test('that is no list leaves the refusal of the whole', async () => {
    const scene = setScene((seen) => (seen.to - seen.from + 1 > 5 ? 'max range: 5' : answered('{"logs":[]}', one)));
    expect(messageOf(await scene.ask(logs(1, 10)))).toBe('max range: 5');
  });

  test('is charged to whoever asks; over what they may use, the call is refused', async () => {
    const over: FaultAnswer = { fault: 'RATE_LIMITED', message: 'Enough.' };
    let charged = 0;
    const scene = setScene(atMost(5, 'max range: 5'));
    const charge = async (): Promise<FaultAnswer | undefined> => {
      charged += 1;
      return charged > 3 ? over : undefined;
    };
    expect(faultOf(await scene.ask(logs(1, 20), { charge }))).toBe(over);
    expect(charged).toBe(4);
    expect(scene.held.held).toBe(0);
  });

  test('is one of answers that together are no larger than what is held', async () => {
    const scene = setScene(atMost(100, 'max range: 100'), ['limits: { maxHeldBytes: 4KiB }']);
    const fault = faultOf(await scene.ask(logs(1, 1000)));
    expect(fault.fault).toBe('RESPONSE_TOO_LARGE');
    expect(fault.message).toContain('larger than 4096 bytes together. Ask for fewer blocks at a time');
    expect(scene.held.held).toBe(0);
  });

  test('for which there is no room among all held answers sheds the call', async () => {
    const scene = setScene(atMost(500, 'max range: 500'));
    scene.held.take(995_000);
    expect(faultOf(await scene.ask(logs(1, 1000)))).toBe(overloaded);
    expect(scene.held.held).toBe(995_000);
  });

  test('of a client that has gone is cancelled', async () => {
    let cancelled = 0;
    const scene = setScene(({ from, to, trip }) => {
      if (to - from + 1 > 5) return 'max range: 5';
      trip.onCancel(() => {
        cancelled += 1;
      });
      if (from > 5) scene.leave();
      return new Promise(() => undefined);
    });
    expect((await scene.ask(logs(1, 10))).kind).toBe('gone');
    expect(cancelled).toBe(2);
  });
});

describe('pieces of a chain that replaces blocks meanwhile', () => {
  /** A chain that leaves its branch as often as said, each time the piece from block 4996 on is asked. */
  function reorganising(times: number) {
    let branch = 0;
    const recent: Lane['recent'] = { hashAt: (height) => `0x${branch}-${height}`, heightOf: () => undefined };
    const upstreams: Upstreams = ({ from, to }) => {
      if (to - from + 1 > 5) return 'max range: 5';
      if (from === 4996 && branch < times) branch += 1;
      return undefined;
    };
    return { recent, upstreams };
  }

  test('are asked once more, so that no answer is of two branches', async () => {
    const { recent, upstreams } = reorganising(1);
    const scene = setScene(upstreams, [], recent);
    expect(resultOf(await scene.ask(logs(4991, 5000)))).toBe(itemsOf({ from: 4991, to: 5000 }));
    expect(scene.pieces.map(({ from }) => from)).toEqual([4991, 4996, 4991, 4996]);
    expect(scene.held.held).toBe(0);
  });

  test('are refused when it does so again', async () => {
    const { recent, upstreams } = reorganising(2);
    const scene = setScene(upstreams, [], recent);
    expect(faultOf(await scene.ask(logs(4991, 5000)))).toBe(branchLeft);
    expect(scene.pieces).toHaveLength(4);
  });

  test('are asked once where all of them are final', async () => {
    const { upstreams } = reorganising(0);
    let asked = 0;
    const hashAt = (): string => {
      asked += 1;
      return String(asked);
    };
    const recent: Lane['recent'] = { hashAt, heightOf: () => undefined };
    const scene = setScene(upstreams, [], recent);
    await scene.ask(logs(4801, 4810));
    expect(scene.pieces).toHaveLength(2);
  });
});
