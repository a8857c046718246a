import { hexToBytes, keccak256, parseGwei, serializeTransaction, sha256, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { encodeBase58 } from '../../../src/classify/base58.ts';
import { acceptedResult, type HashKind, transactionHash } from '../../../src/classify/transaction-hash.ts';
import type { WriteMode } from '../../../src/model/method-policy.ts';
import type { Hash } from '../../../src/ports/hash.ts';

const hash: Pick<Hash, 'keccak256' | 'sha256'> = {
  keccak256: (bytes) => hexToBytes(keccak256(bytes)),
  sha256: (bytes) => hexToBytes(sha256(bytes)),
};

type RawWrite = Extract<WriteMode, { kind: 'raw' }>;

function nameOf(kind: HashKind, params: unknown, write: Partial<RawWrite> = {}): string | undefined {
  const raw: RawWrite = { kind: 'raw', path: ['0'], encoding: 'hex', ...write };
  return transactionHash(kind, { call: { params: Buffer.from(JSON.stringify(params)) }, policy: { write: raw } }, hash);
}

describe('the hash of an evm transaction', () => {
  const account = privateKeyToAccount(`0x${'11'.repeat(32)}`);
  const fees = { maxFeePerGas: parseGwei('2'), maxPriorityFeePerGas: parseGwei('1'), gas: 21_000n };
  const common = { chainId: 1, nonce: 3, to: `0x${'22'.repeat(20)}`, value: 1n } as const;

  it.each([
    ['legacy', { ...common, type: 'legacy', gasPrice: 5n, gas: 21_000n }],
    ['EIP-2930', { ...common, type: 'eip2930', gasPrice: 5n, gas: 21_000n, accessList: [] }],
    ['EIP-1559', { ...common, type: 'eip1559', ...fees }],
  ] as const)('of type %s is that of its bytes', async (_, transaction) => {
    const signed = await account.signTransaction(transaction);
    expect(nameOf('keccak256-hex', [signed])).toBe(keccak256(signed));
    expect(nameOf('keccak256-hex', [signed.toUpperCase().replace('0X', '0x')])).toBe(keccak256(signed));
  });

  it('with blobs leaves the sidecar out (EIP-4844)', () => {
    const blob = {
      ...common,
      ...fees,
      type: 'eip4844',
      maxFeePerBlobGas: 7n,
      blobVersionedHashes: [`0x01${'33'.repeat(31)}`],
    } as const;
    const signature = { r: `0x${'44'.repeat(32)}`, s: `0x${'55'.repeat(32)}`, yParity: 1 } as const;
    const sidecars = [
      { blob: toHex(new Uint8Array(131_072)), commitment: toHex(new Uint8Array(48)), proof: toHex(new Uint8Array(48)) },
    ];
    const bare = serializeTransaction(blob, signature);
    const wrapped = serializeTransaction({ ...blob, sidecars }, signature);
    expect(wrapped.length).toBeGreaterThan(bare.length + 262_144);
    expect(nameOf('keccak256-hex', [wrapped])).toBe(keccak256(bare));
    expect(nameOf('keccak256-hex', [bare])).toBe(keccak256(bare));
  });

  it.each([
    ['nothing', []],
    ['no text', [5]],
    ['no hex', ['0xzz']],
    ['half a byte', ['0xc']],
    ['an empty text', ['0x']],
    ['no transaction', ['0x8001']],
    ['a blob transaction cut off', ['0x03f90100']],
    ['a zkSync transaction, whose hash is made another way', ['0x71f801']],
  ])('is not told for %s', (_, params) => {
    expect(nameOf('keccak256-hex', params)).toBeUndefined();
  });
});

describe('the id of a bitcoin transaction', () => {
  /** The one transaction of the first block. */
  const first =
    '01000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000';
  const version = '02000000';
  const inputs = `01${'aa'.repeat(32)}0000000000fdffffff`;
  const outputs = `02e80300000000000016${`0014${'bb'.repeat(20)}`}d00700000000000003${'515253'}`;
  const witness = `0247${'cc'.repeat(71)}21${'dd'.repeat(33)}`;
  const lockTime = '11000000';

  it('of an old transaction is that of all its bytes', () => {
    expect(nameOf('bitcoin-txid', [first])).toBe('4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b');
  });

  it('of a SegWit transaction leaves the witnesses out (BIP 141)', () => {
    const stripped = version + inputs + outputs + lockTime;
    const whole = `${version}0001${inputs}${outputs}${witness}${lockTime}`;
    expect(nameOf('bitcoin-txid', [whole])).toBe(nameOf('bitcoin-txid', [stripped]));
    expect(nameOf('bitcoin-txid', [stripped])).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['too few bytes', '0200000001'],
    ['outputs that run out', `${version}0001${inputs}05`],
    ['an input count no transaction has', `${version}0001ff${'00'.repeat(20)}`],
    ['an MWEB transaction', `${version}0008${inputs}${outputs}${lockTime}`],
    ['a Zcash transaction of version 5', `05000080${'00'.repeat(20)}`],
  ])('is not told for %s', (_, raw) => {
    expect(nameOf('bitcoin-txid', [raw])).toBeUndefined();
  });
});

describe('the name of a solana transaction', () => {
  const signature = Buffer.alloc(64, 7);
  const wire = Buffer.concat([Buffer.from([1]), signature, Buffer.from('message')]);
  const written = encodeBase58(signature);
  const write: Partial<RawWrite> = { encoding: 'base58', encodingPath: ['1', 'encoding'] };

  it('is its first signature, however the bytes were written (F-150)', () => {
    expect(nameOf('solana-signature', [encodeBase58(wire)], write)).toBe(written);
    expect(nameOf('solana-signature', [wire.toString('base64'), { encoding: 'base64' }], write)).toBe(written);
    expect(nameOf('solana-signature', [encodeBase58(wire), { encoding: 'base58' }], write)).toBe(written);
  });

  it.each([
    ['no signature', Buffer.from([0, 1, 2])],
    ['a signature cut off', wire.subarray(0, 40)],
    ['more signatures than a packet holds', Buffer.concat([Buffer.from([20]), Buffer.alloc(2000)])],
  ])('is not told for %s', (_, bytes) => {
    expect(nameOf('solana-signature', [bytes.toString('base64'), { encoding: 'base64' }], write)).toBeUndefined();
  });

  it('is not told where the text is not in the encoding it claims, nor for a text without end', () => {
    expect(nameOf('solana-signature', ['0OIl'], write)).toBeUndefined();
    expect(nameOf('solana-signature', ['a'.repeat(5000)], write)).toBeUndefined();
    expect(nameOf('solana-signature', ['AQ*=', { encoding: 'base64' }], write)).toBeUndefined();
  });
});

it('the name of a cosmos transaction is the SHA-256 of its bytes, by name or by position (F-152)', () => {
  const bytes = Buffer.from('tx');
  const write: Partial<RawWrite> = { path: ['tx'], encoding: 'base64' };
  const name = Buffer.from(hash.sha256(bytes)).toString('hex').toUpperCase();
  expect(nameOf('sha256-hex-upper', { tx: bytes.toString('base64') }, write)).toBe(name);
  expect(nameOf('sha256-hex-upper', [bytes.toString('base64')], write)).toBe(name);
});

it('is not told where the chain has no way, the write is not of signed bytes, or there are no params', () => {
  expect(nameOf(undefined, ['0xc0'])).toBeUndefined();
  expect(
    transactionHash('keccak256-hex', { call: { params: undefined }, policy: { write: { kind: 'once' } } }, hash),
  ).toBeUndefined();
  const raw: RawWrite = { kind: 'raw', path: ['0'], encoding: 'hex' };
  expect(
    transactionHash('keccak256-hex', { call: { params: undefined }, policy: { write: raw } }, hash),
  ).toBeUndefined();
});

it("what an upstream would have answered is the name as a JSON text, on cosmos inside a broadcast's answer", () => {
  expect(JSON.parse(acceptedResult('keccak256-hex', '0xab'))).toBe('0xab');
  expect(JSON.parse(acceptedResult('sha256-hex-upper', 'AB'))).toMatchObject({ code: 0, hash: 'AB' });
});
