import { describe, expect, it } from 'vitest';
import { AnswerFileSchema } from '../../../src/config/answer-file-schema.ts';
import { ChainDocumentSchema } from '../../../src/config/chain-document-schema.ts';

const advice = 'schemas changed; write their files with: npx vitest run test/unit/config/chain-schema-files.test.ts -u';

/** With `-u` this is the generator; without, the proof that it was run. */
describe('the schema files editors read', () => {
  it.each([
    ['chains/schema.json', ChainDocumentSchema],
    ['chains/answers.schema.json', AnswerFileSchema],
  ])('%s says what the code checks', async (file, schema) => {
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    await expect(text, advice).toMatchFileSnapshot(`../../../${file}`);
  });
});
