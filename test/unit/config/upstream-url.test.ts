import { describe, expect, test } from 'vitest';
import { placeOfHost } from '../../../src/config/host-place.ts';
import { readUpstreamUrl } from '../../../src/config/upstream-url.ts';

function why(text: string): string {
  const reading = readUpstreamUrl(text);
  return reading.kind === 'refused' ? reading.why : 'read';
}

describe('URLs of upstreams', () => {
  test('a URL is normalised, and says whose host it is', () => {
    expect(readUpstreamUrl('HTTPS://Rpc.Eth.Example/v2/KEY?x=1')).toEqual({
      kind: 'read',
      url: {
        href: 'https://rpc.eth.example/v2/KEY?x=1',
        transport: 'http',
        host: 'rpc.eth.example',
        place: { kind: 'public', domain: 'eth.example', label: 'eth.example' },
      },
    });
  });

  test.each([
    ['https://h.example', 'http'],
    ['http://h.example', 'http'],
    ['wss://h.example', 'ws'],
    ['ws://h.example', 'ws'],
  ])('%s goes over %s', (text, transport) => {
    expect(readUpstreamUrl(text)).toMatchObject({ url: { transport } });
  });

  test('F-134: user info leaves the URL and becomes a header', () => {
    const reading = readUpstreamUrl('https://us%40er:p%3Aass@h.example/x');
    expect(reading).toMatchObject({
      url: {
        href: 'https://h.example/x',
        authorization: `Basic ${Buffer.from('us@er:p:ass').toString('base64')}`,
      },
    });
  });

  test('user info that cannot be decoded is refused', () => {
    expect(why('https://a%:b@h.example')).toContain('cannot be decoded');
  });

  test.each([
    ['F-120: file:', 'file:///etc/passwd', 'a scheme that is not served'],
    ['F-120: gopher:', 'gopher://h.example', 'a scheme that is not served'],
    ['F-120: unix:', 'unix:/var/run/x.sock', 'is no URL'],
    ['grpc, which this version does not serve', 'grpcs://h.example', 'a scheme that is not served'],
    ['a host without scheme', 'eth.example/v2/KEY', 'is no URL'],
    ['host and port without scheme', 'localhost:8545', 'is no URL'],
    ['no host', 'https://', 'is no valid URL'],
    ['a port out of range', 'https://h.example:99999', 'is no valid URL'],
    ['a space', 'https://h.example/a b', 'a space or a line break'],
    ['a line break', 'https://h.example/a\n', 'a space or a line break'],
    ['a control character', 'https://h.example/\u0000', 'a space or a line break'],
    ['a fragment', 'https://h.example/#KEY', 'has a #fragment'],
    ['an endless URL', `https://h.example/${'a'.repeat(5_000)}`, 'is longer than'],
  ])('%s is refused', (_, text, said) => {
    expect(why(text)).toContain(said);
  });

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::169.254.169.254]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://100.100.100.200/',
    'http://0.0.0.0:8545/',
    'http://[::]:8545/',
    'http://255.255.255.255/',
    'http://239.1.2.3/',
    'http://metadata.google.internal/',
    'http://metadata/',
    'http://METADATA.google.internal./',
  ])('F-120: %s is refused, however it is spelled', (text) => {
    expect(why(text)).toContain('link-local, metadata or unspecified');
  });

  test('F-131: no refusal repeats any part of the text', () => {
    const texts = [
      'SECRET-131',
      'https://SECRET-131 x.example',
      'https://SECRET-131.example:99999/SECRET-131',
      'gopher://SECRET-131.example/SECRET-131?SECRET-131',
      'https://h.example/SECRET-131#SECRET-131',
      'https://SECRET-131:%@h.example',
      'http://169.254.1.1/SECRET-131',
    ];
    expect(texts.map(why).join('\n')).not.toMatch(/SECRET-131/i);
    expect(texts.map(why)).not.toContain('read');
  });
});

describe('places of hosts', () => {
  test.each([
    '10.0.0.5',
    '172.16.3.4',
    '192.168.1.1',
    '127.0.0.1',
    '100.64.0.1',
    '[::1]',
    '[fd12::3]',
    '[::ffff:10.0.0.1]',
  ])('%s is our own', (host) => {
    expect(placeOfHost(host).kind).toBe('own');
  });

  test.each([
    ['localhost', 'localhost'],
    ['geth', 'geth'],
    ['eth_1', 'eth_1'],
    ['geth.default.svc.cluster.local', 'geth'],
    ['erigon.lan', 'erigon'],
    ['10.0.0.5', '10.0.0.5'],
    ['[::1]', 'ipv6-1'],
  ])('%s is our own, labelled %s', (host, label) => {
    expect(placeOfHost(host)).toEqual({ kind: 'own', label });
  });

  test.each([
    ['a.b.eth.example', 'eth.example'],
    ['a.b.co.uk', 'b.co.uk'],
    ['co.uk', 'co.uk'],
    ['eth.example.', 'eth.example'],
    ['KEY.github.io'.toLowerCase(), 'github.io'],
    ['8.8.8.8', '8.8.8.8'],
    ['[2001:db8::1]', 'ipv6-2001-db8-1'],
  ])('%s is of %s', (host, domain) => {
    expect(placeOfHost(host)).toEqual({ kind: 'public', domain, label: domain });
  });
});
