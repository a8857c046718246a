import { type Quorum, quorumText } from '../model/quorum.ts';
import type { ChainSettings } from '../model/settings.ts';

/** The quorums of a chain in the spelling of the file; nothing where there are none. */
export function writtenQuorums({ quorum }: ChainSettings): { readonly quorum?: Readonly<Record<string, string>> } {
  if (quorum === undefined) return {};
  const texts = Object.entries(quorum).map(([method, each]) => [method, quorumText(each)]);
  return { quorum: Object.fromEntries(texts) };
}

/** Says of every quorum whether there are enough groups for it: one line each. */
export function quorumLines({ quorum = {}, endpoints }: ChainSettings): readonly string[] {
  const groups = new Set(endpoints.map(({ group }) => group)).size;
  return Object.entries(quorum).map(([method, each]) => `quorum of ${method}: ${verdictOf(each, groups)}`);
}

function verdictOf(quorum: Quorum, groups: number): string {
  const text = quorumText(quorum);
  const there = groups === 1 ? 'there is 1 group' : `there are ${groups} groups`;
  if (groups < quorum.agree) return `${text}, but ${there}: WARNING, every call of it is refused`;
  return groups < quorum.of ? `${text}, and ${there}: ${askedWords(groups)}` : `${text}, of ${groups} groups`;
}

function askedWords(groups: number): string {
  if (groups === 1) return 'it is asked';
  return groups === 2 ? 'both are asked' : 'all are asked';
}
