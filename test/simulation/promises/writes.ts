import type { CallRecord, Scene, Vow, Watch } from '../watch.ts';
import type { Sent } from '../world/sim-network.ts';

/** A write is not done twice by our doing. */
export const writes: Vow = {
  words: 'a write is sent on only where that cannot do it twice',
  watch: (scene): Watch => ({
    sent: (sent) => {
      const record = scene.calls().get(sent.call.number);
      if (record === undefined || !record.sends.includes(sent)) return;
      if (record.call.send === 'once') judgeOnce(scene, record);
      if (record.call.send !== 'read') judgeRepeat(scene, record, sent);
    },
    settled: (record) => {
      if (record.call.kind === 'once-write') countDeeds(scene, record);
    },
  }),
};

/** A write that is not a signed transaction: after a send that may have arrived there is no other. */
function judgeOnce(scene: Scene, { call, sends }: CallRecord): void {
  for (const { end, key } of sends.slice(0, -1)) {
    if (end === undefined) return scene.complain(`#${call.number} was sent on while ${key} had it`);
    const isTurnedAway = end.kind === 'answered' && end.worth !== 'bad' && end.worth !== 'good';
    if (end.sent === 'maybe' && !isTurnedAway)
      scene.complain(`#${call.number} was sent on though it may have arrived at ${key}`);
  }
}

/** Whatever happens, one endpoint is sent one write once. */
function judgeRepeat(scene: Scene, { call, sends }: CallRecord, sent: Sent): void {
  const before = sends.find((other) => other !== sent && other.key === sent.key);
  if (before !== undefined) scene.complain(`#${call.number} was sent to ${sent.key} twice`);
}

function countDeeds(scene: Scene, { call }: CallRecord): void {
  const urls = new Set(scene.pairing().upstreams.map(({ endpoint }) => scene.url(endpoint.key)));
  let deeds = 0;
  for (const url of urls) deeds += url.transactions.get(`once ${call.number}`) ?? 0;
  if (deeds > 1) scene.complain(`#${call.number} was carried out ${deeds} times`);
}
