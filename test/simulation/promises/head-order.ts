import type { CallRecord, Scene, Vow, Watch } from '../watch.ts';
import { heightAt } from '../world/chain-history.ts';
import type { Sent } from '../world/sim-network.ts';
import { isJustReset } from './just-reset.ts';

/** Heights that clients were told and that still bound what others may be told. */
const kept = 4096;

/**
 * What clients are told of the newest block does not go back, from one call to another that began after it was answered: as far as the
 * upstreams agree on it, as far as the chain had got there, and where it may come from anybody.
 */
export const headOrder: Vow = {
  words: 'no client sees the newest block go backwards',
  watch(scene): Watch {
    let told: Told[] = [];
    return {
      booted: () => {
        told = [];
      },
      settled: (record) => {
        const height = toldHeight(record);
        if (height === undefined || isJustReset(scene)) return;
        judge(scene, record, { told, height });
        // What one makes up, nobody is bound by.
        if (height <= heightAt(scene.plan.history, scene.now()))
          told.push({ at: scene.now(), height, number: record.call.number });
        if (told.length > 2 * kept) told = told.slice(-kept);
      },
    };
  },
};

interface Told {
  readonly at: number;
  readonly height: number;
  readonly number: number;
}

interface Telling {
  readonly told: readonly Told[];
  readonly height: number;
}

function toldHeight({ call, reply }: CallRecord): number | undefined {
  return call.kind === 'block-number' && reply?.kind === 'result' ? Number(reply.result) : undefined;
}

function judge(scene: Scene, record: CallRecord, { told, height }: Telling): void {
  const { call, sends } = record;
  // What the upstreams do not agree on, or no longer do, one of them may have claimed alone.
  const agreed = Math.min(record.pairing?.tip ?? 0, scene.pairing().tip ?? 0);
  const better = sends.find((sent) => isBelieved(record, sent) && isBetween(shownBy(sent), { height, agreed }));
  if (better !== undefined)
    return scene.complain(`#${call.number} was told ${height}, and ${better.key} had said more`);
  // Whoever says where the answer is not to come from takes what is left.
  if (record.exclude !== undefined) return;
  const before = told.find((one) => one.at < record.startedAt && one.height > height && one.height <= agreed);
  if (before === undefined) return;
  scene.complain(`#${call.number} was told ${height}, #${before.number} had been told ${before.height}`);
}

function shownBy({ end }: Sent): number {
  return end?.kind === 'answered' && end.worth === 'good' ? Number(end.shown) : 0;
}

/** True for a height above the one that was told, and no higher than what is agreed. */
function isBetween(shown: number, { height, agreed }: { readonly height: number; readonly agreed: number }): boolean {
  return shown > height && shown <= agreed;
}

function isBelieved({ pairing }: CallRecord, { key }: Sent): boolean {
  const upstream = pairing?.upstreams.find(({ endpoint }) => endpoint.key === key);
  return upstream !== undefined && upstream.standing === 'serving' && !upstream.outlier;
}
