import { classifyCall } from '../classify/classify-call.ts';
import type { ClassifiedCall } from '../model/call.ts';
import { needFor } from '../path/call-plan.ts';
import type { Lane } from '../path/lane.ts';
import { unsteered } from '../path/steering.ts';
import type { Clock } from '../ports/clock.ts';
import type { ExplainQuery } from '../ports/doors.ts';
import type { Random } from '../ports/random.ts';
import { explainPick } from '../select/explain-pick.ts';
import type { BuiltChain } from './build-chain.ts';

/** What calls are explained by. */
export interface ExplainParts {
  readonly clock: Clock;
  readonly random: Random;
  find(name: string | undefined): BuiltChain | undefined;
}

/** Says of a call that might be made how it is understood, and of every upstream where it stands for it. Plain data. */
export function explainCall(parts: ExplainParts, { chain, method, params }: ExplainQuery): object {
  const built = parts.find(chain === '' ? undefined : chain);
  if (built === undefined) return { error: `no chain ${JSON.stringify(chain)} is configured` };
  const { lane } = built;
  const pairing = lane.pairing();
  const refused = lane.admit(method);
  const classified = classifyCall(lane.spec, { id: undefined, method, params: Buffer.from(params) });
  return {
    chain: lane.name,
    method,
    policy: classified.policy,
    block: classified.block,
    need: needFor(lane, classified, unsteered).block,
    ...(refused !== undefined && { refused }),
    epoch: pairing.epoch ?? null,
    revision: pairing.revision,
    upstreams: explainUpstreams(parts, { lane, classified, asked: [] }),
  };
}

/** A call, and the upstreams it has asked already, by their index. */
export interface AskedCall {
  readonly lane: Lane;
  readonly classified: ClassifiedCall;
  readonly asked: readonly number[];
}

/** Where every upstream stands for the next attempt of a call, and why. */
export function explainUpstreams(
  { clock, random }: Pick<ExplainParts, 'clock' | 'random'>,
  { lane, classified, asked }: AskedCall,
): readonly object[] {
  const need = needFor(lane, classified, unsteered);
  const sight = { asked, load: lane.load, now: clock.now(), random };
  return explainPick(lane.pairing(), need, sight).map(({ upstream, ...rest }) => ({
    upstream: upstream.endpoint.key,
    ...rest,
  }));
}
