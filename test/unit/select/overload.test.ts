import { describe, expect, test } from 'vitest';
import { type Party, Turns, type Waiting } from '../../../src/select/turns.ts';

/** Calls that one client sends per millisecond, evenly. */
type Loads = Readonly<Record<string, number>>;

/** What became of one client's calls. Waits in milliseconds. */
interface Tally {
  served: number;
  refused: number;
  longestWait: number;
}

interface Arrived {
  readonly tally: Tally;
  readonly at: number;
}

/** The model: so many calls at once, each of which takes so long on average. 16 of 20 ms are 800 calls per second. */
const places = 16;
const serviceMs = 20;
/** What single calls take, in turn: 10 to 30 ms, so that they do not end all at once. */
const serviceTimes = [12, 28, 20, 10, 30, 16, 24];
const capacityPerMs = places / serviceMs;

/** Time of the model, and the longest a call may wait. */
const forMs = 4000;
const patienceMs = 1000;

/** Sends each client's load at a model of the gateway, millisecond by millisecond. */
function run(loads: Loads): Readonly<Record<string, Tally>> {
  const turns = new Turns<Arrived>(() => places);
  const ends: { readonly at: number; readonly place: Party<Arrived> }[] = [];
  let served = 0;
  const waits: { readonly until: number; readonly waiting: Waiting<Arrived> }[] = [];
  const clients = Object.entries(loads).map(([name, perMs]) => ({
    name,
    perMs,
    due: 0,
    tally: { served: 0, refused: 0, longestWait: 0 },
  }));
  const serve = (place: Party<Arrived>, { tally, at }: Arrived, now: number): void => {
    ends.push({ at: now + (serviceTimes[served % serviceTimes.length] ?? serviceMs), place });
    ends.sort((one, other) => one.at - other.at);
    served += 1;
    tally.served += 1;
    tally.longestWait = Math.max(tally.longestWait, now - at);
  };
  const arrive = (name: string, arrived: Arrived): void => {
    const place = turns.enter(name);
    if (place !== undefined) return serve(place, arrived, arrived.at);
    const queued = turns.wait(name, arrived, arrived.at);
    if (queued.kind === 'refused') arrived.tally.refused += 1;
    else waits.push({ until: arrived.at + patienceMs, waiting: queued.waiting });
    if (queued.kind === 'waits' && queued.displaced !== undefined) queued.displaced.caller.tally.refused += 1;
  };
  for (let now = 0; now < forMs; now += 1) {
    while ((ends[0]?.at ?? Number.POSITIVE_INFINITY) <= now) {
      const ended = ends.shift();
      if (ended !== undefined) turns.leave(ended.place);
      for (let next = turns.next(now); next !== undefined; next = turns.next(now)) serve(next.party, next.caller, now);
    }
    while ((waits[0]?.until ?? Number.POSITIVE_INFINITY) <= now) {
      const given = waits.shift()?.waiting;
      if (given !== undefined && turns.withdraw(given)) given.caller.tally.refused += 1;
    }
    for (const client of clients) {
      for (client.due += client.perMs; client.due >= 1; client.due -= 1) {
        arrive(client.name, { tally: client.tally, at: now });
      }
    }
  }
  return Object.fromEntries(clients.map(({ name, tally }) => [name, tally]));
}

function servedOf(tallies: Readonly<Record<string, Tally>>): number {
  return Object.values(tallies).reduce((sum, { served }) => sum + served, 0);
}

/** `count` clients that together send so many times what can be served. */
function crowd(count: number, times: number): Loads {
  const each = (capacityPerMs * times) / count;
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`client ${i}`, each]));
}

describe('more calls than can be served', () => {
  const peak = servedOf(run(crowd(8, 1)));

  test.each([2, 5, 10])('F-246: at %i times the capacity as much is served as at the peak', (times) => {
    expect(servedOf(run(crowd(8, times)))).toBeGreaterThanOrEqual(peak * 0.9);
    expect(servedOf(run(crowd(1, times)))).toBeGreaterThanOrEqual(peak * 0.85);
  });

  test('F-246: half of what can be served is served whole, and at once', () => {
    const { after } = run({ after: capacityPerMs * 0.5 });
    expect(after).toMatchObject({ refused: 0, longestWait: 0 });
  });

  test('F-248: whoever is served waited a few tenths of a second at most', () => {
    for (const { longestWait } of Object.values(run(crowd(8, 10)))) expect(longestWait).toBeLessThanOrEqual(300);
  });

  test('F-250: a quiet client beside a flood is served all its calls, nearly at once', () => {
    const { quiet, flood } = run({ flood: capacityPerMs * 10, quiet: capacityPerMs * 0.05 });
    expect(quiet).toMatchObject({ refused: 0 });
    expect(quiet?.longestWait).toBeLessThanOrEqual(serviceMs * 2);
    expect(flood?.served).toBeGreaterThanOrEqual(peak * 0.8);
  });

  test('F-250: of ten floods none is served much more than another', () => {
    const served = Object.values(run(crowd(10, 10))).map((tally) => tally.served);
    expect(Math.min(...served)).toBeGreaterThanOrEqual(Math.max(...served) * 0.8);
  });
});
