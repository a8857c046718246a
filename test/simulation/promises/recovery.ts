import type { ChainView, UpstreamView } from '../../../src/model/chain-view.ts';
import type { CallRecord, Scene, Vow, Watch } from '../watch.ts';
import { isShortFor } from './fit.ts';

/** Whatever was under way when all became well may still fail for so long, and block once more. */
const aftermathMs = 35_000;
/** Two probes of two questions each, and the rest between them. */
const probesMs = 15_000;
/** Both steps of probation on polls alone, at the slowest pace. */
const probationMs = 2 * 65_000;

/** Everything comes back by itself, within the schedule of probes, once it is good again. */
export const recovery: Vow = {
  words: 'an upstream that is good again serves again within its schedule',
  watch(scene): Watch {
    const deadlines = new Map<string, number>();
    return {
      looked: (view) => {
        if (scene.phase() === 'trouble') return;
        for (const upstream of view.upstreams) judgeUpstream(scene, upstream, deadlines);
        if (scene.phase() === 'well') judgeChain(scene, view);
      },
      settled: (record) => {
        if (scene.phase() !== 'well' || record.startedAt < wellSince(scene) || !isServable(scene)) return;
        const { reply, call } = record;
        if (reply?.kind === 'left' || call.expects !== 'result' || isAheadOfAll(record)) return;
        if (reply?.kind !== 'result') scene.complain(`#${call.number} ${call.kind} failed though all is well`);
      },
    };
  },
};

/** Calls of before may still end badly. */
function wellSince(scene: Scene): number {
  return scene.plan.healAt + aftermathMs;
}

function isServable(scene: Scene): boolean {
  return scene.pairing().upstreams.some(({ endpoint }) => !isForEver(scene, endpoint.key));
}

/** Logs up to a block that nobody who may be asked has shown yet are refused: a poll later they would be whole. */
function isAheadOfAll(record: CallRecord): boolean {
  const { pairing } = record;
  if (pairing === undefined) return false;
  const moment = { record, pairing, at: record.startedAt, asked: new Set<string>(), inFlight: () => 0 };
  return pairing.upstreams.every((upstream) => upstream.cordoned || isShortFor(upstream, moment));
}

function isForEver(scene: Scene, key: string): boolean {
  return scene.url(key).plan.program.some(({ to }) => to === Number.POSITIVE_INFINITY);
}

function judgeUpstream(scene: Scene, view: UpstreamView, deadlines: Map<string, number>): void {
  const { key } = view.endpoint;
  if (isForEver(scene, key)) return;
  const deadline = deadlines.get(key) ?? scene.now() + allowedMs(view);
  deadlines.set(key, deadline);
  if (scene.now() > deadline && view.standing !== 'serving')
    scene.complain(
      `${key} is still ${view.standing} (${view.sentence}) ${Math.round((scene.now() - scene.plan.healAt) / 1000)} s after all was well`,
    );
}

/** Probes that may fail for the read they repeat, which was poison, before the endpoint goes on without its method. */
const replays = 3;

/** The schedule at its longest: its hold-off, one more trip, the probes and probation. */
function allowedMs({ trips, heldOff }: UpstreamView): number {
  const intervalMs = Math.max(60_000, Math.min(300_000, 2000 * 2 ** (trips + 1)));
  return (heldOff?.forMs ?? 0) + aftermathMs + (1 + replays) * intervalMs + probesMs + probationMs;
}

function judgeChain(scene: Scene, view: ChainView): void {
  if (!isServable(scene)) return;
  if (!view.ready || view.state !== 'running')
    scene.complain(`the chain is ${view.state}, ready ${view.ready}: ${view.reason}`);
  for (const { endpoint, tracker } of view.upstreams)
    if (!isForEver(scene, endpoint.key) && tracker !== 'following')
      scene.complain(`${endpoint.key} is not followed: ${tracker}`);
}
