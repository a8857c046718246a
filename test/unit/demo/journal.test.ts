import { beforeEach, describe, expect, test } from 'vitest';
import { mayFollow } from '../../../src/demo/gate.ts';
import { Journal } from '../../../src/demo/journal.ts';

let journal: Journal;

beforeEach(() => {
  journal = new Journal({ usualSteps: 4, mostSteps: 8, usualBytes: 100 });
});

function mine(...transactions: readonly string[]): number {
  const position = journal.tellMine(1_700_000_000 + journal.height);
  journal.note(position, { kind: 'mined', hash: `block ${position}`, transactions });
  return position;
}

function send(hash: string | undefined): number {
  const position = journal.tellSend(Buffer.from(`send ${hash}`));
  journal.note(position, { kind: 'sent', hash });
  return position;
}

describe('the journal', () => {
  test('gives every step a position and every block a height', () => {
    expect([send('a'), mine(), mine()]).toEqual([0, 1, 2]);
    expect({ height: journal.height, end: journal.end }).toEqual({ height: 2, end: 3 });
    expect(journal.stepAt(2)).toEqual({ kind: 'mine', height: 2, timestamp: 1_700_000_001 });
    expect(journal.stepAt(0)).toEqual({ kind: 'send', body: Buffer.from('send a') });
    expect(journal.stepAt(3)).toBe(undefined);
    expect([journal.reaches(0), journal.reaches(3), journal.reaches(4)]).toEqual([true, true, false]);
  });

  test('wants an origin after so many steps, and none right after it got one', () => {
    for (let block = 0; block < 3; block++) mine();
    expect(journal.wantsOrigin).toBe(false);
    mine();
    expect(journal.wantsOrigin).toBe(true);
    journal.moveOrigin(4, 4, 'state');
    expect(journal.wantsOrigin).toBe(false);
    expect(journal.origin).toEqual({ position: 4, height: 4, state: 'state', waiting: [] });
  });

  test('keeps as many steps before an origin as those that lag may need, and no more', () => {
    for (let block = 0; block < 7; block++) mine();
    journal.moveOrigin(6, 6, 'state');
    expect([journal.reaches(1), journal.reaches(2), journal.stepAt(6)?.kind]).toEqual([false, true, 'mine']);
  });

  test('is full at its bound, until there is a new origin', () => {
    for (let block = 0; block < 8; block++) mine();
    expect(journal.isFull).toBe(true);
    journal.moveOrigin(8, 8, 'state');
    expect(journal.isFull).toBe(false);
    expect(mine()).toBe(8);
    expect(journal.height).toBe(9);
  });

  test('wants an origin when transactions are large, and does not keep them for those that lag', () => {
    journal.tellSend(Buffer.alloc(120));
    expect(journal.wantsOrigin).toBe(true);
    journal.moveOrigin(1, 0, 'state');
    expect([journal.wantsOrigin, journal.reaches(0), journal.reaches(1)]).toEqual([false, false, true]);
  });

  test('an origin holds the transactions that wait for a block: neither those mined, nor those refused, nor later ones', () => {
    send('mined');
    send('waits');
    send(undefined);
    mine('mined');
    send('later');
    journal.moveOrigin(4, 1, 'state');
    expect(journal.origin.waiting).toEqual([{ hash: 'waits', body: Buffer.from('send waits') }]);
    expect(journal.stepAt(4)).toEqual({ kind: 'send', body: Buffer.from('send later') });
  });

  test('what waited at the last origin waits at the next, until it is mined', () => {
    send('first');
    send('second');
    journal.moveOrigin(2, 0, 'one');
    mine('first');
    journal.moveOrigin(3, 1, 'two');
    expect(journal.origin.waiting.map(({ hash }) => hash)).toEqual(['second']);
  });

  test('believes what most anvils say of a block', () => {
    const position = journal.tellMine(1_700_000_000);
    const say = (hash: string, ...transactions: readonly string[]): void =>
      journal.note(position, { kind: 'mined', hash, transactions });
    say('odd');
    expect(journal.isOutvoted(position, 'odd')).toBe(false);
    say('right', 'a');
    expect([journal.isOutvoted(position, 'odd'), journal.isOutvoted(position, 'right')]).toEqual([false, false]);
    say('right', 'a');
    expect([journal.isOutvoted(position, 'odd'), journal.isOutvoted(position, 'right')]).toEqual([true, false]);
    expect(journal.isOutvoted(99, 'anything')).toBe(false);
  });
});

describe('the gate of an anvil', () => {
  test.each([
    [{ kind: 'tip' }, 10, 10, true],
    [{ kind: 'standing' }, 3, 10, false],
    [{ kind: 'behind', blocks: 4 }, 5, 10, true],
    [{ kind: 'behind', blocks: 4 }, 6, 10, false],
    [{ kind: 'behind', blocks: 20 }, 0, 10, false],
  ] as const)('%j at height %i of %i lets it follow: %s', (gate, height, tip, may) => {
    expect(mayFollow(gate, height, tip)).toBe(may);
  });
});
