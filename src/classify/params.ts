/** The params as a value, or undefined where they are absent, longer than `maxBytes` or broken. Never throws. */
export function readParams(params: Buffer | undefined, maxBytes: number): unknown {
  if (params === undefined || params.length > maxBytes) return undefined;
  try {
    return JSON.parse(params.toString('utf8'));
  } catch {
    return undefined;
  }
}
