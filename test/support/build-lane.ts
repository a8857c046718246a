import { createAdmission } from '../../src/classify/admission.ts';
import { createJudge } from '../../src/classify/judge.ts';
import type { ChainSpec } from '../../src/model/chain-spec.ts';
import type { MethodPolicy } from '../../src/model/method-policy.ts';
import { createShownHead } from '../../src/path/head-doubt.ts';
import type { Lane } from '../../src/path/lane.ts';
import { createRecentWrites } from '../../src/path/recent-writes.ts';
import { createSessionHeights } from '../../src/path/sessions.ts';
import { Visits } from '../../src/path/visits.ts';
import { createRetryBudget } from '../../src/relay/retry-budget.ts';
import { WaitingRoom } from '../../src/relay/waiting-room.ts';
import { createLoad } from '../../src/select/load.ts';
import { buildSpec } from './build-health.ts';
import { buildPairing } from './build-pairing.ts';
import { endpointsOf, ethereumOf } from './read-text.ts';

/** A policy of a light read that hangs on no block, unless said otherwise. */
export function buildPolicy(name: string, traits: Partial<MethodPolicy> = {}): MethodPolicy {
  return { ...buildSpec().unknownMethod, name, ...traits };
}

/** A spec whose methods are these. */
export function specWith(...policies: readonly MethodPolicy[]): ChainSpec {
  return buildSpec({ methods: new Map(policies.map((policy) => [policy.name, policy])) });
}

/** The settings of a chain of one provider, with the schema's defaults but for `lines`. */
export function buildChainSettings(lines: readonly string[] = []): Lane['settings'] {
  return { ...ethereumOf(['primary: [http://10.0.0.1]', ...lines]), endpoints: endpointsOf('http://10.0.0.1') };
}

/** A lane of chain `testnet` with one serving upstream, over what a test says. */
export function buildLane(traits: Partial<Lane> = {}): Lane {
  const { spec = buildSpec(), settings = buildChainSettings() } = traits;
  const pairing = buildPairing([{}]);
  const lane: Lane = {
    name: 'testnet',
    spec,
    providers: ['p0'],
    settings,
    requestLimits: { maxBatchCalls: 10, maxNesting: 32, envelope: spec.envelope },
    judge: createJudge(spec),
    admit: createAdmission(spec, settings.methods),
    pairing: () => pairing,
    isProven: () => true,
    unready: () => undefined,
    whenProven: () => Promise.resolve(),
    noteCall: () => undefined,
    noteHead: () => undefined,
    shownHead: createShownHead(),
    sessions: createSessionHeights(),
    recentWrites: createRecentWrites(),
    recent: { hashAt: () => undefined, heightOf: () => undefined },
    cache: undefined,
    visits: new Visits(),
    waitingRoom: new WaitingRoom(),
    successor: () => lane,
    yieldTo: () => undefined,
    load: createLoad(1),
    budget: createRetryBudget(),
    meter: {
      settled: () => undefined,
      settledFor: () => undefined,
      cached: () => undefined,
      overhead: () => undefined,
    },
    upstreamMeters: [{ sent: () => undefined, answered: () => undefined }],
    accounts: [],
    redact: (bytes) => bytes,
    ...traits,
  };
  return lane;
}
