/**
 * Shorter texts stand in ordinary words and numbers by chance: hiding them would hide what an operator needs to read. No key that keeps
 * anybody out is that short.
 */
const minSecretBytes = 6;

/**
 * Answers every way in which the secrets may be quoted, as bytes: plain, percent-encoded, inside a JSON string as the common writers
 * escape it, base64 and base64url at any offset of a longer text, hex. To be searched ignoring case. Never throws.
 */
export function secretShapes(secrets: readonly string[]): readonly Buffer[] {
  const long = secrets.filter((secret) => Buffer.byteLength(secret) >= minSecretBytes);
  return [...new Set(long.flatMap(shapesOf))].map((shape) => Buffer.from(shape));
}

function shapesOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  // From the bytes and not from the text: a lone surrogate would make encodeURIComponent throw.
  const percent = encodeURIComponent(bytes.toString('utf8'));
  return [secret, percent, bytes.toString('hex'), ...jsonShapes(secret), ...base64Shapes(bytes)];
}

/** Some writers escape slashes, some what means something in HTML, some all that is not ASCII. */
function jsonShapes(secret: string): readonly string[] {
  const escaped = JSON.stringify(secret).slice(1, -1);
  const forHtml = escaped.replace(/[&<>]/g, unicodeEscape);
  const ascii = escaped.replace(/[^\0-\x7f]/g, unicodeEscape);
  return [escaped, escaped.replaceAll('/', '\\/'), forHtml, ascii, ascii.replaceAll('/', '\\/')];
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Base64 makes four characters of three bytes, so inside a longer text (`user:key`) a secret is written in one of three ways. The
 * characters that hang on its neighbours are left out.
 */
function base64Shapes(secret: Buffer): readonly string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), secret]).toString('base64');
    const firstOwn = Math.ceil((offset * 8) / 6);
    const lastOwn = Math.floor(((offset + secret.length) * 8) / 6);
    const shape = text.slice(firstOwn, lastOwn);
    return [shape, shape.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
