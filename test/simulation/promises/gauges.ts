import type { ChainView, UpstreamView } from '../../../src/model/chain-view.ts';
import type { StandingKind } from '../../../src/model/standing.ts';
import { readGauges } from '../../../src/observe/gauges.ts';
import type { Scene, Vow, Watch } from '../watch.ts';

/** What is shown is what is so: gauges, views, snapshots and events tell one story. */
export const gauges: Vow = {
  words: 'gauges equal state',
  watch(scene): Watch {
    const told = new Map<string, StandingKind>();
    const heard = new Set<string>();
    return {
      booted: () => {
        told.clear();
        heard.clear();
        for (const { endpoint, standing } of scene.pairing().upstreams) told.set(endpoint.key, standing);
      },
      reloaded: () => {
        for (const { endpoint, standing } of scene.pairing().upstreams)
          if (!told.has(endpoint.key)) told.set(endpoint.key, standing);
        const present = new Set(scene.pairing().upstreams.map(({ endpoint }) => endpoint.key));
        for (const key of told.keys()) if (!present.has(key)) told.delete(key);
      },
      event: (event) => {
        if (event.kind === 'standing-changed') told.set(event.upstream, event.to);
      },
      ended: (sent, { kind }) => {
        if (kind === 'answered') heard.add(sent.url);
      },
      looked: (view) => {
        for (const upstream of view.upstreams) judgeUpstream(scene, upstream, told.get(upstream.endpoint.key));
        for (const { endpoint, head } of view.upstreams)
          if (head !== undefined && !heard.has(scene.url(endpoint.key).plan.url))
            scene.complain(`${endpoint.key} shows head ${head} and has never answered`);
        judgeGauges(scene, view);
      },
    };
  },
};

function judgeUpstream(
  scene: Scene,
  { endpoint, standing, inFlight, cordoned }: UpstreamView,
  told: string | undefined,
): void {
  const { key } = endpoint;
  if (standing !== told) scene.complain(`${key} is shown as ${standing}, and events told of ${told}`);
  const flying = scene.inFlight(key);
  if (inFlight !== flying) scene.complain(`${key} shows ${inFlight} calls in flight, and there are ${flying}`);
  const snapshot = scene.pairing().upstreams[endpoint.index];
  if (snapshot?.standing !== standing || snapshot.cordoned !== cordoned)
    scene.complain(`${key} is ${standing}, and the snapshot says ${snapshot?.standing}`);
}

function judgeGauges(scene: Scene, view: ChainView): void {
  const lines = readGauges([view]);
  for (const { endpoint, standing } of view.upstreams) {
    const isIn = standing === 'serving' || standing === 'probation';
    const healthy = lines.endpointHealthy?.find(({ labels }) => labels.provider === endpoint.provider);
    if (healthy?.value !== (isIn ? 1 : 0))
      scene.complain(`${endpoint.key} is ${standing}, and healthy is ${healthy?.value}`);
    const shown = lines.endpointStanding?.filter(
      ({ labels, value }) => labels.provider === endpoint.provider && value === 1,
    );
    if (shown?.length !== 1 || shown[0]?.labels.standing !== standing)
      scene.complain(
        `${endpoint.key} is ${standing}, and its standing gauge says ${shown?.map(({ labels }) => labels.standing)}`,
      );
  }
  const ready = view.upstreams.some(({ standing }) => standing === 'serving' || standing === 'probation');
  if (lines.chainReady?.[0]?.value !== (ready ? 1 : 0)) scene.complain(`ready is ${lines.chainReady?.[0]?.value}`);
}
