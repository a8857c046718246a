import { test } from 'vitest';
import { packagedDocuments } from '../support/chain-documents.ts';
import { promises } from './promises/all.ts';
import { runWorld } from './run-world.ts';

test('try', async () => {
  const documents = await packagedDocuments();
  const t0 = performance.now();
  let calls = 0;
  const first = Number(process.env.SEED ?? 1);
  const last = Number(process.env.LAST || first);
  let bad = 0;
  for (let seed = first; seed <= last; seed += 1) {
    const t = performance.now();
    const out = await runWorld(seed, promises, documents);
    calls += out.calls;
    if (out.broken !== undefined) bad += 1;
    if (out.broken !== undefined || first === last)
      process.stdout.write(
        `${seed} ${out.calls} ${out.sends} ${out.seconds.toFixed(0)} ${out.broken ?? ''} ${(performance.now() - t).toFixed(0)}ms\n`,
      );
    if (first === last) process.stdout.write(out.trace.lines(Number(process.env.LINES ?? 60)).join('\n') + '\n');
  }
  process.stdout.write(`${bad} bad; ${calls} calls ${performance.now() - t0} ms\n`);
}, 3000000);
