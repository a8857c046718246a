// biome-ignore-all lint/suspicious/noTemplateCurlyInString: such texts are what is tested.
import { describe, expect, test } from 'vitest';
import { expandVariables } from '../../../src/config/expand-variables.ts';

const env = { KEY: 'k1', EMPTY: '', NESTED: 'a${KEY}b', DOLLAR: '$' };

function expanded(text: string): string {
  const expansion = expandVariables(text, env);
  return expansion.kind === 'expanded' ? expansion.text : `refused: ${expansion.why}`;
}

describe('variables', () => {
  test.each([
    ['plain text stays as it is', 'https://eth.example/v2', 'https://eth.example/v2'],
    ['a variable is filled in', 'https://eth.example/v2/${KEY}', 'https://eth.example/v2/k1'],
    ['several are', '${KEY}-${KEY}', 'k1-k1'],
    ['a default serves for an unset variable', '${NOPE:-other}', 'other'],
    ['a default serves for an empty variable', '${EMPTY:-other}', 'other'],
    ['a default may be empty', 'a${NOPE:-}b', 'ab'],
    ['a default may hold colons and dashes', '${NOPE:-http://h:1/-:-x}', 'http://h:1/-:-x'],
    ['a default gives way to a value', '${KEY:-other}', 'k1'],
    ['$${ stands for the characters', '$${KEY} ${KEY}', '${KEY} k1'],
    ['what was filled in is not looked through again', '${NESTED}', 'a${KEY}b'],
    ['a filled-in dollar escapes nothing', '${DOLLAR}{KEY}', '${KEY}'],
    ['a lone dollar is a dollar', 'a$b$', 'a$b$'],
  ])('%s', (_, text, result) => {
    expect(expanded(text)).toBe(result);
  });

  test('F-241: a missing variable is named, with what to do', () => {
    expect(expanded('x${NOPE}')).toBe(
      'refused: needs the environment variable NOPE, which is not set (set it, or write ${NOPE:-default})',
    );
  });

  test('an empty variable without default is refused, since a URL would silently lose its key', () => {
    expect(expanded('${EMPTY}')).toContain('EMPTY, which is empty');
  });

  test.each(['${', '${KEY', 'a${b c}', '${1A}', '${}', '${a-b}', '${:-x}'])('%s is refused', (text) => {
    expect(expanded(text)).toMatch(/^refused: has a \$\{/);
  });

  test('members every object has are no variables', () => {
    expect(expanded('${constructor:-none}')).toBe('none');
    expect(expanded('${toString}')).toContain('is not set');
  });

  test('F-241: no value of the environment is in a refusal', () => {
    const secret = { KEY: 'SECRET-241' };
    const expansion = expandVariables('${KEY} ${NOPE}', secret);
    expect(expansion).toMatchObject({ kind: 'refused' });
    expect(JSON.stringify(expansion)).not.toContain('SECRET-241');
  });
});
