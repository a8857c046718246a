import type { Cancel } from '../ports/clock.ts';

/** What the calls of one request know of its client. */
export interface ClientPresence {
  /** Takes what must stop when the client goes; at once where it has gone already. */
  onCancel(cancel: Cancel): void;
  /** True once the client was seen to go: what is not begun by then need not be. */
  isGone(): boolean;
}

/** One listener on the client's connection, however many calls its batch holds; none before something has to be stopped. */
export function collectCancels(onClientGone: (cancel: Cancel) => void): ClientPresence {
  const cancels: Cancel[] = [];
  let isListening = false;
  let isGone = false;
  const leave = (): void => {
    isGone = true;
    for (const cancel of cancels.splice(0)) cancel();
  };
  return {
    onCancel(cancel) {
      if (isGone) return cancel();
      cancels.push(cancel);
      if (isListening) return;
      isListening = true;
      onClientGone(leave);
    },
    isGone: () => isGone,
  };
}
