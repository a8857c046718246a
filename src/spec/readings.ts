import {
  type AddonDocument,
  type ChainDocument,
  type FinalityDocument,
  type IdentityCheckDocument,
  type IdentityFactDocument,
  type PointerText,
  pointerTo,
  type QuestionDocument,
  type ReadingDocument,
} from '../model/chain-document.ts';
import type {
  AddonCheck,
  FinalityReading,
  HeadReading,
  IdentityCheck,
  IdentityFact,
  SpecQuestion,
  TransactionLookUp,
} from '../model/chain-spec.ts';
import type { JsonPath } from '../model/json-path.ts';
import type { Complain } from './compiled.ts';
import { parsePointer } from './json-pointer.ts';

/** What stands in the params of `blockByHeight` for the height, quotes included: they go where it goes. */
export const heightMark = '"$height"';

/** What stands in the params of `transactionLookUp` for the transaction's name, quotes included. */
export const transactionMark = '"$hash"';

/** What an identity check may refer to instead of writing it out. */
export interface ChainMarks {
  readonly chainId: string | undefined;
  readonly genesis: string | undefined;
}

/** Compiles a pointer; one that is none is complained of, and stands as the empty path. */
export function compilePointer(text: PointerText, path: PointerText, complain: Complain): JsonPath {
  const steps = parsePointer(text);
  if (steps === undefined) complain(path, `"${text}" is no JSON pointer; write "" for the whole value, or "/member/0"`);
  return steps ?? [];
}

/** A reading with its pointers compiled and its params as JSON text. */
export function compileReading(reading: ReadingDocument, path: PointerText, complain: Complain): HeadReading {
  const compile = (key: 'height' | 'hash' | 'parent' | 'time', text: PointerText) =>
    compilePointer(text, pointerTo(path, key), complain);
  const { height, hash, parent, time, quantity } = reading;
  return {
    ...compileQuestion(reading),
    height: compile('height', height),
    ...(hash === undefined ? {} : { hash: compile('hash', hash) }),
    ...(parent === undefined ? {} : { parent: compile('parent', parent) }),
    ...(time === undefined ? {} : { time: compile('time', time) }),
    quantity,
  };
}

/** As `compileReading`; complains where the params have no place for the height. */
export function compileBlockByHeight(reading: ReadingDocument, path: PointerText, complain: Complain): HeadReading {
  const compiled = compileReading(reading, path, complain);
  if (!compiled.params.includes(heightMark)) {
    complain(pointerTo(path, 'params'), `no param says which block; write ${heightMark} where the height belongs`);
  }
  return compiled;
}

/** `instant`, a depth, or a reading; anything else is complained of and undefined. */
export function compileFinality(finality: FinalityDocument, complain: Complain): FinalityReading | undefined {
  if (finality === 'instant') return { kind: 'instant' };
  const { depth, read } = finality;
  if (depth !== undefined && read === undefined) return { kind: 'depth', depth };
  if (read !== undefined && depth === undefined) {
    return { kind: 'read', read: compileReading(read, '/finality/read', complain) };
  }
  complain('/finality', 'says how in no way or in two; write "instant", or an object with either `depth` or `read`');
  return undefined;
}

/** All alternatives, in the order of the document, with `$chainId` and `$genesis` filled in. */
export function compileIdentity(
  checks: readonly IdentityCheckDocument[],
  marks: ChainMarks,
  complain: Complain,
): readonly IdentityCheck[] {
  return checks.map(({ all }, check) => {
    const path = pointerTo(pointerTo('/identity', check), 'all');
    return { all: all.map((fact, position) => compileFact(fact, pointerTo(path, position), { marks, complain })) };
  });
}

interface FactSurroundings {
  readonly marks: ChainMarks;
  readonly complain: Complain;
}

function compileFact(
  fact: IdentityFactDocument,
  path: PointerText,
  { marks, complain }: FactSurroundings,
): IdentityFact {
  return {
    ...compileQuestion(fact),
    path: compilePointer(fact.path, pointerTo(path, 'path'), complain),
    expect: expectedValue(fact.expect, pointerTo(path, 'expect'), { marks, complain }),
    compare: fact.compare,
  };
}

function expectedValue(text: string, path: PointerText, { marks, complain }: FactSurroundings): string {
  if (!text.startsWith('$')) return text;
  const key = text === '$chainId' ? 'chainId' : text === '$genesis' ? 'genesis' : undefined;
  if (key === undefined) {
    complain(path, `"${text}" stands for nothing; write "$chainId", "$genesis", or the value itself`);
    return text;
  }
  const value = marks[key];
  if (value === undefined) complain(`/${key}`, 'is missing; the identity check compares an upstream with it');
  return value ?? '';
}

/** How each add-on is verified. */
export function compileAddons(addons: readonly AddonDocument[]): readonly AddonCheck[] {
  return addons.map((addon) => ({ name: addon.name, ...compileQuestion(addon) }));
}

/** As `compileQuestion`; complains where the params have no place for the transaction. */
export function compileLookUp(
  lookUp: NonNullable<ChainDocument['transactionLookUp']>,
  complain: Complain,
): TransactionLookUp {
  const question = compileQuestion(lookUp);
  if (!question.params.includes(transactionMark)) {
    const message = `no param says which transaction; write ${transactionMark} where its name belongs`;
    complain('/transactionLookUp/params', message);
  }
  return { ...question, found: compilePointer(lookUp.found, '/transactionLookUp/found', complain) };
}

/** A question with its params as JSON text. */
export function compileQuestion({ method, params = [] }: QuestionDocument): SpecQuestion {
  return { method, params: JSON.stringify(params) };
}
