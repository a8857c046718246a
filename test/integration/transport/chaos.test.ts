import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SendResult } from '../../../src/model/answer.ts';
import { createHttpTransport } from '../../../src/transport/http-transport.ts';
import * as scripts from '../../support/fault-scripts.ts';
import { type Script, startFaultUpstream } from '../../support/fault-upstream.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';
import { smallRead } from './open-transport.ts';

const faults: readonly Script[] = [
  scripts.answers(),
  scripts.answers(),
  scripts.silent,
  scripts.resetsBeforeHeaders,
  scripts.closesBeforeHeaders,
  scripts.resetsMidBody,
  scripts.closesMidLength,
  scripts.closesMidChunks,
  scripts.drips,
  scripts.neverEnds,
  scripts.hugeHeaders,
  scripts.garbageBanner,
  scripts.saysTooMuch,
  scripts.closesAfter(1),
  scripts.staleAfterFirst,
  scripts.encoded('gzip', scripts.gzipBomb(4 * 1024 * 1024)),
  scripts.encoded('gzip', Buffer.from('no gzip')),
];

const call = fc.record({
  fault: fc.nat(faults.length - 1),
  fresh: fc.boolean(),
  write: fc.boolean(),
  cancel: fc.constantFrom('never', 'never', 'at once', 'later'),
});

it('F-235 whatever upstreams do, each call is told once or was cancelled, and nothing is left behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 60 }), async (calls) => {
      const upstream = await startFaultUpstream((peer) => faults[Number(JSON.parse(peer.body))]?.(peer));
      const clock = createVirtualClock();
      const endpoints = [{ key: 'up', url: upstream.url, headers: {}, concurrency: 4 }];
      const limits = { connectTimeoutMs: 2_000, maxBufferedBytes: 8 * 1024 * 1024 };
      const transport = createHttpTransport({ endpoints, clock, ...limits });
      const told = calls.map(() => 0);
      const start = (at: number): (() => void) => {
        const { fault = 0, fresh, write } = calls[at] ?? {};
        const connection = fresh ? 'fresh' : 'pooled';
        const resend = write ? 'if-unsent' : 'reads';
        const body = Buffer.from(String(fault));
        const done = (_result: SendResult): void => {
          told[at] = (told[at] ?? 0) + 1;
        };
        return transport.send({ ...smallRead, body, connection, resend, timeoutMs: 900 }, done);
      };
      const cancels = calls.map((_, at) => start(at));
      for (const [at, { cancel }] of calls.entries()) if (cancel === 'at once') cancels[at]?.();
      for (let turn = 0; turn < 20; turn++) await clock.advanceAsync(10);
      const early = told.slice();
      for (const [at, { cancel }] of calls.entries()) if (cancel === 'later') cancels[at]?.();
      while (clock.pending() > 0) await clock.advanceAsync(100);

      for (const [at, { cancel }] of calls.entries()) {
        const expected = cancel === 'at once' ? 0 : cancel === 'later' ? early[at] : 1;
        expect(told[at]).toBe(expected);
      }
      await transport.replace([]);
      expect(transport.bufferedBytes()).toBe(0);
      await transport.close();
      await upstream.close();
    }),
    { numRuns: 25 },
  );
});
