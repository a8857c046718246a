import type { AnswerRule } from '../model/answer-rule.ts';
import { patternProblem } from '../model/linear-pattern.ts';
import { presentable } from './problem.ts';
import type { ResolveContext } from './resolve-context.ts';
import type { ConfigFile } from './settings-schema.ts';

type HealthConfig = ConfigFile['health'];

/** Pairs of which the first must not exceed the second. */
const rising: readonly (readonly [keyof HealthConfig, keyof HealthConfig])[] = [
  ['probeFirst', 'probeMax'],
  ['probeMax', 'probeTripMax'],
  ['avoidMethod', 'avoidMethodMax'],
  ['holdOffFirst', 'holdOffMax'],
  ['rateLimitedMinimum', 'rateLimitedWindow'],
];

/** Numbers of the health machine that each are well but not together. `section` is the map they were written in. */
export function checkHealth(health: HealthConfig, section: object, context: ResolveContext): void {
  const path = context.pathOf(section);
  for (const [less, more] of rising) {
    const isOrdered = (health[less] ?? 0) <= (health[more] ?? 0);
    if (!isOrdered) context.complain({ path: [...path, less], text: `exceeds ${more} (lower it, or raise ${more})` });
  }
  const [first = 0, second = 0] = health.probationShares;
  if (first > second) {
    context.complain({ path: [...path, 'probationShares'], text: 'falls (the second step gets the larger share)' });
  }
}

/** Doors that exclude each other, a drain that ends before it begins, readiness of chains that are not there. */
export function checkServer(file: ConfigFile, context: ResolveContext): void {
  const { server, admin, chains } = file;
  const path = context.pathOf(server);
  if (server.drainDelay > server.drainTimeout) {
    context.complain({ path: [...path, 'drainDelay'], text: 'exceeds drainTimeout, which is the whole (lower it)' });
  }
  if (server.port !== 0 && server.port === admin.port) {
    context.complain({
      path: [...context.pathOf(admin), 'port'],
      text: 'is the port of the public server (choose another)',
    });
  }
  const { readiness } = server;
  if (typeof readiness === 'string') return;
  for (const [at, name] of readiness.entries()) {
    if (Object.hasOwn(chains, name)) continue;
    context.complain({
      path: [...path, 'readiness', at],
      text: `is no chain of this file (${Object.keys(chains).map(presentable).join(', ')} are)`,
    });
  }
}

/** Rules that would match everything, and expressions that do not compile or may take for ever. */
export function checkRules(rules: readonly AnswerRule[], context: ResolveContext): void {
  for (const rule of rules) {
    const { when, widest } = rule;
    const path = context.pathOf(when);
    if (Object.keys(when).length === 0) {
      context.complain({ path, text: 'has no condition (a rule needs one, or it would match every error)' });
    }
    const trouble = when.pattern === undefined ? undefined : patternProblem(when.pattern);
    if (trouble !== undefined) context.complain({ path: [...path, 'pattern'], text: trouble });
    const width = widest === undefined ? undefined : patternProblem(widest);
    if (width !== undefined) context.complain({ path: [...context.pathOf(rule), 'widest'], text: width });
  }
}
