import { parseArgs } from 'node:util';
import {
  type Contender,
  freePort,
  startForwarder,
  startHaproxy,
  startNginx,
  startReply,
  startSwitchyard,
  startUpstream,
} from './contenders.ts';
import { showEventLoop } from './event-loop.ts';
import { type LoadReport, runLoad } from './load.ts';
import { showOverload } from './overload.ts';
import { cpuSeconds, memoryMiB } from './processes.ts';
import { type Scenario, scenarios } from './scenarios.ts';

/**
 * Measures what the gateway costs beside a bare forwarder, or a bare server, made of the same parts, on this machine, in one run.
 * Figures of one run are comparable with each other only: quote the ratios.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    memory: { type: 'string', default: '60' },
  },
});

interface Sample extends LoadReport {
  readonly cpuMicroseconds: number;
}

async function sample(contender: Contender, scenario: Scenario, durationMs: number): Promise<Sample> {
  const used = (): number => contender.pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const before = used();
  const report = await runLoad({
    port: contender.port,
    path: contender.path,
    body: scenario.body,
    headers: contender.headers ?? '',
    connections: scenario.connections,
    expect: scenario.expect,
    durationMs,
  });
  return { ...report, cpuMicroseconds: ((used() - before) * 1e6) / Math.max(1, report.answers) };
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Contenders take turns, round by round, so that a drift of the machine's speed hits all alike. */
async function compare(scenario: Scenario, contenders: readonly Contender[]): Promise<void> {
  const durationMs = Number(values.seconds) * 1000;
  const samples = new Map<Contender, Sample[]>(contenders.map((contender) => [contender, []]));
  for (const contender of contenders) await sample(contender, scenario, durationMs / 2);
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const contender of contenders) samples.get(contender)?.push(await sample(contender, scenario, durationMs));
  }
  const [floor] = contenders;
  const floorSamples = floor === undefined ? [] : (samples.get(floor) ?? []);
  print(`\n${scenario.name} (${scenario.connections} connections, ${values.rounds} rounds of ${values.seconds} s)`);
  print('                    CPU µs/call  ratio   calls/s    ratio   p50 ms  added   p99 ms  added   peak MiB  bad');
  for (const [contender, taken] of samples) {
    const of = (read: (taken: Sample) => number): number => median(taken.map(read));
    const ratio = (read: (taken: Sample) => number): number =>
      median(taken.map((mine, round) => read(mine) / read(floorSamples[round] ?? mine)));
    const added = (read: (taken: Sample) => number): number =>
      median(taken.map((mine, round) => read(mine) - read(floorSamples[round] ?? mine)));
    const rate = (taken: Sample): number => taken.answers / taken.seconds;
    const peak = contender.pids.reduce((sum, pid) => sum + memoryMiB(pid).peak, 0);
    const cells = [
      of((s) => s.cpuMicroseconds)
        .toFixed(1)
        .padStart(12),
      ratio((s) => s.cpuMicroseconds)
        .toFixed(2)
        .padStart(6),
      of(rate).toFixed(0).padStart(9),
      ratio(rate).toFixed(2).padStart(8),
      of((s) => s.p50)
        .toFixed(2)
        .padStart(8),
      added((s) => s.p50)
        .toFixed(2)
        .padStart(6),
      of((s) => s.p99)
        .toFixed(2)
        .padStart(8),
      added((s) => s.p99)
        .toFixed(2)
        .padStart(6),
      peak.toFixed(0).padStart(10),
      String(taken.reduce((sum, s) => sum + s.bad, 0)).padStart(4),
    ];
    print(`  ${contender.name.padEnd(16)}${cells.join(' ')}`);
    if (contender.name === 'switchyard' && scenario.promise !== undefined) {
      const measured = ratio((s) => s.cpuMicroseconds);
      print(
        `  promise: at most ${scenario.promise} x the CPU of the ${scenario.floor}: ${measured <= scenario.promise ? 'kept' : 'NOT KEPT'} (${measured.toFixed(2)})`,
      );
    }
  }
  const [, own, passedOn] = contenders.map((contender) => samples.get(contender) ?? []);
  if (scenario.cheaperThanPassedOn === undefined || own === undefined || passedOn === undefined) return;
  const times = median(own.map((mine, round) => (passedOn[round] ?? mine).cpuMicroseconds / mine.cpuMicroseconds));
  print(
    `  promise: at least ${scenario.cheaperThanPassedOn} x cheaper than passed on: ${times >= scenario.cheaperThanPassedOn ? 'kept' : 'NOT KEPT'} (${times.toFixed(2)})`,
  );
}

/** Who takes part, the floor first, then the gateway. A call that comes from memory is held against the same call passed on. */
function contendersOf({ upstreams, floor }: Scenario): readonly Contender[] {
  const own = upstreams === 'alive' ? switchyard : halfDead;
  if (floor === 'bare forwarder') return [forwarder, own, ...others];
  return [reply, own, { ...own, name: 'passed on', headers: 'x-switchyard-cache: bypass\r\n' }];
}

/** Memory over a long run: the least of the last third against that of the second, after a warm-up third; what lies above it is garbage. */
async function watchMemory(contender: Contender, scenario: Scenario): Promise<void> {
  const slices = 12;
  const readings: number[] = [];
  for (let slice = 0; slice < slices; slice += 1) {
    await sample(contender, scenario, (Number(values.memory) * 1000) / slices);
    readings.push(contender.pids.reduce((sum, pid) => sum + memoryMiB(pid).now, 0));
  }
  const middle = Math.min(...readings.slice(slices / 3, (2 * slices) / 3));
  const last = Math.min(...readings.slice((2 * slices) / 3));
  print(
    `\nmemory of ${contender.name} over ${values.memory} s: ${readings.map((mib) => mib.toFixed(0)).join(' ')} MiB; last third / middle third = ${(last / middle).toFixed(3)}`,
  );
}

const upstream = await startUpstream();
const forwarder = await startForwarder(upstream.port);
const reply = await startReply();
const switchyard = await startSwitchyard([upstream.port]);
const halfDead = await startSwitchyard([upstream.port, await freePort()]);
const others = (await Promise.all([startHaproxy(upstream.port), startNginx(upstream.port)])).filter(
  (one) => one !== undefined,
);
for (const scenario of scenarios) {
  if (values.only !== undefined && !scenario.name.includes(values.only)) continue;
  await compare(scenario, contendersOf(scenario));
}
const [small] = scenarios;
if (small !== undefined && 'overload'.includes(values.only ?? 'overload')) {
  await showOverload(small, Number(values.seconds) * 1000, print);
}
if (small !== undefined && '10 MB answer'.includes(values.only ?? '10 MB answer')) {
  await showEventLoop(switchyard, { small, durationMs: Number(values.seconds) * 1000 }, print);
}
if (small !== undefined && Number(values.memory) > 0) await watchMemory(switchyard, small);
await Promise.all([upstream, forwarder, reply, switchyard, halfDead, ...others].map((contender) => contender.stop()));
