import type { ChainView } from '../../src/model/chain-view.ts';
import type { GatewayEvent } from '../../src/model/events.ts';
import type { UpstreamKey } from '../../src/model/names.ts';
import type { Pairing } from '../../src/model/pairing.ts';
import type { Visit } from './world/client.ts';
import type { SimCall } from './world/sim-call.ts';
import type { Sent, SentEnd } from './world/sim-network.ts';
import type { ChainPlan, SimPlan } from './world/sim-plan.ts';
import type { SimUrl } from './world/sim-url.ts';

/** One call of a client, from its arrival to its answer. */
export interface CallRecord {
  readonly call: SimCall;
  readonly chain: string;
  readonly startedAt: number;
  readonly style: 'single' | 'batch' | 'notification';
  /** Steering: the provider it prefers, the one it rules out, the time it allows. */
  readonly prefer: string | undefined;
  readonly exclude: string | undefined;
  readonly timeoutMs: number | undefined;
  /** Sends to upstreams for this call, in order. */
  readonly sends: Sent[];
  /** The snapshot a first send would be chosen from now; undefined before it was taken in. */
  snapshot(): Pairing | undefined;
  /** The snapshot the first of them was chosen from; until then that of its arrival. */
  pairing: Pairing | undefined;
  reply: CallReply | undefined;
}

/** What a client got. `left`: it went away before. `lost`: the process was killed under it. */
export type CallReply = { readonly at: number } & (
  | { readonly kind: 'result'; readonly result: unknown; readonly height: number | undefined }
  | { readonly kind: 'error'; readonly code: number; readonly message: string }
  | { readonly kind: 'fault'; readonly fault: string; readonly words: string }
  | { readonly kind: 'left' | 'lost' }
);

/** One chain of a world as those who watch over its promises may look at it. */
export interface Scene {
  readonly plan: ScenePlan;
  now(): number;
  phase(): 'trouble' | 'recovery' | 'rest' | 'well' | 'over';
  pairing(): Pairing;
  view(): ChainView;
  url(key: UpstreamKey): SimUrl;
  calls(): ReadonlyMap<number, CallRecord>;
  /** Client sends on their way to an upstream. */
  inFlight(key: UpstreamKey): number;
  /** Chains and endpoints of the whole process. */
  chains(): number;
  endpoints(): number;
  /** Timers the process has armed. */
  armed(): number;
  /** Says that the promise is broken: the run ends. */
  complain(detail: string): void;
}

/** What was drawn for a chain, and what befalls its whole world. */
export type ScenePlan = ChainPlan & Omit<SimPlan, 'chains'>;

/** Watches over one promise on one chain. What is not there is not looked at. */
export interface Watch {
  sent?(sent: Sent): void;
  ended?(sent: Sent, end: SentEnd): void;
  event?(event: GatewayEvent): void;
  /** What a request was answered, as its client reads it: call by call, by the numbers in the answer. */
  answered?(visit: Visit, replies: readonly (readonly [number, CallReply])[]): void;
  settled?(record: CallRecord): void;
  /** Once a second. */
  looked?(view: ChainView): void;
  /** A new process stands, made from what the old one stored. */
  booted?(): void;
  /** Another configuration is in force: upstreams may have gone, come, or changed their tier. */
  reloaded?(): void;
  /** No call is under way any more; the process still runs. */
  calm?(): void;
  /** The process closed its doors and its control plane. */
  closed?(): void;
}

/** A promise: in words, and who watches over it in one world. */
export interface Vow {
  readonly words: string;
  watch(scene: Scene): Watch;
}
