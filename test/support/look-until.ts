import { setTimeout as rest } from 'node:timers/promises';

const betweenMs = 25;

/**
 * Looks again and again until `holds` is true of what is found, and answers that; rejects with what was found last after so
 * many looks (1600 unless given: some forty seconds).
 */
export async function lookUntil<Found>(
  look: () => Found | Promise<Found>,
  holds: (found: Found) => boolean,
  looks = 1600,
): Promise<Found> {
  for (let left = looks; ; left -= 1) {
    const found = await look();
    if (holds(found)) return found;
    if (left === 0)
      throw new Error(`it never came to this: ${holds}\nfound last: ${JSON.stringify(found, undefined, 1)}`);
    await rest(betweenMs);
  }
}
