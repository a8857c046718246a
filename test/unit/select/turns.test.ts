import { describe, expect, test } from 'vitest';
import { type Party, Turns } from '../../../src/select/turns.ts';

/** A place for each of these parties' calls, in order; fails where one has to wait. */
function fill(turns: Turns<string>, ...names: readonly string[]): void {
  for (const name of names) if (turns.enter(name) === undefined) throw new Error(`${name} found no place`);
}

function giveBack(turns: Turns<string>, place: Party<string> | undefined): void {
  if (place !== undefined) turns.leave(place);
}

/** Who is called, one after another, as places come free one by one. */
function callAll(turns: Turns<string>, now: number): readonly string[] {
  const called: string[] = [];
  for (let next = turns.next(now); next !== undefined; next = turns.next(now)) {
    called.push(next.caller);
    turns.leave(next.party);
  }
  return called;
}

describe('places', () => {
  test('are taken at once while there are any', () => {
    const turns = new Turns<string>(() => 2);
    expect([turns.enter('a'), turns.enter('b'), turns.enter('c')].map((party) => party?.name)).toEqual([
      'a',
      'b',
      undefined,
    ]);
    expect(turns.busy).toBe(2);
  });

  test('are never all held by one party, where there are more than eight', () => {
    const turns = new Turns<string>(() => 90);
    let held = 0;
    while (turns.enter('flood') !== undefined) held += 1;
    expect(held).toBe(80);
    expect(turns.enter('quiet')?.name).toBe('quiet');
  });

  test('that become more are there for the next to come', () => {
    let places = 1;
    const turns = new Turns<string>(() => places);
    fill(turns, 'a');
    expect(turns.enter('a')).toBeUndefined();
    places = 2;
    expect(turns.enter('a')?.name).toBe('a');
  });

  test('that become fewer are given to nobody until enough are free', () => {
    let places = 2;
    const turns = new Turns<string>(() => places);
    const one = turns.enter('a');
    const two = turns.enter('b');
    turns.wait('c', 'c1', 0);
    places = 1;
    giveBack(turns, one);
    expect(turns.next(0)).toBeUndefined();
    giveBack(turns, two);
    expect(turns.next(0)?.caller).toBe('c1');
  });
});

describe('the queue', () => {
  /** One place, held, and a queue of this length at most. */
  function crowded(places: number): {
    readonly turns: Turns<string>;
    readonly held: ReturnType<Turns<string>['enter']>;
  } {
    const turns = new Turns<string>(() => places);
    const held = turns.enter('holder');
    for (let taken = 1; taken < places; taken += 1) fill(turns, `holder ${taken}`);
    return { turns, held };
  }

  test('calls one of each party in turn, and each party in its order', () => {
    const { turns, held } = crowded(6);
    for (const call of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) turns.wait(call.slice(0, 1), call, 0);
    giveBack(turns, held);
    expect(callAll(turns, 0)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
    expect(turns.waiting).toBe(0);
  });

  test('is no longer than there are places', () => {
    const { turns } = crowded(2);
    const queued = ['1', '2', '3'].map((call) => turns.wait('flood', call, 0).kind);
    expect(queued).toEqual(['waits', 'waits', 'refused']);
  });

  test('when full, lets a party in that has nobody waiting, at the cost of the longest line', () => {
    const { turns, held } = crowded(3);
    for (const call of ['f1', 'f2', 'f3']) turns.wait('flood', call, 0);
    const queued = turns.wait('quiet', 'q1', 0);
    expect(queued).toMatchObject({ kind: 'waits', displaced: { caller: 'f1' } });
    expect(turns.wait('quiet', 'q2', 0).kind).toBe('refused');
    giveBack(turns, held);
    expect(callAll(turns, 0)).toEqual(['f2', 'q1', 'f3']);
  });

  test('when full of parties with one call each, refuses whoever comes', () => {
    const { turns } = crowded(2);
    turns.wait('a', 'a1', 0);
    turns.wait('b', 'b1', 0);
    expect(turns.wait('c', 'c1', 0).kind).toBe('refused');
  });

  test('knows on arrival who would be refused (F-248)', () => {
    const { turns } = crowded(2);
    expect(turns.refuses('flood', 0)).toBe(false);
    turns.wait('flood', 'f1', 0);
    turns.wait('flood', 'f2', 0);
    expect([turns.refuses('flood', 0), turns.refuses('quiet', 0)]).toEqual([true, false]);
  });

  test('once it stands, holds of each party no more than its share of what was called in a tenth of a second (F-248)', () => {
    const { turns, held } = crowded(100);
    for (let call = 0; call < 50; call += 1) turns.wait('flood', `f${call}`, 1000);
    let place = held;
    for (let called = 0; called < 4; called += 1) {
      giveBack(turns, place);
      place = turns.next(1150)?.party;
    }
    expect({ waiting: turns.waiting, flood: turns.refuses('flood', 1150) }).toEqual({ waiting: 46, flood: true });
    expect(turns.wait('quiet', 'q1', 1150).kind).toBe('waits');
    expect(turns.refuses('quiet', 1150)).toBe(false);
    turns.wait('quiet', 'q2', 1150);
    expect(turns.refuses('quiet', 1150)).toBe(true);
  });

  test('takes a burst whole: what is over within a tenth of a second does not stand', () => {
    const { turns } = crowded(100);
    for (let call = 0; call < 100; call += 1) {
      expect(turns.wait('burst', `b${call}`, 1000 + call).kind).toBe('waits');
    }
  });

  test('forgets whoever waits no more, once', () => {
    const { turns, held } = crowded(2);
    const queued = turns.wait('a', 'a1', 0);
    if (queued.kind !== 'waits') throw new Error('refused');
    expect([turns.withdraw(queued.waiting), turns.withdraw(queued.waiting)]).toEqual([true, false]);
    giveBack(turns, held);
    expect(turns.next(0)).toBeUndefined();
  });
});
