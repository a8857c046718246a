declare const plain: unique symbol;

/**
 * Text that may be a part of a hash: no NUL, no other control character, no half of a surrogate pair. May be empty.
 *
 * Parts of a hash are told apart by a NUL before each (rules A.0), so `a<NUL>b` would hash like `a` and `b`; and a lone
 * surrogate becomes U+FFFD in UTF-8, so two ids would hash alike. Text of this type can do neither.
 */
export type PlainText = string & { readonly [plain]: true };

/** What no id may hold: control characters (U+0000 to U+001F, U+007F to U+009F) and lone surrogates. */
const unfit = /[\p{Cc}\p{Cs}]/u;

/** The text, if it may be a part of a hash; undefined otherwise. Never throws. For ids of the config, a file, the network. */
export function readPlainText(text: string): PlainText | undefined {
  return isPlainText(text) ? text : undefined;
}

/**
 * The text as a part of a hash. For words of our own.
 *
 * @throws RangeError where it holds a control character or a lone surrogate.
 */
export function plainText(text: string): PlainText {
  if (isPlainText(text)) return text;
  throw new RangeError(`${JSON.stringify(text)} holds a character that no id may have`);
}

function isPlainText(text: string): text is PlainText {
  return !unfit.test(text);
}
