import type { ChainView, UpstreamView } from '../../../src/model/chain-view.ts';
import type { Scene, Vow, Watch } from '../watch.ts';
import type { Fault } from '../world/fault.ts';
import { isJustReset, settlesMs } from './just-reset.ts';

/** The tip stands between the heads of the honest, and epochs go up. */
export const tipAndEpoch: Vow = {
  words: 'one liar neither raises the tip nor holds it down, and the epoch never falls',
  watch(scene): Watch {
    let epoch: number | undefined;
    return {
      // What a killed process had not yet stored, the next one cannot know.
      booted: () => {
        epoch = scene.plan.orders.some(({ act }) => act === 'kill') ? undefined : epoch;
      },
      event: (event) => {
        if (event.kind === 'store-set-aside') epoch = undefined;
        if (event.kind !== 'pairing-published' || event.pairing.epoch === undefined) return;
        if (epoch !== undefined && event.pairing.epoch < epoch)
          scene.complain(`the epoch fell from ${epoch} to ${event.pairing.epoch}`);
        epoch = event.pairing.epoch;
      },
      looked: (view) => judgeTip(scene, view),
    };
  },
};

/** Faults by which a head is not what the chain's is. */
const bending: ReadonlySet<Fault['kind']> = new Set<Fault['kind']>([
  'claims-ahead',
  'hour-ahead',
  'stuck',
  'lags',
  'forked',
  'other-chain',
]);

function judgeTip(scene: Scene, view: ChainView): void {
  const { tip, degraded } = view;
  if (tip === undefined || degraded === 'one-witness-ahead' || isJustReset(scene)) return;
  const groups = witnessesOf(view);
  const liars = [...groups.values()].filter((own) => own.some((one) => isBent(scene, one)));
  const honest = [...groups.values()].filter((own) => own.every((one) => isHonest(scene, one)));
  if (liars.length > 1 || honest.length < 2 || groups.size < 2) return;
  const heads = honest.map((own) => Math.max(...own.map(({ head }) => head ?? 0))).sort((a, b) => b - a);
  const [, second = 0] = heads;
  const unbent = view.upstreams.filter((one) => !isBent(scene, one));
  const highest = Math.max(...unbent.map(({ head }) => head ?? 0));
  if (tip > highest) scene.complain(`the tip is ${tip}, and no honest upstream has shown more than ${highest}`);
  if (tip < second) scene.complain(`the tip is ${tip}, and two honest upstreams have shown ${second}`);
}

/** Who speaks with one voice: an operator's endpoints, and whoever shares a URL with one of them. */
function witnessesOf({ upstreams }: ChainView): ReadonlyMap<string, readonly UpstreamView[]> {
  const groups = new Map<string, UpstreamView[]>();
  const ofUrl = new Map<string, string>();
  for (const one of upstreams) {
    const { tracker, group } = one.endpoint;
    const name = ofUrl.get(tracker) ?? group;
    ofUrl.set(tracker, name);
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  return groups;
}

function isBent(scene: Scene, { endpoint }: UpstreamView): boolean {
  return programOf(scene, endpoint.key).some(({ fault }) => bending.has(fault.kind));
}

/** Sound for a while, followed, and not a pool whose head steps back. */
function isHonest(scene: Scene, { endpoint, tracker, identity, heldOff, head }: UpstreamView): boolean {
  if (tracker !== 'following' || identity !== 'confirmed' || heldOff !== undefined || head === undefined) return false;
  return endpoint.kind === 'single' && programOf(scene, endpoint.key).length === 0;
}

/** What was wrong with it lately. */
function programOf(scene: Scene, key: string) {
  const now = scene.now();
  return scene.url(key).plan.program.filter(({ from, to }) => from <= now && to >= now - settlesMs);
}
