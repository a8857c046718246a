import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Fault } from '../../../src/demo/fault.ts';
import type { ProviderView } from '../../../src/demo/provider.ts';
import { type Devnet, startDevnet } from '../../../src/demo/start-devnet.ts';

/** A devnet for all tests of a file; every provider works at the beginning of each. */
export function openDevnet(): { readonly devnet: () => Devnet } {
  let devnet: Devnet | undefined;
  const running = (): Devnet => {
    if (devnet === undefined) throw new Error('the devnet is not there yet');
    return devnet;
  };
  beforeAll(async () => {
    devnet = await startDevnet({ blockTimeMs: 40 });
  });
  beforeEach(() => setAll(running(), { kind: 'up' }));
  afterAll(() => devnet?.close());
  return { devnet: running };
}

export async function setAll(devnet: Devnet, fault: Fault): Promise<void> {
  await Promise.all(devnet.faults.providers.map((name) => devnet.faults.set(name, fault)));
}

export function viewOf(devnet: Devnet, name: string): ProviderView {
  const view = devnet.faults.view().providers.find((provider) => provider.name === name);
  if (view === undefined) throw new Error(`no provider ${name}`);
  return view;
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Posts a body to a provider's door. */
export async function post(devnet: Devnet, name: string, body: string, signal?: AbortSignal): Promise<Answered> {
  const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
  const response = await fetch(viewOf(devnet, name).url, signal === undefined ? init : { ...init, signal });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The result of one call at a provider's door. */
export async function ask<Result>(devnet: Devnet, name: string, call: Call): Promise<Result> {
  const { text } = await post(devnet, name, callText(call));
  const answer: { readonly result?: Result; readonly error?: { readonly message: string } } = JSON.parse(text);
  if (answer.result === undefined) throw new Error(answer.error?.message ?? 'no result');
  return answer.result;
}

export interface Call {
  readonly method: string;
  readonly params?: readonly unknown[];
}

export function callText({ method, params = [] }: Call): string {
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
}

export interface Block {
  readonly number: string;
  readonly hash: string;
  readonly timestamp: string;
  readonly transactions: readonly string[];
}

export async function blockAt(devnet: Devnet, name: string, height: number): Promise<Block | null> {
  const [block = null] = await blocksAt(devnet, name, [height]);
  return block;
}

/** Blocks of one provider, in one batch. */
export async function blocksAt(
  devnet: Devnet,
  name: string,
  heights: readonly number[],
): Promise<readonly (Block | null)[]> {
  const params = (height: number): unknown => [`0x${height.toString(16)}`, false];
  const calls = heights.map((height, id) => ({
    jsonrpc: '2.0',
    id,
    method: 'eth_getBlockByNumber',
    params: params(height),
  }));
  const answers: readonly { readonly id: number; readonly result: Block | null }[] = JSON.parse(
    (await post(devnet, name, JSON.stringify(calls))).text,
  );
  return answers.toSorted((left, right) => left.id - right.id).map(({ result }) => result);
}

export async function heightOf(devnet: Devnet, name: string): Promise<number> {
  return Number(await ask<string>(devnet, name, { method: 'eth_blockNumber' }));
}
