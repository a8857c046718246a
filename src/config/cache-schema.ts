import { type Static, Type } from 'typebox';
import { readBySchema } from './read-by-schema.ts';
import { choice, duration, size } from './schema-leaf.ts';
import { overridesOf, section } from './section-schema.ts';

/** The keys of `cache`: how much is kept, and how long. */
const cacheProperties = {
  maxBytes: size('256MiB', 'Memory for kept answers, keys and bookkeeping included.', { min: 1_048_576 }),
  tip: duration('0', 'How long an answer about the newest block is kept, unless a block or a write comes first.', {
    min: 0,
    max: 1_000,
  }),
  finalized: duration('24h', 'How long an answer about a final block is kept.', { min: 1_000 }),
};

const cacheMap = section(cacheProperties, 'What is kept of answers, and how long.');

/** What a file that says nothing means. */
export function cacheDefaults(): Static<typeof cacheMap> {
  return readBySchema(cacheMap, {}).value;
}

/** What is kept of answers, for all chains. */
export const cacheSection = Type.Union([choice(['off'], undefined, 'Nothing.'), cacheMap], {
  default: {},
  expects: 'off, or a map with maxBytes, tip and finalized',
  description: 'What is kept of answers. `off`: nothing, and identical reads at one time do not become one either.',
});

/** The same for one chain. */
export const chainCacheSection = Type.Union(
  [
    choice(['off'], undefined, 'Nothing.'),
    overridesOf(cacheProperties, { description: 'What is kept of answers.', sameAs: 'cache' }),
  ],
  {
    default: {},
    sameAs: 'cache',
    expects: 'off, or a map with maxBytes, tip and finalized',
    description:
      "What is kept of this chain's answers, or `off`. With another `maxBytes` than all it has a memory of its own, beside the one that the others share.",
  },
);
