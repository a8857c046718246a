import { providerText } from './control-text.ts';
import type { Fault } from './fault.ts';
import type { Faults } from './faults.ts';
import { faultOf, switches } from './switches.ts';

/** Which provider the next switch is for: its position among all. */
export interface KeyState {
  readonly chosen: number;
}

/** What a key asks for. */
export type KeyEffect =
  | { readonly kind: 'choose'; readonly provider: string }
  | { readonly kind: 'throw'; readonly provider: string; readonly fault: Fault }
  | { readonly kind: 'interrupt' }
  | { readonly kind: 'none' };

const ctrlC = '\u0003';

/** Reads one key: `1`, `2`, `3` choose a provider, a letter throws a switch, `q` and Ctrl-C end the demo. Never throws. */
export function stepKeys(
  state: KeyState,
  key: string,
  providers: readonly string[],
): { readonly state: KeyState; readonly effect: KeyEffect } {
  const asked = providers[Number(key) - 1];
  if (asked !== undefined) return { state: { chosen: Number(key) - 1 }, effect: { kind: 'choose', provider: asked } };
  if (key === ctrlC || key === 'q') return { state, effect: { kind: 'interrupt' } };
  const thrown = switches.find((candidate) => candidate.key === key);
  const provider = providers[state.chosen];
  if (thrown === undefined || provider === undefined) return { state, effect: { kind: 'none' } };
  return { state, effect: { kind: 'throw', provider, fault: faultOf(thrown) } };
}

/** A terminal's input; a stream that is no terminal has no raw mode. */
export interface KeyInput {
  setRawMode(mode: boolean): unknown;
  on(event: 'data', hear: (bytes: Buffer) => void): unknown;
  off(event: 'data', hear: (bytes: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

/** Who hears the keys, and where what they did is told. */
export interface KeyParts {
  readonly faults: Faults;
  print(text: string): void;
  /** Ends the process as Ctrl-C would: in raw mode the terminal sends no signal. */
  interrupt(): void;
}

/** Listens to the keys of a terminal until the function it returns is called, which gives the terminal back as it was. */
export function listenToKeys(input: KeyInput, { faults, print, interrupt }: KeyParts): () => void {
  let state: KeyState = { chosen: 0 };
  const act = async (effect: KeyEffect): Promise<void> => {
    if (effect.kind === 'interrupt') return interrupt();
    if (effect.kind === 'none') return;
    if (effect.kind === 'throw') await faults.set(effect.provider, effect.fault);
    const { height, providers } = faults.view();
    const provider = providers.find(({ name }) => name === effect.provider);
    if (provider !== undefined) print(`${providerText(provider, height)}\n`);
  };
  const hear = (bytes: Buffer): void => {
    for (const key of bytes.toString()) {
      const step = stepKeys(state, key, faults.providers);
      state = step.state;
      act(step.effect).catch((error) => print(`${error instanceof Error ? error.message : 'the switch failed'}\n`));
    }
  };
  input.setRawMode(true);
  input.on('data', hear);
  input.resume();
  return () => {
    input.off('data', hear);
    input.setRawMode(false);
    input.pause();
  };
}
