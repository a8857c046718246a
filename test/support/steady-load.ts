import { type ReadingClient, WrongAnswer } from './load-clients.ts';

/** What came of a steady load. Lists are of the first few. */
export interface LoadReport {
  readonly reads: number;
  /** Reads that a library gave up. */
  readonly lost: readonly string[];
  /** Reads that were answered with what is not so. */
  readonly wrong: readonly string[];
  /** Requests that were not answered by HTTP 200 with nothing but results, though the library may have asked again. */
  readonly refused: readonly string[];
  /** HTTP requests sent: less than reads where a library sends batches, never more where none had to be repeated. */
  readonly requests: number;
  readonly slowestMs: number;
}

/** Reads that go out at a steady rate, whatever became of those before. */
export interface SteadyLoad {
  /** Resolves once that many more reads have ended. */
  readsEnded(count: number): Promise<void>;
  /** Resolves once every read that is open now has ended. */
  openReadsEnded(): Promise<void>;
  /** Lets the last reads end and reports. */
  stop(): Promise<LoadReport>;
}

const tickMs = 5;
const mostListed = 10;

/** Starts a load of `perSecond` reads, spread over the clients in turn. */
export function startSteadyLoad(clients: readonly ReadingClient[], perSecond: number): SteadyLoad {
  const lost: string[] = [];
  const wrong: string[] = [];
  const open = new Set<Promise<void>>();
  const waits: { readonly at: number; wake(): void }[] = [];
  const startedAt = performance.now();
  let started = 0;
  let ended = 0;
  let slowestMs = 0;

  async function read(client: ReadingClient, turn: number): Promise<void> {
    const sentAt = performance.now();
    try {
      await client.read(turn);
    } catch (error) {
      const list = error instanceof WrongAnswer ? wrong : lost;
      if (list.length < mostListed) list.push(`${client.name}: ${error}`);
    }
    slowestMs = Math.max(slowestMs, performance.now() - sentAt);
    ended += 1;
    for (const wait of waits.filter(({ at }) => at <= ended)) waits.splice(waits.indexOf(wait), 1)[0]?.wake();
  }

  function startNext(): void {
    const client = clients[started % clients.length];
    const turn = Math.floor(started / clients.length);
    started += 1;
    if (client === undefined) return;
    const reading = read(client, turn);
    open.add(reading);
    void reading.finally(() => open.delete(reading));
  }

  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * perSecond;
    while (started < due) startNext();
  }, tickMs);

  return {
    readsEnded: (count) => new Promise((wake) => waits.push({ at: ended + count, wake })),
    async openReadsEnded() {
      await Promise.all(open);
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      for (const client of clients) client.close();
      return {
        reads: ended,
        lost,
        wrong,
        refused: clients.flatMap(({ name, wire }) =>
          wire.refused.slice(0, mostListed).map((said) => `${name}: ${said}`),
        ),
        requests: clients.reduce((sum, { wire }) => sum + wire.requests(), 0),
        slowestMs: Math.round(slowestMs),
      };
    },
  };
}
