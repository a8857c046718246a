import type { TransportFailure } from '../../src/model/answer.ts';
import type { Verdict } from '../../src/model/verdict.ts';
import type { Ask, Question, Reply } from '../../src/ports/ask.ts';
import type { Clock } from '../../src/ports/clock.ts';

/** What a script answers: a value, a failure, or never anything at all. `afterMs` is 0 unless said otherwise. */
export type ScriptedReply =
  | { readonly value: unknown; readonly afterMs?: number }
  | {
      readonly verdict: Verdict;
      readonly failure?: TransportFailure;
      readonly detail?: string;
      readonly afterMs?: number;
    }
  | 'never';

/** One question that was asked, and when. */
export interface AskedQuestion extends Question {
  readonly at: number;
}

/** An Ask that follows a script, and what was asked of it. */
export interface ScriptedAsk {
  readonly ask: Ask;
  readonly asked: AskedQuestion[];
  /** Questions not answered yet, by upstream. */
  readonly open: ReadonlyMap<string, number>;
}

/** Makes an Ask that answers by `script`, on the test's clock. Each failure comes over a connection of its own. */
export function createScriptedAsk(clock: Clock, script: (question: Question) => ScriptedReply): ScriptedAsk {
  const asked: AskedQuestion[] = [];
  const open = new Map<string, number>();
  let connection = 0;

  function ask(question: Question): Promise<Reply> {
    const sentAt = clock.now();
    asked.push({ ...question, at: sentAt });
    const said = script(question);
    open.set(question.upstream, (open.get(question.upstream) ?? 0) + 1);
    return new Promise((resolve) => {
      if (said === 'never') return;
      clock.after(said.afterMs ?? 0, () => {
        open.set(question.upstream, (open.get(question.upstream) ?? 1) - 1);
        connection += 1;
        resolve(replyOf(said, { sentAt, at: clock.now(), connection }));
      });
    });
  }

  return { ask, asked, open };
}

interface Stamp {
  readonly sentAt: number;
  readonly at: number;
  readonly connection: number;
}

function replyOf(said: Exclude<ScriptedReply, 'never'>, { sentAt, at, connection }: Stamp): Reply {
  if ('value' in said) return { kind: 'result', value: said.value, sentAt, at };
  const failure = said.failure === undefined ? {} : { failure: said.failure };
  const detail = said.detail ?? said.verdict.meaning;
  return { kind: 'failed', verdict: said.verdict, detail, connection, sentAt, at, ...failure };
}
