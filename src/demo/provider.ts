import type { Tier } from '../model/names.ts';
import { answerRequest, type Ways } from './answer-request.ts';
import { type Fault, listens } from './fault.ts';
import type { Follower } from './follower.ts';
import type { Gate } from './gate.ts';
import type { Mirror } from './mirror.ts';
import { ProviderDoor } from './provider-door.ts';
import type { Anvil } from './spawn-anvil.ts';
import { refuseExchange, type Treatment, treatAnswer } from './treatment.ts';
import type { WireAnswer } from './wire-answer.ts';
import { readRequest } from './wire-request.ts';

const up: Fault = { kind: 'up' };

/** A call may compute for long, but not for ever. */
const callWithinMs = 60_000;

/** What a provider is made of. */
export interface ProviderParts {
  readonly name: string;
  readonly tier: Tier;
  readonly mirror: Mirror;
  startAnvil(): Promise<Anvil>;
}

/** One provider as an operator of the devnet sees it. */
export interface ProviderView {
  readonly name: string;
  readonly tier: Tier;
  readonly url: string;
  readonly fault: Fault;
  /** Its anvil, while it runs. */
  readonly anvil?: { readonly pid: number; readonly height: number };
  /** Why its anvil ended, where nobody asked for that. */
  readonly trouble?: string;
}

/** A provider of the devnet: a door that a fault stands in, and behind it an anvil that follows the common chain. */
export class Provider {
  readonly #parts: ProviderParts;
  readonly #door = new ProviderDoor((body) => this.#exchange(body));
  readonly #ways: Ways;
  #fault: Fault = up;
  #follower: Follower | undefined;
  #trouble: string | undefined;
  /** Switches are thrown one after the other. */
  #throwing: Promise<void> = Promise.resolve();

  constructor(parts: ProviderParts) {
    const { mirror } = parts;
    this.#parts = parts;
    this.#ways = {
      own: (body) => this.#askOwn(body),
      all: (body) => mirror.send(body, this.#follower),
      inTurn: (run) => mirror.inTurn(run),
    };
  }

  view(): ProviderView {
    const { name, tier } = this.#parts;
    const follower = this.#follower;
    return {
      name,
      tier,
      url: this.#door.url,
      fault: this.#fault,
      ...(follower === undefined ? {} : { anvil: { pid: follower.anvil.pid, height: follower.height } }),
      ...(this.#trouble === undefined ? {} : { trouble: this.#trouble }),
    };
  }

  /** Puts a fault in place of the one before. Resolves once it has effect; rejects where its anvil does not start. */
  set(fault: Fault): Promise<void> {
    const thrown = this.#throwing.then(() => this.#throw(fault));
    this.#throwing = thrown.catch(() => undefined);
    return thrown;
  }

  /** Shuts the door and ends the anvil. */
  async close(): Promise<void> {
    await this.#throwing;
    await this.#door.shut();
    const follower = this.#follower;
    this.#follower = undefined;
    await follower?.anvil.stop();
  }

  async #throw(fault: Fault): Promise<void> {
    this.#fault = fault;
    this.#trouble = undefined;
    this.#door.dropSilent();
    if (!listens(fault)) await this.#door.shut();
    if (fault.kind === 'killed') return this.#killAnvil();
    if (this.#follower?.isAdrift) await this.#killAnvil();
    if (this.#follower === undefined) await this.#join();
    const followed = this.#follower?.follow(gateOf(fault));
    if (!listens(fault)) return;
    // Behind a gate that was closed there may be much to catch up with, and the anvil may be lost over it.
    await followed;
    if (this.#fault === fault) await this.#door.open();
  }

  async #join(): Promise<void> {
    try {
      const follower = await this.#parts.mirror.join(await this.#parts.startAnvil());
      this.#follower = follower;
      void follower.ended.then((reason) => this.#lose(follower, reason));
    } catch (error) {
      this.#fault = { kind: 'killed' };
      throw error;
    }
  }

  async #killAnvil(): Promise<void> {
    const follower = this.#follower;
    this.#follower = undefined;
    await follower?.anvil.kill();
  }

  /** A provider whose anvil ended by itself is as dead as one that was switched so. */
  #lose(follower: Follower, reason: string): void {
    if (this.#follower !== follower) return;
    this.#follower = undefined;
    this.#fault = { kind: 'killed' };
    this.#trouble = reason;
    this.#throwing = this.#throwing.then(() => this.#door.shut());
  }

  async #exchange(body: Buffer): Promise<Treatment> {
    const request = readRequest(body);
    const refused = refuseExchange(this.#fault, request);
    if (refused !== undefined) return refused;
    const answer = await answerRequest(request, body, this.#ways);
    return treatAnswer(this.#fault, request, answer);
  }

  async #askOwn(body: Buffer): Promise<WireAnswer> {
    if (this.#follower === undefined) throw new Error('there is no anvil');
    return this.#follower.anvil.post(body, callWithinMs);
  }
}

function gateOf(fault: Fault): Gate {
  switch (fault.kind) {
    case 'lagging':
      return { kind: 'behind', blocks: fault.blocks };
    case 'stuck':
      return { kind: 'standing' };
    default:
      return { kind: 'tip' };
  }
}
