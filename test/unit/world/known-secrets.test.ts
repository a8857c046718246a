import { expect, test } from 'vitest';
import type { Settings } from '../../../src/model/settings.ts';
import { createKnownSecrets } from '../../../src/world/known-secrets.ts';
import { devnetOf, readOverUsual } from '../../support/reloadable-gateway.ts';

function keyed(key: string): Settings {
  const headers = { 'x-key': key };
  const reading = readOverUsual({ chains: { devnet: devnetOf([{ url: 'http://10.0.0.1', headers }]) } });
  if (reading.kind === 'refused') throw new Error(reading.problems.join('\n'));
  return reading.settings;
}

test('F-244: after a rotation the old key and the new one are hidden, in texts and in bytes', () => {
  const secrets = createKnownSecrets(keyed('first-key-a1b2c3'));
  secrets.learn(keyed('other-key-d4e5f6'));
  const said = '{"a":"first-key-a1b2c3","b":"other-key-d4e5f6"}';
  expect(secrets.redactText(said)).toBe('{"a":"***","b":"***"}');
  expect(secrets.redact(Buffer.from(said)).toString()).toBe('{"a":"***","b":"***"}');
});

test('the newest eight are hidden, so that rotations for years do not make every answer dear', () => {
  const secrets = createKnownSecrets(keyed('key-number-0-of-many'));
  for (let turn = 1; turn <= 8; turn += 1) secrets.learn(keyed(`key-number-${turn}-of-many`));
  expect(secrets.redactText('key-number-0-of-many')).toBe('key-number-0-of-many');
  for (let turn = 1; turn <= 8; turn += 1) expect(secrets.redactText(`key-number-${turn}-of-many`)).toBe('***');
});

test('a key that comes back is hidden as long as it is in force', () => {
  const secrets = createKnownSecrets(keyed('key-number-0-of-many'));
  for (let turn = 1; turn <= 7; turn += 1) secrets.learn(keyed(`key-number-${turn}-of-many`));
  secrets.learn(keyed('key-number-0-of-many'));
  secrets.learn(keyed('key-number-8-of-many'));
  expect(secrets.redactText('key-number-0-of-many')).toBe('***');
});
