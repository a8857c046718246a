import type { Pairing, Upstream } from '../../../src/model/pairing.ts';
import type { CallRecord, Scene, Vow, Watch } from '../watch.ts';
import { heightAt } from '../world/chain-history.ts';
import { type Answering, createAnswering } from './answering.ts';
import { isFreeToAsk, isShortFor } from './fit.ts';

/** The gateway is never worse than the best upstream alone. */
export const neverWorse: Vow = {
  words: 'a read never fails while an upstream that answered well just now could have served it',
  watch(scene): Watch {
    const answering = createAnswering();
    return {
      booted: () => answering.clear(),
      ended: (sent, end) => answering.note(sent, end),
      settled: (record) => {
        judgeStart(scene, record);
        judgeEffort(scene, record);
        if (record.call.send === 'read' && hasFailed(scene, record)) judge(scene, record, answering);
      },
    };
  },
};

/** Refusals that are no failure: on the way out, and where a whole batch asked for more than may be in flight. */
function hasFailed(scene: Scene, { call, reply, timeoutMs, style, pairing }: CallRecord): boolean {
  if (call.expects !== 'result' && call.expects !== 'error') return false;
  if (style === 'batch' && isNarrow(pairing)) return false;
  if (reply?.kind === 'error') return call.expects === 'result';
  if (reply?.kind !== 'fault' || reply.fault === 'SHUTTING_DOWN') return false;
  // Where the only one that speaks of its head lies, logs up to the newest block reach as far as it says.
  if (reply.fault === 'RANGE_TOO_WIDE' && (pairing?.tip ?? 0) > heightAt(scene.plan.history, reply.at)) return false;
  return reply.fault !== 'DEADLINE_PASSED' || timeoutMs === undefined;
}

/** True where a batch alone may take up all that may be in flight. */
function isNarrow(pairing: Pairing | undefined): boolean {
  return pairing?.upstreams.some(({ endpoint }) => endpoint.maxInFlight < 64) === true;
}

/** A read gives up only after three attempts, or where its snapshot has nobody left, or the budget nothing. */
function judgeEffort(scene: Scene, record: CallRecord): void {
  const { call, reply, sends, pairing, style } = record;
  if (call.send !== 'read' || style === 'batch' || reply?.kind !== 'fault' || reply.fault !== 'UPSTREAMS_EXHAUSTED')
    return;
  if (sends.length >= 3 || pairing === undefined || scene.view().retryBudget < 2 || hasWaited(record)) return;
  const asked = new Set(sends.map(({ key }) => key));
  const inFlight = ({ endpoint }: Upstream): number => scene.inFlight(endpoint.key);
  const moment = { record, pairing, at: scene.now(), asked, inFlight };
  const left = pairing.upstreams.find(
    (one) => isFreeToAsk(one, moment) && !isShortFor(one, moment) && !one.unsupported.has(call.method),
  );
  if (left !== undefined)
    scene.complain(
      `#${call.number} ${call.kind} gave up after ${sends.length} attempts though ${left.endpoint.key} was left`,
    );
}

/** True where a read waited for room before it gave up: the budget may have been spent when it asked for it. */
function hasWaited(record: CallRecord): boolean {
  const { sends, reply, startedAt } = record;
  return (reply?.at ?? 0) > Math.max(startedAt, ...sends.map(({ end }) => end?.at ?? 0));
}

/** Once an upstream was proven, nobody is told to wait for one. */
function judgeStart(scene: Scene, { call, reply }: CallRecord): void {
  if (reply?.kind !== 'fault' || reply.fault !== 'NOT_READY') return;
  const proven = scene.pairing().upstreams.find((one) => one.identity === 'confirmed' && one.standing !== 'unproven');
  if (proven !== undefined) scene.complain(`#${call.number} got NOT_READY though ${proven.endpoint.key} is proven`);
}

/** Attempts of a read, the one to somebody who answered well just now included: after so many it may give up. */
const allAttempts = 4;

function judge(scene: Scene, record: CallRecord, answering: Answering): void {
  if (record.sends.length >= allAttempts) return;
  const pairing = record.pairing ?? scene.pairing();
  const saviour = pairing.upstreams.find((upstream) => couldServe(scene, upstream, { record, answering }));
  if (saviour === undefined) return;
  const { call, reply } = record;
  const got = reply?.kind === 'fault' ? reply.fault : reply?.kind === 'error' ? reply.message : '';
  scene.complain(`#${call.number} ${call.kind} got ${got} though ${saviour.endpoint.key} could have served it`);
}

interface Failed {
  readonly record: CallRecord;
  readonly answering: Answering;
}

function couldServe(scene: Scene, upstream: Upstream, { record, answering }: Failed): boolean {
  const { endpoint, cordoned, identity, standing, heldOff, admittedRate } = upstream;
  if (!answering.answersWell(endpoint.key, failedAt(record))) return false;
  if (cordoned || identity !== 'confirmed' || standing === 'unproven' || record.exclude === endpoint.provider)
    return false;
  if (heldOff !== undefined || admittedRate !== undefined) return false;
  if (record.sends.some(({ key }) => key === endpoint.key)) return false;
  // Last resorts are given few calls at once, and a batch is many.
  if (standing === 'blocked' && record.style === 'batch') return false;
  const room = standing === 'blocked' ? Math.min(8, endpoint.maxInFlight) : endpoint.maxInFlight;
  if (scene.inFlight(endpoint.key) >= room) return false;
  const pairing = record.pairing ?? scene.pairing();
  const moment = { record, pairing, at: failedAt(record), asked: new Set<string>(), inFlight: () => 0 };
  return !isShortFor(upstream, moment) && isSoundSince(scene, endpoint.key, record);
}

/** When it was given up: what a batch holds is answered later than its last attempt ended. */
function failedAt({ sends, startedAt, style, reply }: CallRecord): number {
  if (style !== 'batch' && reply !== undefined) return reply.at;
  return Math.max(startedAt, ...sends.map(({ end }) => end?.at ?? 0));
}

/** Nothing was wrong with it while the call was under way, and it was far enough. */
function isSoundSince(scene: Scene, key: string, { call, startedAt }: CallRecord): boolean {
  const { plan } = scene.url(key);
  const now = scene.now();
  if (plan.program.some((phase) => phase.from <= now && phase.to > startedAt)) return false;
  const seenAt = startedAt - Math.max(...plan.membersLagMs);
  return typeof call.block !== 'object' || scene.url(key).honestTop(seenAt) >= call.block.height;
}
