import { type MethodClass, methodClasses } from '../model/method-policy.ts';
import { nextQuantile } from './quantile.ts';

/** Time constant of the averages, in milliseconds: an observation loses two thirds of its weight in it. */
const decayMs = 10_000;

/** Answers before a 95th percentile is believed. */
const enoughAnswers = 20;

/** Methods with a percentile of their own; what comes later shares that of its class. */
const maxSeries = 128;

/** The shortest time an answer is taken to need, in milliseconds: estimates grow by factors and must not rest at zero. */
const leastMs = 0.01;

/** Where a latency belongs: an endpoint's index, a method's series, the position of its class. */
export interface LatencyPlace {
  readonly index: number;
  readonly series: number;
  readonly class: number;
}

/** The position of a class in the order of `methodClasses`, for arrays by class. */
export function classPosition(methodClass: MethodClass): number {
  switch (methodClass) {
    case 'light':
      return 0;
    case 'normal':
      return 1;
    case 'heavy':
      return 2;
    case 'write':
      return 3;
  }
}

/**
 * How fast the endpoints of one chain answer. Memory is fixed at the start, but for the names of at most 128 methods.
 *
 * Two views of the same answers: a peak-sensitive average by class, which jumps up with the slowest answer and forgets
 * within seconds, for choosing; and a 95th percentile by method, which is hard to impress, for hedging.
 */
export class Latency {
  readonly #rows: readonly LatencyRow[];
  readonly #chain: ChainLatency;

  /**
   * @param rows one per endpoint, by index; a number makes as many blank ones.
   * @param chain what the endpoints share.
   */
  constructor(rows: number | readonly LatencyRow[], chain: ChainLatency = blankChain()) {
    this.#rows = typeof rows === 'number' ? Array.from({ length: rows }, blankRow) : rows;
    this.#chain = chain;
  }

  /** Goes on with other endpoints, by the row each had here; series keep their numbers, and what one learns the other knows. */
  continued(from: readonly (number | undefined)[]): Latency {
    return new Latency(
      from.map((index) => this.#rows[index ?? -1] ?? blankRow()),
      this.#chain,
    );
  }

  /** The series of a method of the spec. Stable for the life of the process; once all are taken, that of the class. */
  seriesOf(method: string, methodClass: MethodClass): number {
    const { series, classes } = this.#chain;
    const known = series.get(method);
    if (known !== undefined) return known;
    const position = classPosition(methodClass);
    const next = methodClasses.length + series.size;
    if (next >= maxSeries) return position;
    series.set(method, next);
    classes[next] = position;
    return next;
  }

  /** The class position of a series. */
  classOf(series: number): number {
    return this.#chain.classes[series] ?? 0;
  }

  /** Notes a good answer that took `ms`. */
  answered(place: LatencyPlace, ms: number, now: number): void {
    const { typical } = this.#chain;
    const sample = Math.max(ms, leastMs);
    this.observed(place, sample, now);
    typical[place.class] = nextQuantile(typical[place.class] ?? 0, sample, 0.5);
    this.#count(place.index, place.series, sample);
    if (place.series !== place.class) this.#count(place.index, place.class, sample);
  }

  /** Notes a time that says how long the endpoint takes, though it was no good answer: a failure, or a lower bound. */
  observed(place: LatencyPlace, ms: number, now: number): void {
    const row = this.#rows[place.index];
    if (row === undefined) return;
    const observedAt = row.peakAt[place.class] ?? 0;
    const isPeak = observedAt === 0 || ms > this.estimateMs(place.index, place.class, now);
    const kept = Math.exp((observedAt - now) / decayMs);
    row.peak[place.class] = isPeak ? ms : (row.peak[place.class] ?? 0) * kept + ms * (1 - kept);
    row.peakAt[place.class] = now;
  }

  /**
   * What an endpoint's next answer of a class is expected to take, in milliseconds; above zero.
   *
   * Where it was never observed, or not for long, the chain's median answer: so the unknown neither outrank those that
   * have proven fast nor are left out for ever.
   */
  estimateMs(index: number, methodClass: number, now: number): number {
    const row = this.#rows[index];
    const typical = this.#chain.typical[methodClass] || 1;
    const observedAt = row?.peakAt[methodClass] ?? 0;
    if (observedAt === 0) return typical;
    return typical + ((row?.peak[methodClass] ?? 0) - typical) * Math.exp((observedAt - now) / decayMs);
  }

  /** True once the endpoint was observed in that class. */
  hasObserved(index: number, methodClass: number): boolean {
    return (this.#rows[index]?.peakAt[methodClass] ?? 0) !== 0;
  }

  /** The method's 95th percentile on that endpoint, else that of its class; undefined before 20 answers. */
  p95Ms(index: number, series: number): number | undefined {
    return this.#believed(index, series) ?? this.#believed(index, this.classOf(series));
  }

  #believed(index: number, series: number): number | undefined {
    const row = this.#rows[index];
    return (row?.answers[series] ?? 0) >= enoughAnswers ? row?.p95[series] : undefined;
  }

  #count(index: number, series: number, sample: number): void {
    const row = this.#rows[index];
    if (row === undefined) return;
    const answers = row.answers[series] ?? 0;
    if (answers < enoughAnswers) row.answers[series] = answers + 1;
    row.p95[series] = nextQuantile(row.p95[series] ?? 0, sample, 0.95);
  }
}

/** What is kept of one endpoint: peaks by class, percentiles by series. */
export interface LatencyRow {
  readonly peak: Float64Array;
  readonly peakAt: Float64Array;
  readonly p95: Float64Array;
  readonly answers: Uint8Array;
}

/** What the endpoints of one chain share. */
export interface ChainLatency {
  /** The median answer of the whole chain by class: what is expected of an endpoint we know nothing of. */
  readonly typical: Float64Array;
  readonly series: Map<string, number>;
  /** The class position of each series. The first four series are those of the classes themselves. */
  readonly classes: Uint8Array;
}

function blankRow(): LatencyRow {
  return {
    peak: new Float64Array(methodClasses.length),
    peakAt: new Float64Array(methodClasses.length),
    p95: new Float64Array(maxSeries),
    answers: new Uint8Array(maxSeries),
  };
}

function blankChain(): ChainLatency {
  return {
    typical: new Float64Array(methodClasses.length),
    series: new Map(),
    classes: Uint8Array.from({ length: maxSeries }, (_, series) => series % methodClasses.length),
  };
}
