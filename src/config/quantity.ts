/**
 * Durations and sizes as people write them (`250ms`, `10MiB`) and as the gateway counts them (milliseconds, bytes).
 * A unit is required of a duration, so that `30` is never taken for the wrong thirty.
 */

const durationUnits: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];

const sizeUnits: readonly (readonly [string, number])[] = [
  ['GiB', 1_073_741_824],
  ['MiB', 1_048_576],
  ['KiB', 1_024],
];

const quantityForm = /^(\d{1,12}(?:\.\d{1,6})?) ?([A-Za-z]{0,3})$/;

/** Milliseconds of `250ms`, `1.5s`, `15m`, `1h`, `2d` or a bare `0`; undefined for anything else. Never throws. */
export function parseDuration(text: string): number | undefined {
  const [, amount = '', unit = ''] = quantityForm.exec(text) ?? [];
  if (unit === '') return amount === '0' ? 0 : undefined;
  return scaled(amount, unit, durationUnits);
}

/** Bytes of `10485760`, `512KiB`, `10MiB` or `1GiB`; undefined for anything else. Never throws. */
export function parseSize(text: string): number | undefined {
  const [, amount = '', unit = ''] = quantityForm.exec(text) ?? [];
  if (unit === '') return /^\d+$/.test(amount) ? Number(amount) : undefined;
  return scaled(amount, unit, sizeUnits);
}

function scaled(amount: string, unit: string, units: readonly (readonly [string, number])[]): number | undefined {
  const size = units.find(([name]) => name === unit)?.[1];
  return size === undefined ? undefined : Math.round(Number(amount) * size);
}

/** The shortest exact spelling of so many milliseconds: what `parseDuration` reads back. */
export function formatDuration(ms: number): string {
  const unit = durationUnits.find(([, size]) => ms !== 0 && ms % size === 0);
  return unit === undefined ? `${ms}${ms === 0 ? 's' : 'ms'}` : `${ms / unit[1]}${unit[0]}`;
}

/** The shortest exact spelling of so many bytes: what `parseSize` reads back. */
export function formatSize(bytes: number): string {
  const unit = sizeUnits.find(([, size]) => bytes !== 0 && bytes % size === 0);
  return unit === undefined ? `${bytes}` : `${bytes / unit[1]}${unit[0]}`;
}
