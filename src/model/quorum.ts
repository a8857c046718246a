/** How many independent providers must answer alike, of how many that are asked at once. `agree` is at most `of`. */
export interface Quorum {
  readonly agree: number;
  readonly of: number;
}

/** A quorum as it is written, in the configuration and in a header: `2/3`. At most 16 are asked. */
export const quorumForm = '^(?:[1-9]|1[0-6])/(?:[1-9]|1[0-6])$';

const written = new RegExp(quorumForm);

/** Reads `n/m`; undefined where it is written otherwise, or asks for more agreement than answers. Never throws. */
export function readQuorum(text: string): Quorum | undefined {
  if (!written.test(text)) return undefined;
  const [agree = 0, of = 0] = text.split('/').map(Number);
  return agree <= of ? { agree, of } : undefined;
}

/** Writes a quorum as it is read. */
export function quorumText({ agree, of }: Quorum): string {
  return `${agree}/${of}`;
}
