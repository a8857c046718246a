import { expect, it } from 'vitest';
import { hash } from '../../../src/system/hash.ts';
import { random } from '../../../src/system/random.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

it('keccak256 is the one of Ethereum', () => {
  expect(hex(hash.keccak256(new Uint8Array()))).toBe(
    'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470',
  );
});

it('sha256 is the one of FIPS 180-4', () => {
  expect(hex(hash.sha256(Buffer.from('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

it('blake3 is the unkeyed one with 32 bytes of output', () => {
  expect(hex(hash.blake3(new Uint8Array()))).toBe('af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262');
});

it('chance lies in [0, 1)', () => {
  for (let i = 0; i < 1_000; i++) {
    const value = random();
    expect(value >= 0 && value < 1).toBe(true);
  }
});
