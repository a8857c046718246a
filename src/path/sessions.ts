import type { SeenHeight, SessionHeights } from '../ports/session-heights.ts';
import { createRecents } from './recents.ts';
import type { Trip } from './trip.ts';

/** Sessions remembered of one chain; the least recently used are forgotten first. */
const mostSessions = 10_000;

/** A session a call belongs to, and what it is promised. */
export interface Session {
  readonly name: string;
  /** `strict`: rather no answer than one from below what it saw. */
  readonly promise: 'lenient' | 'strict';
}

/**
 * The session whose heights a call must not fall below; undefined where nothing is promised.
 *
 * Whoever names a session is promised so much, unless it asks for `tip` alone. Where the chain's configuration says `session`, everybody
 * is: whoever names none is known by key or address, which may be shared by several. Then they see what the first of them saw.
 */
export function sessionOf({ steering, lane, party }: Trip): Session | undefined {
  const { session, consistency } = steering;
  if (consistency === 'tip') return undefined;
  if (session !== undefined)
    return { name: namedSession(session), promise: consistency === 'strict' ? 'strict' : 'lenient' };
  if (lane.settings.consistency !== 'session' || party === undefined) return undefined;
  return { name: party, promise: 'lenient' };
}

/**
 * Whose call it is, as far as can be told: by its session's name, else by key or address. Undefined where nobody tells clients apart.
 */
export function callerOf({ steering, party }: Trip): string | undefined {
  return steering.session === undefined ? party : namedSession(steering.session);
}

/** No chain's name and no key's begins like this, so that nobody can call a session after another client. */
function namedSession(name: string): string {
  return `=${name}`;
}

/** Creates the memory of what the sessions of one chain were shown, in this process alone. */
export function createSessionHeights(): SessionHeights {
  const sessions = createRecents<SeenHeight>(mostSessions);
  return {
    seen: (session) => sessions.get(session),
    note(session, shown) {
      const before = sessions.get(session);
      if (before === undefined || shown.height >= before.height) sessions.set(session, shown);
    },
  };
}
