import type { Scene, Vow, Watch } from '../watch.ts';

/** Timers of a chain at rest: its own, and those of each upstream. */
const chainTimers = 8;
const upstreamTimers = 6;

/** When the calls are over nothing of them is left; when the process closes, nothing at all. */
export const leftovers: Vow = {
  words: 'no timer and no count is left behind',
  watch: (scene): Watch => ({
    calm: () => judgeCalm(scene),
    closed: () => {
      if (scene.armed() > 0) scene.complain(`${scene.armed()} timers are armed after the end`);
    },
  }),
};

function judgeCalm(scene: Scene): void {
  const { upstreams } = scene.view();
  for (const { endpoint, inFlight } of upstreams)
    if (inFlight !== 0 || scene.inFlight(endpoint.key) !== 0)
      scene.complain(`${endpoint.key} has ${inFlight} calls in flight at rest`);
  const most = chainTimers * scene.chains() + upstreamTimers * scene.endpoints();
  if (scene.armed() > most) scene.complain(`${scene.armed()} timers are armed at rest`);
}
