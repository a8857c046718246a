import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAdmission } from '../../src/classify/admission.ts';
import { decodeBase58, encodeBase58 } from '../../src/classify/base58.ts';
import { needOf } from '../../src/classify/block-need.ts';
import { classifyCall } from '../../src/classify/classify-call.ts';
import { transactionHash } from '../../src/classify/transaction-hash.ts';
import type { BlockPosition } from '../../src/model/method-policy.ts';
import type { Hash } from '../../src/ports/hash.ts';
import { families } from '../support/answer-files.ts';
import { chainSpecOf, policyOf } from '../support/build-policy.ts';

const position: fc.Arbitrary<BlockPosition> = fc.constantFrom<BlockPosition>(
  { kind: 'none' },
  { kind: 'tip' },
  { kind: 'param', path: ['1'], missing: 'latest' },
  { kind: 'param', path: ['0', 'commitment'], missing: 'finalized' },
  { kind: 'range', from: ['0', 'fromBlock'], to: ['0', 'toBlock'], hash: ['0', 'blockHash'], missing: 'latest' },
  { kind: 'by-hash', path: ['0'] },
);

describe('whatever params a client sends', () => {
  it('its call has a block and a need, whose heights are integers an upstream can reach', () => {
    const params = fc.oneof(fc.json(), fc.string(), fc.constant(undefined));
    fc.assert(
      fc.property(position, params, fc.constantFrom(...families), (block, text, family) => {
        const spec = chainSpecOf({ family, methods: new Map([['m', policyOf({ block })]]) });
        const call = { id: undefined, method: 'm', params: text === undefined ? undefined : Buffer.from(text) };
        const need = needOf(classifyCall(spec, call).block, family);
        if (need.kind !== 'at-least') return;
        expect(Number.isSafeInteger(need.height)).toBe(true);
        expect(need.height).toBeGreaterThanOrEqual(need.oldest ?? 0);
      }),
      { numRuns: 2000 },
    );
  });

  it('a height in them comes out as it went in, in every notation', () => {
    const spec = chainSpecOf({
      methods: new Map([['m', policyOf({ block: { kind: 'param', path: ['0'], missing: 'latest' } })]]),
    });
    const height = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(height, (value) => {
        for (const written of [value, String(value), `0x${value.toString(16)}`]) {
          const params = Buffer.from(JSON.stringify([written]));
          expect(classifyCall(spec, { id: undefined, method: 'm', params }).block).toEqual({
            kind: 'height',
            height: value,
          });
        }
      }),
    );
  });
});

describe('whatever a method is called', () => {
  const spec = chainSpecOf({ methods: new Map([['stop', policyOf({ denied: true })]]), deniedPrefixes: ['admin_'] });
  const gate = createAdmission(spec, { allow: [], deny: [], unknown: 'forward' });

  it('a name that is let through holds visible ASCII and is no denied one in any case', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.mixedCase(fc.constantFrom('stop', 'admin_peers', 'eth_call')),
    );
    fc.assert(
      fc.property(name, (method) => {
        if (gate(method) !== undefined) return;
        expect(method).toMatch(/^[\x21-\x7e]+$/);
        expect(method.toLowerCase()).not.toMatch(/^stop$|^admin_/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('whatever bytes are signed', () => {
  const plain: Pick<Hash, 'keccak256' | 'sha256'> = {
    keccak256: (bytes) => bytes.slice(0, 32),
    sha256: (bytes) => bytes.slice(0, 32),
  };
  const kinds = fc.constantFrom('keccak256-hex', 'solana-signature', 'bitcoin-txid', 'sha256-hex-upper');

  it('their name is told or not, and nothing is thrown', () => {
    const leading = fc.constantFrom([], [3], [3, 0xf9], [1], [2, 0, 0, 0, 0, 1], [5, 0, 0, 0x80]);
    fc.assert(
      fc.property(kinds, leading, fc.uint8Array({ maxLength: 200 }), (kind, start, rest) => {
        const raw = Buffer.from([...start, ...rest]).toString('hex');
        const write = { kind: 'raw', path: ['0'], encoding: 'hex' } as const;
        const call = { params: Buffer.from(JSON.stringify([raw])) };
        const name = transactionHash(kind, { call, policy: { write } }, plain);
        if (name !== undefined) expect(name).toMatch(/^[0-9A-Za-z]+$/);
      }),
      { numRuns: 3000 },
    );
  });

  it('they are the same after base58 and back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(decodeBase58(encodeBase58(bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });
});
