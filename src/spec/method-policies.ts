import {
  type BlockDocument,
  type ChainDocument,
  type MethodDocument,
  type PointerText,
  pointerTo,
  type WriteDocument,
} from '../model/chain-document.ts';
import type {
  BlockPosition,
  ContractPosition,
  MethodClass,
  MethodKind,
  MethodPolicy,
  WriteMode,
} from '../model/method-policy.ts';
import type { Complain } from './compiled.ts';
import { contradictionsOf } from './method-contradictions.ts';
import { compilePointer } from './readings.ts';

/** Cost units of a method whose document names none. */
export const costOfClass: Readonly<Record<MethodClass, number>> = { light: 10, normal: 20, heavy: 80, write: 10 };

/** A method nobody described may change something and may take long: sent once, and given the longest time. */
const undescribed: MethodDocument = { kind: 'write', class: 'heavy', write: 'once' };

/** The name unknown methods go by: the bounded label of metrics. */
export const otherMethod = 'other';

/**
 * Policies of all methods a merged document names, the denied among them, and the policy of every other method.
 *
 * What a method leaves out follows from its kind, class and block: a read is retried; light and normal reads are hedged; a read
 * at a block of its own is kept once that is final, and deterministic; nothing else is hedged or kept, and nothing else but
 * signed bytes is sent again.
 */
export function compileMethods(document: ChainDocument, complain: Complain): MethodTable {
  const missing = document.missingBlock ?? 'latest';
  const compile = (name: string, method: MethodDocument, path: PointerText) =>
    compileMethod(name, method, { path, missing, complain });
  const unknownMethod = compile(otherMethod, document.unknownMethod ?? undescribed, '/unknownMethod');
  const methods = new Map<string, MethodPolicy>();
  for (const [name, method] of Object.entries(document.methods ?? {})) {
    methods.set(name, compile(name, method, pointerTo('/methods', name)));
  }
  for (const name of document.deniedMethods ?? []) {
    methods.set(name, { ...(methods.get(name) ?? unknownMethod), name, denied: true });
  }
  return { methods: denyByPrefix(methods, document), unknownMethod };
}

/** What a spec says of methods: of those it names, by name, and of every other. */
export interface MethodTable {
  readonly methods: ReadonlyMap<string, MethodPolicy>;
  readonly unknownMethod: MethodPolicy;
}

/** Where a method stands, and what its document says for all of them. */
export interface MethodSurroundings {
  readonly path: PointerText;
  readonly missing: string;
  readonly complain: Complain;
}

/** One method's policy with every default filled in; contradictions are complained of. */
export function compileMethod(name: string, method: MethodDocument, around: MethodSurroundings): MethodPolicy {
  const kind = method.kind ?? (method.write === undefined ? 'read' : 'write');
  const speed = method.class ?? (kind === 'write' ? 'write' : 'normal');
  const block = compileBlock(method.block ?? 'none', around);
  const write = kind === 'write' ? compileWrite(method.write ?? 'once', around) : undefined;
  const cache = method.cache ?? defaultCache(kind, block);
  const policy: MethodPolicy = {
    name,
    kind,
    class: speed,
    block,
    cost: method.cost ?? costOfClass[speed],
    cache,
    retry: method.retry ?? (kind === 'read' || write?.kind === 'raw'),
    hedge: method.hedge ?? (kind === 'read' && speed !== 'heavy'),
    deterministic: method.deterministic ?? (kind === 'read' && cache === 'finalized'),
    denied: method.denied ?? false,
    nullMayBeLag: method.nullMayBeLag ?? false,
    ...(write === undefined ? {} : { write }),
    ...optionalFacts(method, around),
  };
  for (const { key, message } of contradictionsOf(method, policy))
    around.complain(pointerTo(around.path, key), message);
  return policy;
}

function optionalFacts(
  { timeoutMs, showsHead, showsBlock, splits, readsNonce, carriesSigned, volatile, contract, addon }: MethodDocument,
  { path, complain }: MethodSurroundings,
): Pick<
  MethodPolicy,
  | 'timeoutMs'
  | 'showsHead'
  | 'showsBlock'
  | 'splits'
  | 'readsNonce'
  | 'carriesSigned'
  | 'volatile'
  | 'contract'
  | 'addon'
> {
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(showsHead === undefined
      ? {}
      : { showsHead: compilePointer(showsHead, pointerTo(path, 'showsHead'), complain) }),
    ...(showsBlock === undefined ? {} : { showsBlock: compileShownBlock(showsBlock, { path, complain }) }),
    ...(splits === undefined ? {} : { splits: compileSplits(splits, { path, complain }) }),
    ...(readsNonce === undefined ? {} : { readsNonce }),
    ...(carriesSigned === undefined ? {} : { carriesSigned }),
    ...(volatile === undefined ? {} : { volatile: new Set(volatile) }),
    ...(contract === undefined ? {} : { contract: compileContract(contract, { path, complain }) }),
    ...(addon === undefined ? {} : { addon }),
  };
}

function compileShownBlock(
  { height, hash }: NonNullable<MethodDocument['showsBlock']>,
  { path, complain }: Pick<MethodSurroundings, 'path' | 'complain'>,
): NonNullable<MethodPolicy['showsBlock']> {
  const here = pointerTo(path, 'showsBlock');
  return {
    height: compilePointer(height, pointerTo(here, 'height'), complain),
    ...(hash === undefined ? {} : { hash: compilePointer(hash, pointerTo(here, 'hash'), complain) }),
  };
}

function compileSplits(
  { unless = [] }: NonNullable<MethodDocument['splits']>,
  { path, complain }: Pick<MethodSurroundings, 'path' | 'complain'>,
): NonNullable<MethodPolicy['splits']> {
  const here = pointerTo(pointerTo(path, 'splits'), 'unless');
  return { unless: unless.map((pointer) => compilePointer(pointer, here, complain)) };
}

function compileContract(
  { address, input }: NonNullable<MethodDocument['contract']>,
  { path, complain }: Pick<MethodSurroundings, 'path' | 'complain'>,
): ContractPosition {
  const here = pointerTo(path, 'contract');
  return {
    address: compilePointer(address, pointerTo(here, 'address'), complain),
    ...(input === undefined
      ? {}
      : { input: input.map((pointer) => compilePointer(pointer, pointerTo(here, 'input'), complain)) }),
  };
}

function defaultCache(kind: MethodKind, block: BlockPosition): MethodPolicy['cache'] {
  if (kind !== 'read') return 'never';
  return block.kind === 'none' || block.kind === 'tip' ? 'tip' : 'finalized';
}

function compileBlock(block: BlockDocument, { path, missing: usual, complain }: MethodSurroundings): BlockPosition {
  if (block === 'none' || block === 'tip') return { kind: block };
  const { at, from, to, hash, missing = usual } = block;
  const here = pointerTo(path, 'block');
  const compile = (key: string, text: PointerText) => compilePointer(text, pointerTo(here, key), complain);
  if (at !== undefined && from === undefined && to === undefined && hash === undefined) {
    return { kind: 'param', path: compile('at', at), missing };
  }
  if (from !== undefined && to !== undefined && at === undefined) {
    const pinned = hash === undefined ? {} : { hash: compile('hash', hash) };
    return { kind: 'range', from: compile('from', from), to: compile('to', to), ...pinned, missing };
  }
  if (hash !== undefined && at === undefined && from === undefined && to === undefined) {
    return { kind: 'by-hash', path: compile('hash', hash) };
  }
  complain(here, 'points to no block; write `at`, or `from` and `to` (with or without `hash`), or `hash`');
  return { kind: 'none' };
}

function compileWrite(write: WriteDocument, { path, complain }: MethodSurroundings): WriteMode {
  if (write === 'once') return { kind: 'once' };
  const here = pointerTo(path, 'write');
  const { raw, encoding, encodingAt } = write;
  return {
    kind: 'raw',
    path: compilePointer(raw, pointerTo(here, 'raw'), complain),
    encoding,
    ...(encodingAt === undefined
      ? {}
      : { encodingPath: compilePointer(encodingAt, pointerTo(here, 'encodingAt'), complain) }),
  };
}

/** A method under a denied prefix is denied too, unless its own line says `"denied": false`. */
function denyByPrefix(
  methods: ReadonlyMap<string, MethodPolicy>,
  { deniedPrefixes = [], methods: said = {} }: ChainDocument,
): ReadonlyMap<string, MethodPolicy> {
  const isDenied = (name: string) => deniedPrefixes.some((prefix) => name.startsWith(prefix));
  const deny = (policy: MethodPolicy) => isDenied(policy.name) && said[policy.name]?.denied !== false;
  return new Map([...methods].map(([name, policy]) => [name, deny(policy) ? { ...policy, denied: true } : policy]));
}
