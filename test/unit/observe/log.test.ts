import { expect, test } from 'vitest';
import type { GatewayEvent } from '../../../src/model/events.ts';
import { createLog } from '../../../src/observe/log.ts';

const unclassified = (code: number, shape: string): GatewayEvent => {
  return { kind: 'answer-unclassified', chain: 'testnet', upstream: 'testnet/a/json-rpc', code, shape };
};

function openLog(): { readonly lines: string[]; fold(event: GatewayEvent): void } {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const { fold } = createLog({ level: 'info', redact: (text) => text.replaceAll('hunter2', '***'), destination });
  return { lines, fold };
}

test('an error that no rule knows is told once, however often it comes (F-140)', () => {
  const { lines, fold } = openLog();
  for (let i = 0; i < 1000; i += 1) fold(unclassified(-32099, 'odd'));
  fold(unclassified(-32098, 'odd'));
  expect(lines.map((line) => JSON.parse(line).code)).toEqual([-32099, -32098]);
});

test('clients cannot fill the log with errors of ever new shapes (F-140)', () => {
  const { lines, fold } = openLog();
  for (let i = 0; i < 1000; i += 1) fold(unclassified(-32099, `odd ${i}`));
  expect(lines.length).toBe(256);
});

test('every line goes through the redactor', () => {
  const { lines, fold } = openLog();
  fold(unclassified(-32099, 'your key hunter2 is odd'));
  expect(lines.join('')).toContain('your key *** is odd');
});
