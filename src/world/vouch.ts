import { judgeIdentity, questionKey } from '../health/identity.ts';
import type { ChainSpec } from '../model/chain-spec.ts';
import type { UpstreamKey } from '../model/names.ts';
import type { Ask, Reply } from '../ports/ask.ts';

/** An upstream that is to be given another URL: `ask` reaches the new one. */
export interface Moved {
  readonly key: UpstreamKey;
  readonly spec: ChainSpec;
  readonly ask: Ask;
}

const questionMs = 2000;

/**
 * Finds out which upstreams' new URLs are of their chain, before any call is sent there: a rotated key then costs nothing, and a URL
 * of another chain is asked nothing. One that does not answer is not vouched for. Never rejects; takes a few seconds at the most.
 */
export async function vouchFor(moved: readonly Moved[]): Promise<ReadonlySet<UpstreamKey>> {
  const found = await Promise.all(moved.map(async (one) => ((await isOfChain(one)) ? one.key : undefined)));
  return new Set(found.filter((key) => key !== undefined));
}

async function isOfChain({ key, spec, ask }: Moved): Promise<boolean> {
  const known = new Map<string, Reply>();
  for (;;) {
    const finding = judgeIdentity(spec.identity, known);
    if (finding.kind !== 'ask') return finding.kind === 'confirmed';
    const { method, params } = finding.question;
    const reply = await ask({
      upstream: key,
      method,
      params,
      timeoutMs: questionMs,
      purpose: 'probe',
      connection: 'pooled',
    });
    known.set(questionKey(finding.question), reply);
  }
}
