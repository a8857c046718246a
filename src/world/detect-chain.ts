import { readAnswer } from '../codec/read-answer.ts';
import { readJsonValue } from '../codec/read-json-value.ts';
import { writeCall } from '../codec/write-call.ts';
import type { ChainDocuments } from '../model/chain-document.ts';
import type { Family } from '../model/names.ts';
import type { ChainSettings } from '../model/settings.ts';
import type { Transport } from '../ports/transport.ts';
import { chainWithId } from '../spec/chain-names.ts';
import { type DetectionQuestion, detectedId, detectionQuestions } from '../spec/detection.ts';
import { StartError } from './specs.ts';

/** What a URL said it is. */
interface Detected {
  readonly family: Family;
  readonly chainId: string;
}

const questionTimeoutMs = 3000;

/**
 * Finds out which chain bare URLs are of, by asking each the identity question of every family.
 * Those that do not answer are taken along: they are checked like all others once they do.
 * @throws StartError where nobody answers, or two disagree.
 */
export async function detectChain(
  chain: ChainSettings,
  { documents, transport }: { readonly documents: ChainDocuments; readonly transport: Transport },
): Promise<ChainSettings> {
  const questions = detectionQuestions(documents);
  const keys = chain.endpoints.map(({ provider, name }) => `${chain.name}/${provider}/${name}`);
  const answers = await Promise.all(keys.map((upstream) => detectOne(transport, upstream, questions)));
  const found = answers.filter((answer) => answer !== undefined);
  const [first] = found;
  if (first === undefined) {
    throw new StartError(
      'None of the URLs said which chain it is of. Check them, or write a config file that names the chain.',
    );
  }
  const isOther = ({ family, chainId }: Detected): boolean => family !== first.family || chainId !== first.chainId;
  if (found.some(isOther)) {
    throw new StartError(
      'The URLs are of different chains. Start one gateway with a config file that names each chain.',
    );
  }
  const documented = chainWithId(documents, first.family, first.chainId);
  const name =
    documented ?? `${first.family}-${first.chainId.toLowerCase()}`.replaceAll(/[^a-z0-9-]/g, '-').slice(0, 63);
  const { detect: _detected, ...rest } = chain;
  return {
    ...rest,
    name,
    family: first.family,
    chainId: first.chainId,
    ...(documented !== undefined && { spec: documented }),
  };
}

async function detectOne(
  transport: Transport,
  upstream: string,
  questions: readonly DetectionQuestion[],
): Promise<Detected | undefined> {
  for (const question of questions) {
    const chainId = detectedId(question, await askOnce(transport, upstream, question));
    if (chainId !== undefined) return { family: question.family, chainId };
  }
  return undefined;
}

/** One question; an error, a failure and nonsense are all no answer. */
function askOnce(transport: Transport, upstream: string, { method, params }: DetectionQuestion): Promise<unknown> {
  return new Promise((resolve) => {
    const body = writeCall({ method, params: Buffer.from(params) }, 1);
    const send = {
      upstream,
      body,
      timeoutMs: questionTimeoutMs,
      maxBytes: 65_536,
      connection: 'pooled',
      resend: 'reads',
    } as const;
    transport.send(send, (result) => {
      if (result.kind === 'failed') return resolve(undefined);
      const reading = readAnswer(result.body, 1);
      const isResult = reading.kind === 'answer' && reading.answer.kind === 'result';
      resolve(isResult && reading.answer.kind === 'result' ? readJsonValue(reading.answer.result) : undefined);
    });
  });
}
