import { beforeAll, describe, expect, it } from 'vitest';
import { type ChainDocuments, problemText } from '../../../src/model/chain-document.ts';
import type { ChainSpec } from '../../../src/model/chain-spec.ts';
import { listChains, resolveChainName } from '../../../src/spec/chain-names.ts';
import { compileChain } from '../../../src/spec/compile-chain.ts';
import { packagedDocuments } from '../../support/chain-documents.ts';
import { type ChainFacts, chainFacts } from '../../support/chain-facts.ts';

/** What tells a chain from others is not known of every network; one that cannot be told is not served. */
const told = chainFacts.filter(({ identity }) => identity !== '');

/** Their finalized header takes two questions, and a document asks one: they take a depth. */
const finalInTwoQuestions = ['polkadot-asset-hub', 'westend-asset-hub'];

/** Families whose identity is one fact of one kind; elsewhere an interface may answer it in a form of its own. */
const plainFamilies = ['evm', 'cosmos', 'solana', 'utxo'];

let all: ChainDocuments;
beforeAll(async () => {
  all = await packagedDocuments();
});

describe('the chains that ship', () => {
  it('are at least 150, and each is a network of the table', () => {
    const known = new Set(told.map(({ name }) => nameOf(name)));
    expect(known.size).toBeGreaterThanOrEqual(150);
    expect(
      listChains(all)
        .map(({ name }) => name)
        .filter((name) => !known.has(name)),
    ).toEqual([]);
  });

  it('leave out every network that nobody can tell from others', () => {
    const untold = chainFacts.filter(({ identity }) => identity === '').map(({ name }) => name);
    expect(untold).not.toEqual([]);
    expect(untold.filter((name) => nameOf(name) !== undefined)).toEqual([]);
  });

  it('are verified only on a day, and none of them was yet', () => {
    expect(listChains(all).filter(({ state }) => state !== 'experimental')).toEqual([]);
  });
});

describe.each(told.map((facts) => [facts.name, facts] as const))('the document of %s', (name, facts) => {
  it('says what is known of it', () => {
    const spec = specOf(name);
    expect(spec).toMatchObject({ family: facts.family, ...facts.numbers });
    expect([...spec.interfaces].sort()).toEqual([...facts.interfaces].sort());
    expect(spec.blockTimeKnown || facts.numbers.blockTimeMs === undefined).toBe(true);
    if (facts.finality !== '') expect(finalityOf(spec)).toBe(expectedFinality(facts));
  });

  it('looks for the identity its nodes answer', () => {
    const spec = specOf(name);
    if (plainFamilies.includes(facts.family)) {
      expect(spec.identity[0]?.all[0]?.expect).toBe(facts.identity);
      return;
    }
    const others = [...(spec.perInterface?.values() ?? [])].flatMap(({ identity }) => identity);
    const expected = [...spec.identity, ...others].flatMap((check) => check.all.map(({ expect: value }) => value));
    expect([spec.chainId, ...expected]).toContain(facts.identity);
  });
});

function nameOf(name: string): string | undefined {
  const resolved = resolveChainName(all, name);
  return resolved.kind === 'found' ? resolved.name : undefined;
}

function specOf(name: string): ChainSpec {
  const outcome = compileChain(all, nameOf(name) ?? name);
  if (outcome.kind === 'compiled') return outcome.value;
  throw new Error(outcome.problems.map(problemText).join('\n'));
}

function finalityOf({ finality }: ChainSpec): string {
  return finality.kind === 'depth' ? `depth:${finality.depth}` : finality.kind;
}

function expectedFinality({ name, finality, numbers }: ChainFacts): string {
  if (finalInTwoQuestions.includes(name)) return `depth:${numbers.safeDepth}`;
  return /^(tag|commitment):/.test(finality) ? 'read' : finality;
}
