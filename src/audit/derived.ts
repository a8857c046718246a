/** Why a value cannot be derived from these inputs. */
export type Refusal =
  | 'no-ranges'
  | 'empty-artifact'
  | 'empty-range'
  | 'range-over-artifact'
  | 'range-out-of-bounds'
  | 'no-artifacts'
  | 'unsupported-class'
  | 'unsupported-bucket';

/** A derived value, or why there is none. A step without its value leaves no record: half a record is worse than a gap. */
export type Derived<T> =
  | { readonly kind: 'derived'; readonly value: T }
  | { readonly kind: 'refused'; readonly why: Refusal };

/** A value that was derived. */
export function derived<T>(value: T): Derived<T> {
  return { kind: 'derived', value };
}

/** A value that cannot be derived, and why. */
export function refused(why: Refusal): Derived<never> {
  return { kind: 'refused', why };
}
