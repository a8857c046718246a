/**
 * The value of a response header, several of one name joined by commas; undefined where there is none. `name` is lower
 * case; `headers` are names and values in turn, as the HTTP client hands them over. Never throws.
 */
export function findHeader(headers: readonly Buffer[], name: string): string | undefined {
  let found: string | undefined;
  for (let i = 0; i < headers.length; i += 2) {
    const key = headers[i];
    // The length tells most headers apart without making a text of them.
    if (key === undefined || key.length !== name.length || key.toString('latin1').toLowerCase() !== name) continue;
    const value = headers[i + 1]?.toString('latin1') ?? '';
    found = found === undefined ? value : `${found}, ${value}`;
  }
  return found;
}
