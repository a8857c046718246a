import { describe, expect, it } from 'vitest';
import type { Rules } from '../../../src/audit/assignment-hash.ts';
import { type Convention, type Label, lep6, type Prefix } from '../../../src/audit/convention.ts';
import { plainText } from '../../../src/audit/plain-text.ts';
import { hash } from '../../../src/system/hash.ts';
import { brokenGroups } from './answer-vector.ts';
import type { Group } from './vectors.ts';

function rulesWith(change: Partial<Convention>): Rules {
  return { hash, convention: { ...lep6, ...change } };
}

/** The same word with its last letter changed. */
function misspelt(word: string): string {
  return `${word.slice(0, -1)}~`;
}

it('the convention as it stands breaks nothing', () => {
  expect(brokenGroups(rulesWith({}))).toEqual([]);
});

describe('one label changed by one letter breaks every rule that writes it, and no other', () => {
  const writers: Readonly<Record<Label, readonly Group[]>> = {
    targetRank: ['fullRanking', 'selectTargets'],
    pairRank: ['assign', 'pair'],
    ticketRank: ['ticket'],
    classRoll: ['artifactClass', 'artifactClassDistribution'],
    ordinalRoll: ['artifactOrdinal'],
    rangeOffset: ['offsets'],
    derivationInput: ['derivationInput'],
    transcript: ['transcript'],
  };

  it.each(Object.keys(lep6.labels) as Label[])('%s', (label) => {
    const labels = { ...lep6.labels, [label]: plainText(misspelt(lep6.labels[label])) };
    expect(brokenGroups(rulesWith({ labels }))).toEqual(writers[label]);
  });
});

describe('one word changed by one letter breaks every rule that writes it, and no other', () => {
  it.each(Object.keys(lep6.buckets) as (keyof Convention['buckets'])[])('bucket %s', (bucket) => {
    const buckets = { ...lep6.buckets, [bucket]: plainText(misspelt(bucket)) };
    expect(brokenGroups(rulesWith({ buckets }))).toEqual(['ticket', 'transcript']);
  });

  it.each(Object.keys(lep6.classes) as (keyof Convention['classes'])[])('class %s', (artifactClass) => {
    const classes = { ...lep6.classes, [artifactClass]: plainText(misspelt(artifactClass)) };
    expect(brokenGroups(rulesWith({ classes }))).toEqual([
      'artifactOrdinal',
      'derivationInput',
      'offsets',
      'transcript',
    ]);
  });

  it('the class of a transcript without a ticket', () => {
    expect(brokenGroups(rulesWith({ noClass: plainText('') }))).toEqual(['transcript']);
  });

  const prefixed: Readonly<Record<Prefix, Group>> = {
    epochSeed: 'epochSeed',
    challengeId: 'challengeId',
    negativeAttestation: 'negativeAttestation',
    challengers: 'selectChallengersXor',
    jitter: 'jitterMs',
  };

  it.each(Object.keys(lep6.prefixes) as Prefix[])('prefix %s', (prefix) => {
    const prefixes = { ...lep6.prefixes, [prefix]: misspelt(lep6.prefixes[prefix]) };
    expect(brokenGroups(rulesWith({ prefixes }))).toEqual([prefixed[prefix]]);
  });
});

describe('another separator breaks every rule that joins parts', () => {
  const joined: readonly Group[] = [
    'artifactClass',
    'artifactClassDistribution',
    'artifactOrdinal',
    'assign',
    'assignmentHash',
    'derivationInput',
    'fullRanking',
    'healParticipantIndexFNV1a',
    'healParticipants',
    'offsets',
    'pair',
    'selectTargets',
    'ticket',
    'transcript',
  ];

  it.each([
    ['a byte of 1', [1]],
    ['none', []],
    ['two NULs', [0, 0]],
  ])('%s', (_, bytes) => {
    expect(brokenGroups(rulesWith({ separator: Uint8Array.from(bytes) }))).toEqual(joined);
  });
});

it('ids in the order of UTF-16 units break every rule whose result follows the order of ids', () => {
  const byUnits = (left: string, right: string): number => (left < right ? -1 : Number(left > right));
  expect(brokenGroups(rulesWith({ compareIds: byUnits }))).toEqual(['assign', 'healParticipants', 'transcript']);
});

it('another digest breaks every rule that takes it', () => {
  const swapped = { sha256: hash.blake3, blake3: hash.sha256 };
  const broken = brokenGroups({ hash: swapped, convention: lep6 });
  const unhashed: readonly Group[] = ['bucket', 'healParticipantIndexFNV1a', 'healParticipants'];
  expect(unhashed.filter((group) => broken.includes(group))).toEqual([]);
  expect(broken).toHaveLength(19);
});
