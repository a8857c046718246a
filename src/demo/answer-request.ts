import { isRecord } from '../model/json-path.ts';
import { routeOf } from './call-route.ts';
import { errorEntry } from './treatment.ts';
import { jsonAnswer, type WireAnswer } from './wire-answer.ts';
import { parseJson, type WireCall, type WireRequest } from './wire-request.ts';

/** The ways a provider's request can go. A rejection means that there is no answer. */
export interface Ways {
  /** To the provider's own anvil. */
  own(body: Buffer): Promise<WireAnswer>;
  /** To the anvils of all; undefined where none of them follows the chain's tip. */
  all(body: Buffer): Promise<WireAnswer | undefined>;
  /** Runs one thing after the other, over all providers: who takes an account's next nonce must have sent it before another looks. */
  inTurn<Result>(run: () => Promise<Result>): Promise<Result>;
}

/** Answers a request as a sound provider does; bytes that concern its own anvil alone pass as they are, both ways. */
export function answerRequest(request: WireRequest, body: Buffer, ways: Ways): Promise<WireAnswer> {
  switch (request.kind) {
    case 'single':
      return answerCall(request.call, body, ways);
    case 'batch':
      return answerBatch(request.calls, body, ways);
    case 'other':
      return ways.own(body);
  }
}

async function answerCall(call: WireCall, body: Buffer, ways: Ways): Promise<WireAnswer> {
  switch (routeOf(call.method)) {
    case 'own':
      return ways.own(body);
    case 'all':
      return (await ways.all(body)) ?? standingStill(call);
    case 'sign-then-all':
      return ways.inTurn(() => signAndSend(call, ways));
    case 'refused':
      return jsonAnswer(errorEntry(call, -32601, `${call.method} would part the anvils of the devnet`));
  }
}

/** One of anvil's own accounts signs; where it does not, its error is the answer. */
async function signAndSend(call: WireCall, ways: Ways): Promise<WireAnswer> {
  const signed = await ways.own(requestBody(call, 'eth_signTransaction', call.params));
  const answer = parseJson(signed.body);
  if (!isRecord(answer) || typeof answer.result !== 'string') return signed;
  return (await ways.all(requestBody(call, 'eth_sendRawTransaction', [answer.result]))) ?? standingStill(call);
}

/** As it is where all its calls are for one anvil, else call by call. */
async function answerBatch(calls: readonly WireCall[], body: Buffer, ways: Ways): Promise<WireAnswer> {
  if (calls.every(({ method }) => routeOf(method) === 'own')) return ways.own(body);
  const entries: unknown[] = [];
  for (const call of calls) {
    const answer = await answerCall(call, Buffer.from(JSON.stringify(call.value)), ways);
    entries.push(parseJson(answer.body));
  }
  // The answer to a notification is empty.
  return jsonAnswer(entries.filter((entry) => entry !== undefined));
}

function requestBody({ id }: WireCall, method: string, params: readonly unknown[]): Buffer {
  return Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
}

function standingStill(call: WireCall): WireAnswer {
  return jsonAnswer(errorEntry(call, -32603, 'the devnet stands still: no anvil follows its tip'));
}
