import { describe, expect, it } from 'vitest';
import { lep6 } from '../../../src/audit/convention.ts';
import { hash } from '../../../src/system/hash.ts';
import { answerFile } from './answer-vector.ts';
import { vectorFiles } from './vectors.ts';

const rules = { hash, convention: lep6 };

describe.each(vectorFiles)('the vectors of $name', (file) => {
  it.each(answerFile(file, rules).map((entry) => ({ ...entry, text: JSON.stringify(entry.vector).slice(0, 150) })))(
    '$group: $text',
    ({ vector, answered }) => {
      expect(answered).toEqual(vector);
    },
  );
});

it('all vectors are answered: 164 of the rules and 94 of our own', () => {
  expect(vectorFiles.map((file) => answerFile(file, rules).length)).toEqual([164, 94]);
});
