import type { Pairing } from '../../../src/model/pairing.ts';
import type { CallRecord, Scene, Vow, Watch } from '../watch.ts';
import { hashOfRaw, markOf } from '../world/chain-answers.ts';
import type { Fault } from '../world/fault.ts';
import { lie } from '../world/sim-url.ts';

/** Faults no call of these clients can have deserved. */
const neverDeserved: ReadonlySet<string> = new Set(['INTERNAL', 'PARSE_ERROR', 'INVALID_REQUEST', 'UNKNOWN_CHAIN']);

/** A client's answer is its own, and is what it asked for or says honestly that it is not. */
export const ownAnswer: Vow = {
  words: 'a call is answered with its own answer',
  watch: (scene): Watch => ({ settled: (record) => judge(scene, record) }),
};

/** A call's whole time, the wait for a first proof, and whatever our own loop stood still. */
function longestMs({ plan }: Scene): number {
  return 32_100 + plan.stalls.reduce((sum, { forMs }) => sum + forMs, 0);
}

function judge(scene: Scene, record: CallRecord): void {
  const { call, reply } = record;
  if (reply === undefined) return;
  const name = `#${call.number} ${call.kind}`;
  const took = reply.at - record.startedAt;
  if (took > longestMs(scene)) scene.complain(`${name} was answered after ${took} ms`);
  if (reply.kind === 'fault' && neverDeserved.has(reply.fault)) scene.complain(`${name} got ${reply.fault}`);
  if (reply.kind === 'fault' && reply.fault === 'METHOD_FORBIDDEN' && call.expects !== 'refusal')
    scene.complain(`${name} was forbidden`);
  if (call.expects === 'refusal' && record.sends.length > 0) scene.complain(`${name} was sent to an upstream`);
  if (reply.kind === 'result' && isShort(scene, record, reply.result))
    scene.complain(`${name} got logs that end too early`);
  if (reply.kind === 'result' && !isOwn(record, reply.result))
    scene.complain(`${name} got ${JSON.stringify(reply.result)}`);
}

/**
 * Logs read short look whole, so an upstream that has shown no block of that height is not asked for them. Whoever steps back
 * between two polls cannot be known in time.
 */
function isShort(scene: Scene, { call, sends, pairing }: CallRecord, result: unknown): boolean {
  const { block } = call;
  if (typeof block !== 'object' || !block.isRange || scene.plan.history.resetAt !== undefined) return false;
  const by = sends.findLast(({ end }) => end?.kind === 'answered' && end.shown !== undefined);
  if (by === undefined || by.end?.worth !== 'short' || isBeyondAll(pairing, block.height)) return false;
  const { program, membersLagMs } = scene.url(by.key).plan;
  const stepsBack = membersLagMs.length > 1 || program.some(({ fault }) => steppingBack.has(fault.kind));
  return !stepsBack && JSON.stringify(result) === JSON.stringify(by.end.shown);
}

/** True for a height that nobody had shown yet: those at the tip say what there is. */
function isBeyondAll(pairing: Pairing | undefined, height: number): boolean {
  return pairing?.upstreams.some(({ head }) => (head ?? -1) >= height) !== true;
}

const steppingBack: ReadonlySet<Fault['kind']> = new Set<Fault['kind']>([
  'lags',
  'claims-ahead',
  'hour-ahead',
  'forked',
]);

/** A lie passes: whether data is true is what audits are for. */
function isOwn({ call, sends }: CallRecord, result: unknown): boolean {
  if (result === lie) return sends.some(({ end }) => end?.kind === 'answered' && end.worth === 'bad');
  switch (call.kind) {
    case 'balance-latest':
    case 'call-latest':
    case 'balance-at-recent':
    case 'balance-at-old':
    case 'balance-ahead':
    case 'gas-price':
    case 'once-write':
      return result === markOf(call.number);
    case 'logs-recent':
    case 'logs-to-latest':
      return JSON.stringify(result).includes(`"${markOf(call.number)}"`);
    case 'raw-write':
      return result === hashOfRaw(rawIn(call.params));
    default:
      return true;
  }
}

function rawIn(params: string): string {
  const [raw]: readonly unknown[] = JSON.parse(params);
  return String(raw);
}
