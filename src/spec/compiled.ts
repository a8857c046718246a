import type { DocumentProblem, PointerText } from '../model/chain-document.ts';

/** What was made of documents, or everything that stood in the way: never empty, in the order it was found. */
export type Compiled<T> =
  | { readonly kind: 'compiled'; readonly value: T }
  | { readonly kind: 'failed'; readonly problems: readonly DocumentProblem[] };

/** Takes note of something wrong at a JSON pointer of the merged document; `message` says what, and what to do. */
export type Complain = (path: PointerText, message: string) => void;
