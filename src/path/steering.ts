import type { FaultAnswer } from '../model/faults.ts';
import type { ProviderName } from '../model/names.ts';

/** What a client asked for by steering headers, read once per request. */
export interface Steering {
  readonly prefer: ProviderName | undefined;
  readonly exclude: ReadonlySet<ProviderName>;
  /** The client's own deadline in milliseconds. */
  readonly timeoutMs: number | undefined;
}

const nobody: ReadonlySet<ProviderName> = new Set();

/** No steering: the same object for the many requests without. */
export const unsteered: Steering = { prefer: undefined, exclude: nobody, timeoutMs: undefined };

/** Reads the steering headers (without their prefix). Names of providers are compared as the config spells them, whatever the case. */
export function readSteering(
  headers: ReadonlyMap<string, string>,
  providers: readonly ProviderName[],
): Steering | FaultAnswer {
  if (headers.size === 0) return unsteered;
  const timeout = headers.get('timeout-ms');
  const timeoutMs = timeout === undefined ? undefined : Number(timeout);
  if (timeoutMs !== undefined && !(Number.isInteger(timeoutMs) && timeoutMs > 0)) {
    return {
      fault: 'INVALID_REQUEST',
      message: 'x-switchyard-timeout-ms must be a whole number of milliseconds above 0.',
    };
  }
  const unserved = unservedNames.find((name) => headers.has(name));
  if (unserved !== undefined) {
    return {
      fault: 'INVALID_REQUEST',
      message: `x-switchyard-${unserved} cannot be honoured by this version. Leave it out.`,
    };
  }
  const prefer = headers.get('provider');
  const excluded = headers.get('exclude')?.split(',') ?? [];
  return {
    prefer: prefer === undefined ? undefined : named(prefer, providers),
    exclude: excluded.length === 0 ? nobody : new Set(excluded.map((name) => named(name, providers))),
    timeoutMs,
  };
}

/** Refused rather than ignored: whoever asks for a promise must not get an answer without it. */
const unservedNames: readonly string[] = ['session', 'consistency', 'quorum'];

function named(name: string, providers: readonly ProviderName[]): ProviderName {
  const wanted = name.trim().toLowerCase();
  return providers.find((provider) => provider.toLowerCase() === wanted) ?? wanted;
}
