import { describe, expect, it } from 'vitest';
import { createAdmission, type MethodRules } from '../../../src/classify/admission.ts';
import { chainSpecOf, policyOf } from '../../support/build-policy.ts';

const spec = chainSpecOf({
  methods: new Map([
    ['eth_call', policyOf({ name: 'eth_call' })],
    ['stop', policyOf({ name: 'stop', denied: true })],
    ['admin_peers', policyOf({ name: 'admin_peers', denied: true })],
    ['rpc.discover', policyOf({ name: 'rpc.discover' })],
  ]),
  deniedPrefixes: ['admin_', 'debug_set'],
});

function faultOf(method: string, rules: Partial<MethodRules> = {}): string | undefined {
  return createAdmission(spec, { allow: [], deny: [], unknown: 'forward', ...rules })(method)?.fault;
}

describe('a method', () => {
  it('of the spec may be called, and one it does not know is forwarded (F-084)', () => {
    expect(faultOf('eth_call')).toBeUndefined();
    expect(faultOf('eth_brandNew')).toBeUndefined();
    expect(faultOf('vendor.method-1/x')).toBeUndefined();
  });

  it('that is not known is not found where the config rejects such', () => {
    expect(faultOf('eth_brandNew', { unknown: 'reject' })).toBe('METHOD_NOT_FOUND');
    expect(faultOf('eth_call', { unknown: 'reject' })).toBeUndefined();
  });

  it.each(['stop', 'admin_peers', 'admin_anything', 'debug_setHead'])(
    'that controls a node is forbidden: %s (F-085)',
    (method) => {
      expect(faultOf(method)).toBe('METHOD_FORBIDDEN');
    },
  );

  it.each([
    'Stop',
    'ADMIN_peers',
    ' stop',
    'stop ',
    'st op',
    'admin_\u200bpeers',
    '\uff53top',
    'аdmin_peers',
    'stop\n',
    'debug_SETHead',
    '\u0000stop',
  ])('is forbidden in disguise too: %j (F-085)', (method) => {
    expect(faultOf(method)).toBe('METHOD_FORBIDDEN');
  });

  it('is opened one by one by the config, in the very spelling', () => {
    const allow = ['admin_peers', 'debug_setHead'];
    expect(faultOf('admin_peers', { allow })).toBeUndefined();
    expect(faultOf('debug_setHead', { allow })).toBeUndefined();
    expect(faultOf('Admin_peers', { allow })).toBe('METHOD_FORBIDDEN');
    expect(faultOf('admin_addPeer', { allow })).toBe('METHOD_FORBIDDEN');
  });

  it('is closed by the config, in disguise too, and that stands above opening it', () => {
    expect(faultOf('eth_call', { deny: ['eth_call'] })).toBe('METHOD_FORBIDDEN');
    expect(faultOf('ETH_call', { deny: ['eth_call'] })).toBe('METHOD_FORBIDDEN');
    expect(faultOf('eth_call', { deny: ['eth_call'], allow: ['eth_call'] })).toBe('METHOD_FORBIDDEN');
  });

  it('with a reserved name is not found, unless the spec or the config names it (F-083)', () => {
    expect(faultOf('rpc.list')).toBe('METHOD_NOT_FOUND');
    expect(faultOf('rpc.discover')).toBeUndefined();
    expect(faultOf('rpc.list', { allow: ['rpc.list'] })).toBeUndefined();
  });

  it('with an endless name is forbidden, not looked at (F-091)', () => {
    expect(faultOf('a'.repeat(100_000))).toBe('METHOD_FORBIDDEN');
  });
});

it('no message repeats what the client wrote', () => {
  const gate = createAdmission(spec, { allow: [], deny: [], unknown: 'reject' });
  for (const method of ['<script>', 'admin_x', 'rpc.x', 'nobody_knows'])
    expect(gate(method)?.message).not.toContain(method);
});
