import {
  type ChainDocument,
  type ChainDocuments,
  type DocumentProblem,
  type ownKeys,
  type PointerText,
  pointerTo,
  type SourcedDocument,
} from '../model/chain-document.ts';
import { valueAt } from '../model/json-path.ts';
import { nearest } from '../model/nearest.ts';
import type { Compiled } from './compiled.ts';
import { parsePointer } from './json-pointer.ts';
import { mergeDocuments } from './merge-documents.ts';

/** Ancestors a document may have: a chain, its sibling, their family. Deeper is no longer read at a glance. */
export const maxAncestors = 2;

/** A document with its ancestors, the nearest first, and what they say together. */
export interface Lineage {
  readonly documents: readonly [SourcedDocument, ...SourcedDocument[]];
  readonly merged: ChainDocument;
}

/**
 * Follows `extends` from a document to its family and merges on the way back. Never throws.
 *
 * Fails where a parent is not there, where a document descends from itself or from more than two ancestors, and where `remove`
 * names a method the parent does not have.
 */
export function traceLineage(all: ChainDocuments, name: string): Compiled<Lineage> {
  const first = all.documents.get(name);
  if (first === undefined) return failed({ file: 'chains', path: '', message: noDocument(all, name) });
  const line: [SourcedDocument, ...SourcedDocument[]] = [first];
  const names = [name];
  for (let here = first; here.document.extends !== undefined; ) {
    const parent = here.document.extends;
    const next = all.documents.get(parent);
    const message = reasonAgainst(all, parent, names);
    if (next === undefined || message !== undefined) {
      return failed({ file: here.file, path: '/extends', message: message ?? noDocument(all, parent) });
    }
    line.push(next);
    names.push(parent);
    here = next;
  }
  return mergeLine(line);
}

/**
 * What a document says of one inherited key: its own word, else its nearest ancestor's. Merges nothing, so that a list of all
 * chains costs a few look-ups each. Undefined where nobody says, or the ancestors cannot be followed. Never throws.
 */
export function traceKey<Key extends InheritedKey>(
  all: ChainDocuments,
  name: string,
  key: Key,
): ChainDocument[Key] | undefined {
  let here: string | undefined = name;
  for (let steps = 0; steps <= maxAncestors && here !== undefined; steps += 1) {
    const document: ChainDocument | undefined = all.documents.get(here)?.document;
    if (document?.[key] !== undefined) return document[key];
    here = document?.extends;
  }
  return undefined;
}

/** Keys whose whole value a child inherits. */
type InheritedKey = Exclude<keyof ChainDocument, (typeof ownKeys)[number] | 'methods' | 'perInterface' | 'remove'>;

/** The file that said what `path` points to: the nearest document of the line that has it, else the first. */
export function fileOf({ documents }: Pick<Lineage, 'documents'>, path: PointerText): string {
  const steps = parsePointer(path) ?? [];
  for (let length = steps.length; length > 0; length -= 1) {
    const said = documents.find(({ document }) => valueAt(document, steps.slice(0, length)) !== undefined);
    if (said !== undefined) return said.file;
  }
  return documents[0].file;
}

function mergeLine(line: Lineage['documents']): Compiled<Lineage> {
  const problems: DocumentProblem[] = [];
  const merged = line.reduceRight<ChainDocument>((parent, { file, document }) => {
    problems.push(...emptyRemovals(file, parent, document));
    return mergeDocuments(parent, document);
  }, {});
  if (problems.length > 0) return { kind: 'failed', problems };
  return { kind: 'compiled', value: { documents: line, merged } };
}

/** A removal that removes nothing is a misspelt one. */
function emptyRemovals(file: string, parent: ChainDocument, child: ChainDocument): readonly DocumentProblem[] {
  const inherited = parent.methods ?? {};
  return (child.remove ?? []).flatMap((name, position) => {
    if (Object.hasOwn(inherited, name)) return [];
    const message = `the parent has no method "${name}"; ${suggestion(name, Object.keys(inherited), 'take the line out')}`;
    return [{ file, path: pointerTo('/remove', position), message }];
  });
}

function reasonAgainst(all: ChainDocuments, parent: string, names: readonly string[]): string | undefined {
  if (names.includes(parent)) return `descends from itself: ${[...names, parent].join(', ')}; extend a family instead`;
  if (!all.documents.has(parent)) return undefined;
  if (names.length <= maxAncestors) return undefined;
  return `has more than ${maxAncestors} ancestors: ${[...names, parent].join(', ')}; extend a family instead`;
}

function noDocument(all: ChainDocuments, name: string): string {
  return `there is no document "${name}"; ${suggestion(name, all.documents.keys(), 'write its file, or name one there is')}`;
}

function suggestion(word: string, candidates: Iterable<string>, otherwise: string): string {
  const close = nearest(word, candidates);
  return close === undefined ? otherwise : `did you mean "${close}"?`;
}

function failed(problem: DocumentProblem): Compiled<never> {
  return { kind: 'failed', problems: [problem] };
}
