import { readChainDocuments } from '../../src/config/read-chain-documents.ts';
import {
  type ChainDocument,
  type ChainDocuments,
  problemText,
  type SourcedDocument,
} from '../../src/model/chain-document.ts';

/** The documents that ship with the package. Rejects with every problem where there is one. */
export async function packagedDocuments(): Promise<ChainDocuments> {
  const read = await readChainDocuments();
  if (read.kind === 'read') return read.documents;
  throw new Error(read.problems.map(problemText).join('\n'));
}

/** Documents as `readChainDocuments` would have read them: `family/evm` came from `chains/family/evm.json`. */
export function documentsOf(
  documents: Readonly<Record<string, ChainDocument>>,
  answers: ChainDocuments['answers'] = new Map(),
): ChainDocuments {
  const sourced = Object.entries(documents).map(([name, document]): [string, SourcedDocument] => [
    name,
    { file: `chains/${name}.json`, document },
  ]);
  return { documents: new Map(sourced), answers };
}

/** The smallest family a chain can be served by. */
export const tinyFamily: ChainDocument = {
  family: 'evm',
  interfaces: ['json-rpc'],
  identity: [{ all: [{ method: 'm_id', path: '', expect: '$chainId', compare: 'quantity' }] }],
  head: { method: 'm_head', params: ['latest', false], height: '/number', quantity: 'hex' },
  finality: { read: { method: 'm_head', params: ['finalized', false], height: '/number', quantity: 'hex' } },
  methods: { m_head: { block: { at: '/0' } }, m_send: { write: { raw: '/0', encoding: 'hex' } } },
};

/** The smallest chain: what names it, and its family. */
export const tinyChain: ChainDocument = { extends: 'family/evm', display: 'Tiny', chainId: '7' };
