import { classifyCall } from '../classify/classify-call.ts';
import type { UpstreamView } from '../model/chain-view.ts';
import type { ChainName } from '../model/names.ts';
import { needFor } from '../path/call-plan.ts';
import { unsteered } from '../path/steering.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExplainQuery, OperationResult, Operations, ReloadResult } from '../ports/doors.ts';
import type { Random } from '../ports/random.ts';
import { explainPick } from '../select/explain-pick.ts';
import type { BuiltChain } from './build-chain.ts';

/** What the operators' door works on. */
export interface OperationParts {
  /** The chains there are now. */
  chains(): readonly BuiltChain[];
  readonly clock: Clock;
  readonly random: Random;
  readonly version: string;
  find(name: string | undefined): BuiltChain | undefined;
  reload(): Promise<ReloadResult>;
}

/** Everything an operator may see and do. */
export function createOperations(parts: OperationParts): Operations {
  const views = () => parts.chains().map(({ control }) => control.view());
  const on = (upstream: string, operate: (chain: BuiltChain) => OperationResult): OperationResult => {
    const chain = parts.find(upstream.split('/')[0]);
    return chain === undefined ? unknownUpstream : operate(chain);
  };
  return {
    chains: views,
    status: () => statusOf(parts, views()),
    explain: (query) => explain(parts, query),
    cordon: (upstream) => on(upstream, ({ control }) => control.cordon(upstream, 'cordon')),
    uncordon: (upstream) => on(upstream, ({ control }) => control.cordon(upstream, 'uncordon')),
    probe: (upstream) => on(upstream, ({ control }) => control.probe(upstream)),
    reload: () => parts.reload(),
  };
}

const unknownUpstream: OperationResult = {
  done: false,
  why: 'no such upstream; write chain/provider/endpoint as /api/status lists it',
};

/** Version of the shape of `/api/status`. */
const statusVersion = 1;

function statusOf({ version, clock }: OperationParts, views: ReturnType<Operations['chains']>): object {
  return {
    statusVersion,
    version,
    at: new Date(clock.wall()).toISOString(),
    chains: views.map(({ upstreams, ...chain }) => ({ ...chain, upstreams: upstreams.map(upstreamStatus) })),
  };
}

function upstreamStatus({ endpoint, transitions, ...view }: UpstreamView): object {
  const { key, provider, name, tier, group, weight, kind } = endpoint;
  return {
    upstream: key,
    provider,
    endpoint: name,
    tier,
    interface: endpoint.interface,
    group,
    weight,
    kind,
    ...view,
    transitions: transitions.map(({ at, ...rest }) => ({ at: new Date(at).toISOString(), ...rest })),
  };
}

function explain({ find, clock, random }: OperationParts, { chain, method, params }: ExplainQuery): object {
  const built = find(chain === '' ? undefined : chain);
  if (built === undefined) return { error: `no chain ${JSON.stringify(chain)} is configured` };
  const { lane } = built;
  const pairing = lane.pairing();
  const refused = lane.admit(method);
  const classified = classifyCall(lane.spec, { id: undefined, method, params: Buffer.from(params) });
  const need = needFor(lane, classified, unsteered);
  const sight = { asked: [], load: lane.load, now: clock.now(), random };
  const name: ChainName = lane.name;
  return {
    chain: name,
    method,
    policy: classified.policy,
    block: classified.block,
    need: need.block,
    ...(refused !== undefined && { refused }),
    epoch: pairing.epoch ?? null,
    revision: pairing.revision,
    upstreams: explainPick(pairing, need, sight).map(({ upstream, ...rest }) => ({
      upstream: upstream.endpoint.key,
      ...rest,
    })),
  };
}
