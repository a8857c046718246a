import { packagedDocuments } from '../support/chain-documents.ts';
import { printFigures, shortOrLong } from '../support/proof.ts';
import { describePlan } from './describe-plan.ts';
import { promises } from './promises/all.ts';
import { runWorld, type WorldOutcome } from './run-world.ts';

/** Worlds and calls of one half of the walk, at least. Two halves are walked side by side, one to a test file. */
const worldsOfHalf = shortOrLong(50, 520);
const callsOfHalf = shortOrLong(0, 520_000);

/** However few calls its worlds make, a half ends here. */
const mostWorlds = 2000;

/** Time a half may take, in milliseconds: many times what it takes on a quiet machine. */
export const walkTimeoutMs = shortOrLong(300_000, 2_400_000);

/** Lines of a broken world that are shown. */
const shownLines = 60;

/** Which worlds one file walks: those with odd seeds, or those with even ones. */
export type Half = 'odd' | 'even';

/**
 * Walks the worlds of one half, or the one that `SEED` names, and says how to repeat each in which a promise was broken. A seed
 * replays exactly.
 */
export async function walkWorlds(half: Half): Promise<readonly string[]> {
  const documents = await packagedDocuments();
  const sum = { worlds: 0, calls: 0, attempts: 0, faults: 0, seconds: 0, epochs: 0, turnsOfStanding: 0, violations: 0 };
  const broken: string[] = [];
  for (const seed of seedsOf(half, sum)) {
    const world = await runWorld(seed, { vows: promises, documents });
    addTo(sum, world);
    if (world.broken !== undefined) broken.push(reportOf(world));
  }
  printFigures(`simulation, ${half} seeds`, sum);
  return broken;
}

type Sum = Record<
  'worlds' | 'calls' | 'attempts' | 'faults' | 'seconds' | 'epochs' | 'turnsOfStanding' | 'violations',
  number
>;

function* seedsOf(half: Half, sum: Readonly<Sum>): Generator<number> {
  const chosen = process.env.SEED === undefined ? undefined : Number(process.env.SEED);
  if (chosen !== undefined) {
    if (halfOf(chosen) === half) yield chosen;
    return;
  }
  const first = half === 'odd' ? 1 : 2;
  for (let at = 0; at < mostWorlds && (sum.worlds < worldsOfHalf || sum.calls < callsOfHalf); at += 1)
    yield first + 2 * at;
}

function halfOf(seed: number): Half {
  return seed % 2 === 0 ? 'even' : 'odd';
}

function addTo(sum: Sum, { plan, calls, sends, seconds, epochs, turns, broken }: WorldOutcome): void {
  sum.worlds += 1;
  sum.calls += calls;
  sum.attempts += sends;
  for (const { urls } of plan.chains) for (const { program } of urls) sum.faults += program.length;
  sum.seconds += Math.round(seconds);
  sum.epochs += epochs;
  sum.turnsOfStanding += turns;
  sum.violations += broken === undefined ? 0 : 1;
}

function reportOf({ plan, broken, trace }: WorldOutcome): string {
  const lines = [`SEED=${plan.seed}: ${broken}`, ...describePlan(plan), ...trace.lines(shownLines)];
  return lines.join('\n');
}
