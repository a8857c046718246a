import type { ChainDocuments } from '../model/chain-document.ts';
import { type JsonPath, valueAt } from '../model/json-path.ts';
import type { Family } from '../model/names.ts';
import { readQuantity } from '../model/quantity.ts';
import { parsePointer } from './json-pointer.ts';

/** A question whose answer names a chain of one family. */
export interface DetectionQuestion {
  readonly family: Family;
  readonly method: string;
  /** JSON text of the params. */
  readonly params: string;
  readonly path: JsonPath;
  readonly compare: 'quantity' | 'text' | 'text-ignore-case';
}

/** Families in the order they are asked about: the most common first. */
const families: readonly Family[] = ['evm', 'solana', 'cosmos', 'utxo'];

/** What to ask an upstream of which nothing is known: each family's own identity fact, as its document writes it. */
export function detectionQuestions(all: ChainDocuments): readonly DetectionQuestion[] {
  return families.flatMap((family) => {
    const facts = all.documents.get(`family/${family}`)?.document.identity?.[0]?.all ?? [];
    const fact = facts.find(({ expect }) => expect === '$chainId' || expect === '$genesis');
    if (fact === undefined) return [];
    const path = parsePointer(fact.path);
    if (path === undefined) return [];
    const { method, params = [], compare } = fact;
    return [{ family, method, params: JSON.stringify(params), path, compare }];
  });
}

/** The id an answer names, as `familySpec` takes it (decimal on evm); undefined where the answer names none. */
export function detectedId({ path, compare }: DetectionQuestion, answer: unknown): string | undefined {
  const value = valueAt(answer, path);
  if (compare !== 'quantity') return typeof value === 'string' && value.length > 0 ? value : undefined;
  const id = readQuantity(value, 'hex');
  return id === undefined ? undefined : String(id);
}
