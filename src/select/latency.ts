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
  readonly #peak: Float64Array;
  readonly #peakAt: Float64Array;
  readonly #p95: Float64Array;
  readonly #answers: Uint8Array;
  /** The median answer of the whole chain by class: what is expected of an endpoint we know nothing of. */
  readonly #typical = new Float64Array(methodClasses.length);
  readonly #series = new Map<string, number>();
  /** The class position of each series. The first four series are those of the classes themselves. */
  readonly #seriesClass = Uint8Array.from({ length: maxSeries }, (_, series) => series % methodClasses.length);

  /** @param size number of endpoints; indices run from 0. */
  constructor(size: number) {
    this.#peak = new Float64Array(size * methodClasses.length);
    this.#peakAt = new Float64Array(size * methodClasses.length);
    this.#p95 = new Float64Array(size * maxSeries);
    this.#answers = new Uint8Array(size * maxSeries);
  }

  /** The series of a method of the spec. Stable for the life of the process; once all are taken, that of the class. */
  seriesOf(method: string, methodClass: MethodClass): number {
    const known = this.#series.get(method);
    if (known !== undefined) return known;
    const position = classPosition(methodClass);
    const next = methodClasses.length + this.#series.size;
    if (next >= maxSeries) return position;
    this.#series.set(method, next);
    this.#seriesClass[next] = position;
    return next;
  }

  /** The class position of a series. */
  classOf(series: number): number {
    return this.#seriesClass[series] ?? 0;
  }

  /** Notes a good answer that took `ms`. */
  answered(place: LatencyPlace, ms: number, now: number): void {
    const sample = Math.max(ms, leastMs);
    this.observed(place, sample, now);
    this.#typical[place.class] = nextQuantile(this.#typical[place.class] ?? 0, sample, 0.5);
    this.#count(place.index, place.series, sample);
    if (place.series !== place.class) this.#count(place.index, place.class, sample);
  }

  /** Notes a time that says how long the endpoint takes, though it was no good answer: a failure, or a lower bound. */
  observed(place: LatencyPlace, ms: number, now: number): void {
    const at = place.index * methodClasses.length + place.class;
    const observedAt = this.#peakAt[at] ?? 0;
    const isPeak = observedAt === 0 || ms > this.estimateMs(place.index, place.class, now);
    const kept = Math.exp((observedAt - now) / decayMs);
    this.#peak[at] = isPeak ? ms : (this.#peak[at] ?? 0) * kept + ms * (1 - kept);
    this.#peakAt[at] = now;
  }

  /**
   * What an endpoint's next answer of a class is expected to take, in milliseconds; above zero.
   *
   * Where it was never observed, or not for long, the chain's median answer: so the unknown neither outrank those that
   * have proven fast nor are left out for ever.
   */
  estimateMs(index: number, methodClass: number, now: number): number {
    const at = index * methodClasses.length + methodClass;
    const typical = this.#typical[methodClass] || 1;
    const observedAt = this.#peakAt[at] ?? 0;
    if (observedAt === 0) return typical;
    return typical + ((this.#peak[at] ?? 0) - typical) * Math.exp((observedAt - now) / decayMs);
  }

  /** True once the endpoint was observed in that class. */
  hasObserved(index: number, methodClass: number): boolean {
    return (this.#peakAt[index * methodClasses.length + methodClass] ?? 0) !== 0;
  }

  /** The method's 95th percentile on that endpoint, else that of its class; undefined before 20 answers. */
  p95Ms(index: number, series: number): number | undefined {
    return this.#believed(index, series) ?? this.#believed(index, this.classOf(series));
  }

  #believed(index: number, series: number): number | undefined {
    const at = index * maxSeries + series;
    return (this.#answers[at] ?? 0) >= enoughAnswers ? this.#p95[at] : undefined;
  }

  #count(index: number, series: number, sample: number): void {
    const at = index * maxSeries + series;
    const answers = this.#answers[at] ?? 0;
    if (answers < enoughAnswers) this.#answers[at] = answers + 1;
    this.#p95[at] = nextQuantile(this.#p95[at] ?? 0, sample, 0.95);
  }
}
