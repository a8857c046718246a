import { createServer } from 'node:http';

/**
 * A fast upstream for measurements: answers every JSON-RPC call with a fixed result around the call's own id.
 * Started as a process of its own; prints its port. A call's method picks the size of the answer, the first argument how many
 * milliseconds later it comes.
 */
const delayMs = Number(process.argv[2] ?? 0);

const listOf = (length: number): string =>
  JSON.stringify(
    Array.from({ length }, (_, index) => ({
      address: `0x${'ab'.repeat(20)}`,
      topics: [`0x${'11'.repeat(32)}`, `0x${index.toString(16).padStart(64, '0')}`],
      data: `0x${'00'.repeat(64)}`,
      blockNumber: '0x10',
      transactionHash: `0x${'cd'.repeat(32)}`,
      transactionIndex: '0x1',
      blockHash: `0x${'ef'.repeat(32)}`,
      logIndex: `0x${index.toString(16)}`,
      removed: false,
    })),
  );

/** About 1 MB and about 10 MB. */
const big = listOf(2000);
const huge = listOf(20_000);

const block = JSON.stringify({
  number: '0x64',
  hash: `0x${'0a'.repeat(32)}`,
  parentHash: `0x${'0b'.repeat(32)}`,
  timestamp: '0x65000000',
});

const results: Readonly<Record<string, string>> = {
  eth_chainId: '"0x7a69"',
  eth_getLogs: big,
  debug_getRawReceipts: huge,
  eth_getBlockByNumber: block,
  eth_blockNumber: '"0x64"',
};

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const text = Buffer.concat(chunks).toString('latin1');
    const body = Buffer.from(text.startsWith('[') ? answerBatch(text) : answerOne(text));
    const answer = (): void => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
      response.end(body);
    };
    if (delayMs > 0) setTimeout(answer, delayMs);
    else answer();
  });
});

function answerBatch(text: string): string {
  const calls = JSON.parse(text) as { id: number; method: string }[];
  return `[${calls.map(({ id, method }) => envelope(String(id), method)).join(',')}]`;
}

function answerOne(text: string): string {
  const id = /"id"\s*:\s*("[^"]*"|[^,}\s]+)/.exec(text)?.[1] ?? 'null';
  const method = /"method"\s*:\s*"([^"]*)"/.exec(text)?.[1] ?? '';
  return envelope(id, method);
}

function envelope(id: string, method: string): string {
  return `{"jsonrpc":"2.0","id":${id},"result":${results[method] ?? `"0x${'00'.repeat(31)}2a"`}}`;
}

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`listening ${typeof address === 'object' ? address?.port : 0}\n`);
});
