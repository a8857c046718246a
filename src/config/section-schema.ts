import { type TObject, type TOptional, type TProperties, type TSchema, type TUnsafe, Type } from 'typebox';

/** A map of known keys, all of which have defaults or may be absent; absent itself, it is empty. */
export function section<Properties extends TProperties>(
  properties: Properties,
  description: string,
): TObject<Properties> {
  return Type.Object(properties, { default: {}, description, expects: 'a map of keys' });
}

/** The same keys for a narrower level, without defaults: what is absent there is taken from the level above. */
export type Overrides<Properties extends TProperties> = TObject<{
  readonly [Key in keyof Properties]: TOptional<Properties[Key]>;
}>;

/** What is said of a narrower level. */
export interface OverrideNotes {
  readonly description: string;
  /** Where the keys are described. */
  readonly sameAs: string;
  /** Keys that stay with the wider level. */
  readonly elsewhere?: readonly string[];
}

/** Repeats keys of a level for a narrower one. */
export function overridesOf<Properties extends TProperties>(
  properties: Properties,
  notes: OverrideNotes,
): Overrides<Properties> {
  const { sameAs } = notes;
  const entries = Object.entries(properties).map(([key, leaf]) => [key, Type.Optional(inherited(leaf, sameAs))]);
  const members = { default: {}, expects: 'a map of keys', ...notes };
  return Type.Object(Object.fromEntries(entries), members) as unknown as Overrides<Properties>;
}

function inherited(schema: TSchema, level: string): TUnsafe<unknown> {
  const members = Object.entries(schema).filter(([key]) => key !== 'default');
  return Type.Unsafe({ ...Object.fromEntries(members), inheritsFrom: level });
}
