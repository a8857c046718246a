import type { TSchema } from 'typebox';
import { Settings } from 'typebox/system';
import { Value } from 'typebox/value';
import { type DocumentProblem, type PointerText, pointerTo } from '../model/chain-document.ts';
import { isRecord, valueAt } from '../model/json-path.ts';
import { nearest } from '../model/nearest.ts';

/** More mistakes than anybody reads at once, and far more than the validator lists unasked. */
const mostProblems = 1000;

/**
 * Everything in a document that its schema does not allow, one problem each; empty for a valid document. Never throws.
 *
 * An unknown key comes with the valid key most like it. Of a union's branches only the one meant is spoken of.
 */
export function documentProblems(schema: TSchema, file: string, value: unknown): readonly DocumentProblem[] {
  Settings.Set({ maxErrors: mostProblems });
  const mistakes: readonly Mistake[] = Value.Errors(schema, value);
  return mistakes
    .filter((mistake) => !isBesideThePoint(mistake, mistakes))
    .flatMap((mistake) => explain(mistake, nodeAt(schema, mistake.schemaPath)))
    .map(({ path, message }) => ({ file, path, message }));
}

/** What the validator says of one mistake. */
interface Mistake {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: PointerText;
  readonly params: object;
  readonly message: string;
}

type Explanation = Omit<DocumentProblem, 'file'>;

/** Mistakes that repeat another one: of an unknown key's value, or of a union's branches that were not meant. */
function isBesideThePoint(mistake: Mistake, all: readonly Mistake[]): boolean {
  if (mistake.keyword === 'boolean') return true;
  if (mistake.keyword === 'anyOf') return insideOf(mistake, all).some((other) => !isShallow(other, mistake));
  return all.some(
    (union) => union.keyword === 'anyOf' && insideOf(union, [mistake]).length > 0 && isShallow(mistake, union),
  );
}

/** One schema may have judged many values (each method of a map), so a branch's mistakes are also at or below the union's. */
function insideOf(union: Mistake, mistakes: readonly Mistake[]): readonly Mistake[] {
  return mistakes.filter(
    ({ schemaPath, instancePath }) =>
      schemaPath.startsWith(`${union.schemaPath}/anyOf/`) && `${instancePath}/`.startsWith(`${union.instancePath}/`),
  );
}

/** The value is not of the branch's shape at all, so the branch was not meant. */
function isShallow(mistake: Mistake, union: Mistake): boolean {
  return mistake.instancePath === union.instancePath && ['type', 'enum', 'const'].includes(mistake.keyword);
}

function explain({ keyword, instancePath: path, params, message }: Mistake, node: SchemaNode): readonly Explanation[] {
  switch (keyword) {
    case 'additionalProperties':
      return listed(params, 'additionalProperties').map((key) =>
        unknownKey(path, key, Object.keys(node.properties ?? {})),
      );
    case 'required':
      return listed(params, 'requiredProperties').map((key) => ({ path, message: `"${key}" is missing; add it` }));
    case 'enum':
      return [{ path, message: `must be one of ${quoted(node.enum ?? [])}` }];
    case 'type':
      return [{ path, message: `must be ${node.title ?? withArticle(node.type)}` }];
    case 'pattern':
      return [{ path, message: `must be ${node.title ?? 'of the form'}: ${node.pattern}` }];
    case 'anyOf':
      return [{ path, message: `must be ${node.title ?? 'one of the forms in the schema'}` }];
    default:
      return [{ path, message }];
  }
}

function unknownKey(path: PointerText, key: string, known: readonly string[]): Explanation {
  const meant = nearest(key, known);
  const advice = meant === undefined ? `known here: ${known.join(', ')}` : `did you mean "${meant}"?`;
  return { path: pointerTo(path, key), message: `is an unknown key; ${advice}` };
}

/** The members of JSON Schema that messages are made of. */
interface SchemaNode {
  readonly title?: string;
  readonly type?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, unknown>>;
}

function nodeAt(schema: TSchema, schemaPath: string): SchemaNode {
  const steps = schemaPath.split('/').slice(1);
  const node = valueAt(
    schema,
    steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
  );
  return isRecord(node) ? node : {};
}

function listed(params: object, key: string): readonly string[] {
  const names = valueAt(params, [key]);
  return Array.isArray(names) ? names.map(String) : [];
}

function withArticle(type = 'value of another type'): string {
  return `${/^[aio]/.test(type) ? 'an' : 'a'} ${type}`;
}

function quoted(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ');
}
