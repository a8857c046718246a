/** True in the long run of `npm run proof`; the same tests then take their time and print figures. */
export const isProof = process.env.SWITCHYARD_PROOF === '1';

/** A number of the short run, or of the long one. */
export function shortOrLong<Value>(short: Value, long: Value): Value {
  return isProof ? long : short;
}

/** Prints figures in the long run, as one line of JSON. */
export function printFigures(what: string, figures: object): void {
  if (isProof) process.stdout.write(`${JSON.stringify({ what, ...figures })}\n`);
}
