import { describe, expect, test } from 'vitest';
import { type Flight, Flights } from '../../../src/cache/flights.ts';
import type { Moment } from '../../../src/cache/moment.ts';

const now: Moment = { turn: 1, shown: 100, floor: 0 };

function begin(flights: Flights<string>, key = 'read', began: Moment | 'fixed' = now): Flight<string> {
  const flight = flights.begin(key, began);
  if (flight === undefined) throw new Error('no flight was begun');
  return flight;
}

describe('a read under way', () => {
  test('is found by whoever asks the same at the same moment, and by nobody else', () => {
    const flights = new Flights<string>();
    const flight = begin(flights);
    expect(flights.find('read', { ...now })).toBe(flight);
    expect(flights.find('other', now)).toBeUndefined();
  });

  test.each([
    ['a write or a new block', { ...now, turn: 2 }],
    ['a newer height was shown', { ...now, shown: 101 }],
    ['the session saw more', { ...now, floor: 101 }],
  ])('is not joined after %s', (_, later) => {
    const flights = new Flights<string>();
    begin(flights);
    expect(flights.find('read', later)).toBeUndefined();
  });

  test('is joined whatever happened meanwhile where its block is final', () => {
    const flights = new Flights<string>();
    const flight = begin(flights, 'read', 'fixed');
    expect(flights.find('read', { turn: 9, shown: 900, floor: 3 })).toBe(flight);
  });

  test('tells all its followers what came of it, once, in the order in which they came', () => {
    const flights = new Flights<string>();
    const flight = begin(flights);
    const heard: string[] = [];
    flight.join((outcome) => heard.push(`a ${outcome}`));
    flight.join((outcome) => heard.push(`b ${outcome}`));
    flight.land('landed');
    flight.land('again');
    expect(heard).toEqual(['a landed', 'b landed']);
    expect(flights.find('read', now)).toBeUndefined();
    expect(flights.size).toBe(0);
  });

  test('lets a follower who begins it anew lead those who hear of it later', () => {
    const flights = new Flights<string>();
    const flight = begin(flights);
    const seen: (Flight<string> | undefined)[] = [];
    flight.join(() => void begin(flights));
    flight.join(() => void seen.push(flights.find('read', now)));
    flight.land('failed');
    expect(seen[0]).toBeDefined();
    expect(seen[0]).not.toBe(flight);
  });

  test('leaves the place to the one that was begun after it', () => {
    const flights = new Flights<string>();
    const older = begin(flights);
    const newer = begin(flights, 'read', { ...now, turn: 2 });
    older.land('late');
    expect(flights.find('read', { ...now, turn: 2 })).toBe(newer);
  });

  test('is refused where too many are under way', () => {
    const flights = new Flights<string>();
    for (let at = 0; at < 4096; at += 1) begin(flights, `read ${at}`);
    expect(flights.begin('one more', now)).toBeUndefined();
    expect(flights.size).toBe(4096);
  });
});

describe('a read whose clients go away', () => {
  test('goes on while a follower waits, and is given up when the last one leaves (F-188)', () => {
    const flights = new Flights<string>();
    const flight = begin(flights);
    let cancelled = 0;
    flight.onCancel(() => {
      cancelled += 1;
    });
    const leave = flight.join(() => undefined);
    flight.leaderLeft();
    expect(cancelled).toBe(0);
    leave();
    expect(cancelled).toBe(1);
    expect(flights.size).toBe(0);
  });

  test('goes on for its leader when all followers leave', () => {
    const flights = new Flights<string>();
    const flight = begin(flights);
    let cancelled = 0;
    flight.onCancel(() => {
      cancelled += 1;
    });
    flight.join(() => undefined)();
    expect(cancelled).toBe(0);
    expect(flight.followers).toBe(0);
  });

  test('stops everything that runs for it, also what is begun afterwards', () => {
    const flights = new Flights<string>();
    const flight = begin(flights);
    const stopped: string[] = [];
    flight.onCancel(() => stopped.push('first'));
    flight.onCancel(() => stopped.push('second'));
    flight.leaderLeft();
    flight.onCancel(() => stopped.push('late'));
    expect(stopped).toEqual(['first', 'second', 'late']);
  });

  test('tells a follower that left nothing', () => {
    const flights = new Flights<string>();
    const flight = begin(flights);
    const heard: string[] = [];
    flight.join((outcome) => heard.push(outcome))();
    flight.land('landed');
    expect(heard).toEqual([]);
  });

  test('is stopped by nobody once it has landed', () => {
    const flights = new Flights<string>();
    const flight = begin(flights);
    let cancelled = 0;
    flight.onCancel(() => {
      cancelled += 1;
    });
    flight.land('landed');
    flight.leaderLeft();
    expect(cancelled).toBe(0);
  });
});
