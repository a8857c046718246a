import type { Sent, SentEnd } from '../world/sim-network.ts';

/** What endpoints answered clients lately, as the wire shows it. */
export interface Answering {
  /** Notes the end of a send. Only a client's call counts, and only an answer that says something of its upstream. */
  note(sent: Sent, end: SentEnd): void;
  /** True where the last such answer before `at` was good and no older than 10 s. */
  answersWell(key: string, at: number): boolean;
  clear(): void;
}

/** For so long a good answer speaks for its upstream. A little less than the contract's 10 s: both ends are read off one clock. */
const freshMs = 9_990;

/** Answers kept per endpoint. */
const kept = 64;

/** Makes an empty record. */
export function createAnswering(): Answering {
  const answers = new Map<string, { readonly at: number; readonly isWell: boolean }[]>();
  return {
    note: ({ key, call, purpose }, { kind, worth, at }) => {
      if (call.number < 0 || purpose === 'probe' || kind === 'cancelled') return;
      if (worth === 'limited' || worth === 'lacking') return;
      const own = answers.get(key) ?? [];
      own.push({ at, isWell: worth !== 'bad' });
      if (own.length > 2 * kept) own.splice(0, kept);
      answers.set(key, own);
    },
    answersWell: (key, at) => {
      const last = answers.get(key)?.findLast((one) => one.at < at);
      return last?.isWell === true && at - last.at < freshMs;
    },
    clear: () => answers.clear(),
  };
}
