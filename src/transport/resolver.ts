import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import type { Cancel, Clock } from '../ports/clock.ts';
import { DialError } from './failure.ts';

type Answer = (error: Error | null, addresses: readonly LookupAddress[]) => void;

/** What `net.connect` hands us: all addresses at once, or the first with its family. */
type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/** The platform's resolver, as far as we use it. With an error it hands over no list, whatever its types say. */
export type SystemLookup = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: Error | null, addresses: LookupAddress[] | undefined) => void,
) => void;

/** Addresses this young are used without asking. */
const freshMs = 30_000;

/** Addresses this young are used when the resolver fails: a broken resolver takes no upstream down. */
const graceMs = 3_600_000;

/** How long a resolver may think while we know an address that worked. */
const patienceMs = 500;

/**
 * Resolves the one host of an endpoint and remembers its last good addresses. One question at a time, however many
 * connections wait for it: the platform resolves on a few threads that everybody shares.
 */
export class Resolver {
  readonly #clock: Clock;
  readonly #system: SystemLookup;
  #addresses: readonly LookupAddress[] = [];
  #resolvedAt = Number.NEGATIVE_INFINITY;
  #trusted = false;
  #waiting: Set<Answer> | undefined;

  constructor(clock: Clock, system: SystemLookup = systemLookup) {
    this.#clock = clock;
    this.#system = system;
  }

  /** For the `lookup` option of `net.connect` and `tls.connect`. */
  readonly lookup = (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    this.#resolve(hostname, options, (error, addresses) => {
      const [first] = addresses;
      // The platform's own error would carry the name.
      if (error !== null || first === undefined) callback(new DialError('dns'), []);
      else if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };

  /** No connection came about: the next one asks again. What is known stays known for as long as the resolver fails. */
  distrust(): void {
    this.#trusted = false;
  }

  #resolve(hostname: string, options: LookupOptions, answer: Answer): void {
    const age = this.#clock.now() - this.#resolvedAt;
    if (this.#trusted && age < freshMs) return process.nextTick(answer, null, this.#addresses);
    const settle = age < graceMs ? this.#unlessSlow(answer) : answer;
    if (this.#waiting !== undefined) {
      this.#waiting.add(settle);
      return;
    }
    const waiting = new Set([settle]);
    this.#waiting = waiting;
    this.#system(hostname, { ...options, all: true }, (error, addresses = []) => {
      this.#waiting = undefined;
      this.#learn(error, addresses);
      for (const waits of waiting) waits(error, addresses);
    });
  }

  #learn(error: Error | null, addresses: readonly LookupAddress[]): void {
    if (error !== null || addresses.length === 0) return;
    this.#addresses = addresses;
    this.#resolvedAt = this.#clock.now();
    this.#trusted = true;
  }

  /** Answers with what is known when the resolver fails, says nothing, or takes too long. */
  #unlessSlow(answer: Answer): Answer {
    const known = this.#addresses;
    let settled = false;
    let cancel: Cancel | undefined;
    const settle: Answer = (error, addresses) => {
      if (settled) return;
      settled = true;
      cancel?.();
      if (error === null && addresses.length > 0) answer(null, addresses);
      else answer(null, known);
    };
    cancel = this.#clock.after(patienceMs, () => settle(null, known));
    return settle;
  }
}
