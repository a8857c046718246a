import { describe, expect, test } from 'vitest';
import { type NoPlace, type Place, Turnstile } from '../../../src/path/turnstile.ts';
import { createVirtualClock, type VirtualClock } from '../../support/virtual-clock.ts';

interface Scene {
  readonly clock: VirtualClock;
  readonly turnstile: Turnstile;
  /** Puts a call into the queue; what comes of it is noted under its name. */
  queue(name: string, timeoutMs?: number): { goAway(): void };
  readonly ends: Record<string, Place | NoPlace>;
}

/** A turnstile of so many places, of which each is taken by a party of its own. */
function startScene(places: number): Scene & { readonly held: readonly Place[] } {
  const clock = createVirtualClock();
  const turnstile = new Turnstile({ clock, places: () => places });
  const held = Array.from({ length: places }, (_, i) => turnstile.enter(`holder ${i}`)).filter(
    (place) => place !== undefined,
  );
  const ends: Record<string, Place | NoPlace> = {};
  return {
    clock,
    turnstile,
    held,
    ends,
    queue(name, timeoutMs = 30_000) {
      const cancels: (() => void)[] = [];
      const party = name.split(' ')[0] ?? name;
      const onCancel = (cancel: () => void): void => void cancels.push(cancel);
      turnstile.wait({ party, timeoutMs, onCancel }).then((end) => {
        ends[name] = end;
      });
      return {
        goAway: () => {
          for (const cancel of cancels) cancel();
        },
      };
    },
  };
}

function giveBack({ turnstile }: Scene, place: Place | undefined): void {
  if (place !== undefined) turnstile.leave(place);
}

describe('a call that finds no place', () => {
  test('has the next one that comes free', async () => {
    const scene = startScene(1);
    scene.queue('a 1');
    await scene.clock.advanceAsync(500);
    expect(scene.ends).toEqual({});
    giveBack(scene, scene.held[0]);
    await scene.clock.advanceAsync(0);
    expect(scene.ends['a 1']).toMatchObject({ name: 'a', busy: 1 });
    expect({ waiting: scene.turnstile.waiting, timers: scene.clock.pending() }).toEqual({ waiting: 0, timers: 0 });
  });

  test('waits a second, and is shed', async () => {
    const scene = startScene(1);
    scene.queue('a 1');
    await scene.clock.advanceAsync(999);
    expect(scene.ends).toEqual({});
    await scene.clock.advanceAsync(1);
    expect(scene.ends).toEqual({ 'a 1': 'shed' });
  });

  test('waits no longer than its own time', async () => {
    const scene = startScene(1);
    scene.queue('a 1', 200);
    await scene.clock.advanceAsync(200);
    expect(scene.ends).toEqual({ 'a 1': 'shed' });
  });

  test('is shed at once where the queue is full', async () => {
    const scene = startScene(1);
    scene.queue('a 1');
    expect([scene.turnstile.isShut('a'), scene.turnstile.isShut('b')]).toEqual([true, true]);
    scene.queue('a 2');
    await scene.clock.advanceAsync(0);
    expect(scene.ends).toEqual({ 'a 2': 'shed' });
  });

  test('gives way to a client that has nobody waiting, and knows it at once', async () => {
    const scene = startScene(2);
    scene.queue('a 1');
    scene.queue('a 2');
    scene.queue('b 1');
    await scene.clock.advanceAsync(0);
    expect(scene.ends).toEqual({ 'a 1': 'shed' });
  });

  test('takes no place once its client has gone (F-249)', async () => {
    const scene = startScene(1);
    const { goAway } = scene.queue('a 1');
    goAway();
    giveBack(scene, scene.held[0]);
    await scene.clock.advanceAsync(2000);
    expect(scene.ends).toEqual({ 'a 1': 'gone' });
    expect({ timers: scene.clock.pending(), next: scene.turnstile.enter('b')?.name }).toEqual({ timers: 0, next: 'b' });
  });

  test('keeps the place it was given, though its client goes right after', async () => {
    const scene = startScene(1);
    const { goAway } = scene.queue('a 1');
    giveBack(scene, scene.held[0]);
    goAway();
    await scene.clock.advanceAsync(0);
    expect(scene.ends['a 1']).toMatchObject({ name: 'a' });
  });
});
