import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/demo/fault.ts';
import type { Faults } from '../../../src/demo/faults.ts';
import { listenToKeys, stepKeys } from '../../../src/demo/keyboard.ts';

const names = ['alpha', 'bravo', 'charlie'];

class FakeTerminal extends EventEmitter {
  isRaw = false;
  isFlowing = false;

  setRawMode(mode: boolean): void {
    this.isRaw = mode;
  }

  resume(): void {
    this.isFlowing = true;
  }

  pause(): void {
    this.isFlowing = false;
  }

  press(keys: string): void {
    this.emit('data', Buffer.from(keys));
  }
}

function fakeFaults(): Faults & { readonly thrown: readonly [string, Fault][] } {
  const thrown: [string, Fault][] = [];
  const faultOf = (name: string): Fault => thrown.findLast(([each]) => each === name)?.[1] ?? { kind: 'up' };
  return {
    thrown,
    providers: names,
    set: async (name, fault) => {
      if (fault.kind === 'killed') throw new Error('anvil did not start: no luck');
      thrown.push([name, fault]);
    },
    view: () => ({
      height: 7,
      providers: names.map((name) => ({ name, tier: 'primary', url: 'http://127.0.0.1:1/', fault: faultOf(name) })),
    }),
  };
}

describe('a key', () => {
  test('1, 2 and 3 choose the provider that switches are for', () => {
    const chosen = stepKeys({ chosen: 0 }, '3', names);
    expect(chosen).toEqual({ state: { chosen: 2 }, effect: { kind: 'choose', provider: 'charlie' } });
    expect(stepKeys(chosen.state, 'b', names)).toEqual({
      state: { chosen: 2 },
      effect: { kind: 'throw', provider: 'charlie', fault: { kind: 'black-hole' } },
    });
  });

  test.each(['q', '\u0003'])('%j ends the demo', (key) => {
    expect(stepKeys({ chosen: 1 }, key, names)).toEqual({ state: { chosen: 1 }, effect: { kind: 'interrupt' } });
  });

  test.each(['0', '9', 'Q', '\u001b', ' '])('%j does nothing', (key) => {
    expect(stepKeys({ chosen: 1 }, key, names)).toEqual({ state: { chosen: 1 }, effect: { kind: 'none' } });
  });
});

describe('a terminal whose keys are heard', () => {
  test('throws switches, shows what they did, and is given back as it was', async () => {
    const terminal = new FakeTerminal();
    const faults = fakeFaults();
    const printed: string[] = [];
    const printedSo = (count: number): Promise<void> => expect.poll(() => printed.length).toBe(count);
    const stop = listenToKeys(terminal, { faults, print: (text) => printed.push(text), interrupt: () => undefined });
    expect({ raw: terminal.isRaw, flowing: terminal.isFlowing }).toEqual({ raw: true, flowing: true });
    terminal.press('2s');
    await printedSo(2);
    expect(faults.thrown).toEqual([['bravo', { kind: 'slow', delayMs: 3_000 }]]);
    expect(printed.at(-1)).toMatch(/^bravo +primary +slow \(3000 ms\) .*\n$/);
    terminal.press('k');
    await printedSo(3);
    expect(printed.at(-1)).toBe('anvil did not start: no luck\n');
    stop();
    terminal.press('1d');
    expect(faults.thrown).toHaveLength(1);
    expect({ raw: terminal.isRaw, flowing: terminal.isFlowing }).toEqual({ raw: false, flowing: false });
  });

  test('passes Ctrl-C on, for which a raw terminal sends no signal', () => {
    const terminal = new FakeTerminal();
    let interrupts = 0;
    listenToKeys(terminal, { faults: fakeFaults(), print: () => undefined, interrupt: () => void interrupts++ });
    terminal.press('\u0003');
    expect(interrupts).toBe(1);
  });
});
