import { describe, expect, test } from 'vitest';
import { commandNames, helpText } from '../../../src/config/command-help.ts';
import { type Command, parseCommandLine } from '../../../src/config/command-line.ts';

function parsed(line: string): Command {
  return parseCommandLine(line.split(' ').filter((word) => word !== ''));
}

const start = { kind: 'start', config: undefined, urls: [], doors: {}, fallback: 'none' };

describe('the command line', () => {
  test.each([
    ['start', start],
    ['start --demo', { ...start, fallback: 'demo' }],
    ['start --config a.yaml', { ...start, config: 'a.yaml' }],
    ['start -c a.yaml', { ...start, config: 'a.yaml' }],
    ['start --config=a.yaml --demo', { ...start, config: 'a.yaml', fallback: 'demo' }],
    ['start https://a.example wss://a.example', { ...start, urls: ['https://a.example', 'wss://a.example'] }],
    [
      'start --host 0.0.0.0 --port 80 --admin-host ::1 --admin-port 0',
      { ...start, doors: { host: '0.0.0.0', port: 80, adminHost: '::1', adminPort: 0 } },
    ],
    ['--port 8080 start', { ...start, doors: { port: 8_080 } }],
    ['check a.yaml', { kind: 'check', file: 'a.yaml' }],
    ['check', { kind: 'check', file: undefined }],
    ['health a.yaml', { kind: 'health', file: 'a.yaml' }],
    ['chains', { kind: 'chains' }],
    ['demo --port 1', { kind: 'demo', doors: { port: 1 } }],
    ['--help', { kind: 'help', topic: undefined }],
    ['-h', { kind: 'help', topic: undefined }],
    ['help', { kind: 'help', topic: undefined }],
    ['help check', { kind: 'help', topic: 'check' }],
    ['check --help', { kind: 'help', topic: 'check' }],
    ['start --port nonsense --help', { kind: 'help', topic: 'start' }],
    ['--version', { kind: 'version' }],
    ['-v', { kind: 'version' }],
    ['demo --version', { kind: 'version' }],
  ])('%s', (line, command) => {
    expect(parsed(line)).toEqual(command);
  });

  test.each([
    ['', 'says no command (`switchyard --help` lists them)'],
    ['strat', 'strat is no command (did you mean start?)'],
    ['https://a.example', 'a URL is no command (say `switchyard start URL`)'],
    ['start a.yaml', 'start takes URLs such as https://eth.example (a file is given as --config FILE)'],
    ['start --config a.yaml https://a.example', 'start takes a file or URLs, not both (leave one out)'],
    ['start --conifg a.yaml', 'start has no option --conifg (did you mean --config?)'],
    ['start --xyzzy', 'start has no option --xyzzy (`switchyard start --help` lists its options)'],
    ['start --config', '--config needs a value'],
    ['start --config --demo', '--config needs a value'],
    ['start --config=', '--config needs a value'],
    ['start --demo=yes', '--demo takes no value'],
    ['start --port 1 --port 2', '--port is given twice (leave one out)'],
    ['start --port 70000', '--port must be a port from 0 to 65535'],
    ['start --port 80a', '--port must be a port from 0 to 65535'],
    ['demo --admin-port x', '--admin-port must be a port from 0 to 65535'],
    ['start --host http://x', '--host must be an address or a host name such as 127.0.0.1, 0.0.0.0 or ::'],
    ['check a.yaml b.yaml', 'check takes one file'],
    ['check https://a.example', 'check takes one file'],
    ['check --port 1', 'check has no option --port (`switchyard check --help` lists its options)'],
    ['chains a', 'chains takes no arguments'],
    ['demo a', 'demo takes no arguments'],
  ])('misused: %s', (line, message) => {
    expect(parsed(line)).toEqual({ kind: 'misused', message });
  });

  test('F-130: a misuse repeats nothing that may hold a key', () => {
    const lines = [
      'https://h.example/SECRET-key-0123456789',
      'start SECRET-key-0123456789',
      'start --SECRET-key-0123456789',
      'start --config a https://h.example/SECRET-key-0123456789',
      'check https://h.example/SECRET-key-0123456789',
      'SECRETkey0123456789',
      'start --port SECRET-key-0123456789',
      'start --host https://SECRET-key-0123456789',
    ];
    expect(lines.map((line) => parsed(line).kind)).toEqual(lines.map(() => 'misused'));
    expect(JSON.stringify(lines.map(parsed))).not.toContain('SECRET');
  });
});

describe('the help', () => {
  test('of the whole names every command and the exit codes', () => {
    for (const name of commandNames) expect(helpText(undefined)).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
    expect(helpText(undefined)).toContain(
      'Exit codes: 0 done, 1 failed while running, 2 wrong usage or configuration.',
    );
  });

  test.each(commandNames)('of %s shows options the command takes', (name) => {
    const options = [...helpText(name).matchAll(/^ {2}(?:-\w, | {4})--([\w-]+)( \w+)?/gm)];
    expect(options.map((match) => match[1])).toContain('help');
    for (const [, option = '', value] of options) {
      if (option === 'help' || option === 'version') continue;
      expect(parsed(`${name} --${option}${value === undefined ? '' : ' 1'}`).kind).toBe(name);
    }
  });
});
