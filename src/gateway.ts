import type { FastifyInstance } from 'fastify';
import type { ListedChain, ProbeReport, RunningGateway, StartOptions } from './config/gateway-calls.ts';
import type { PrintFacts } from './config/printable.ts';
import { isLoopbackHost } from './model/loopback.ts';
import type { ChainName } from './model/names.ts';
import type { Settings } from './model/settings.ts';
import { createSendAttempt } from './path/attempt.ts';
import { CallMemory } from './path/call-memory.ts';
import { createPipeline } from './pipeline.ts';
import type { Operations, Readies } from './ports/doors.ts';
import type { Handle } from './ports/handle.ts';
import { createAdminServer } from './server/admin-server.ts';
import { createClientLimits } from './server/client-limits.ts';
import { isRestricted } from './server/operator-gate.ts';
import { createPublicServer } from './server/public-server.ts';
import { nextRequestId } from './server/request-id.ts';
import { listChains as listDocuments } from './spec/chain-names.ts';
import { createMemoryStore } from './store/memory-store.ts';
import { hash } from './system/hash.ts';
import { random } from './system/random.ts';
import { withAccessLog } from './world/access-log.ts';
import { DoorCertificate, firstCertificate } from './world/door-certificate.ts';
import { openStore } from './world/open-store.ts';
import { createOperations } from './world/operations.ts';
import { probeReport } from './world/probe-report.ts';
import { createReadies } from './world/readiness.ts';
import { createReloads, type ReloadParts, type Reloads } from './world/reloads.ts';
import { createRuntime, type Runtime } from './world/runtime.ts';
import { loadDocuments, specOf } from './world/specs.ts';
import { prepareSources, SourceWatch } from './world/watch-sources.ts';

/** The chains there are specs for, sorted by name. */
export async function listChains(): Promise<readonly ListedChain[]> {
  return listDocuments(await loadDocuments());
}

/** What the specs of the configured chains say; chains that are still to be detected are absent. */
export async function chainFacts(settings: Settings): Promise<ReadonlyMap<ChainName, PrintFacts>> {
  const documents = await loadDocuments();
  const known = settings.chains.filter(({ detect }) => detect !== true);
  return new Map(known.map((chain) => [chain.name, specOf(documents, chain)]));
}

/** Probes every endpoint once and says what each came to. Serves nothing and keeps nothing. */
export async function probeOnce(settings: Settings): Promise<ProbeReport> {
  const documents = await loadDocuments();
  const quiet = { ...settings, log: { ...settings.log, level: 'silent' as const } };
  const runtime = await createRuntime({ settings: quiet, documents, store: createMemoryStore(), version: '' });
  try {
    return await probeReport(runtime);
  } finally {
    await runtime.close();
  }
}

/**
 * The composition root: builds every room and edge, opens the doors, and returns the running gateway.
 * @throws StartError for a chain without a spec, and whatever the operating system says where a port cannot be had.
 */
export async function startGateway(settings: Settings, options: StartOptions): Promise<RunningGateway> {
  const documents = await loadDocuments();
  const shown = await firstCertificate(settings.server);
  const { store, tell } = await openStore(settings.state);
  const runtime = await createRuntime({ settings, documents, store, version: options.version });
  tell((warning) => runtime.log.warn(warning));
  const phase: Phase = { kind: 'serving' };
  const { version, reread, file } = options;
  const certificate = new DoorCertificate(shown, runtime.log);
  const watch = new SourceWatch({ file, reload: () => reloads.reload(), renew: (tls) => certificate.renew(tls) });
  const inForce = (): Settings => runtime.settings;
  const prepare: ReloadParts['prepare'] = (next) => prepareSources(next, { certificate, watch, inForce });
  const reloads = createReloads({ runtime, reread, prepare });
  const doors = await openDoors(runtime, { phase, version, reloads, certificate });
  watch.follow(settings);
  if (isRestricted(settings.admin)) runtime.log.warn(restrictedAdmin);
  if (isOpenToAll(settings)) runtime.log.warn(openToAll);
  runtime.log.info('serving', {
    public: doors.publicUrl,
    admin: doors.adminUrl,
    chains: runtime.chains.map(({ name }) => name),
  });
  return createRunning(runtime, doors, { phase, reloads, watch });
}

/** Bound beyond loopback, and nobody said who may call. */
function isOpenToAll({ server, auth }: Settings): boolean {
  return auth.anonymous === 'allow' && auth.keys.length === 0 && !isLoopbackHost(server.host);
}

const openToAll =
  'the public server is bound beyond loopback without auth.keys: it serves whoever can reach it, each address within auth.anonymousLimits';

const restrictedAdmin =
  'the admin server is bound beyond loopback without admin.token: it serves only /metrics and the probes';

/** Where a gateway is in its life; read by the doors. */
interface Phase {
  kind: 'serving' | 'draining' | 'closing';
}

interface Doors {
  readonly publicServer: FastifyInstance;
  readonly adminServer: FastifyInstance;
  readonly publicUrl: string;
  readonly adminUrl: string;
}

/** What the doors open onto, beside the runtime. */
interface House {
  readonly phase: Phase;
  readonly reloads: Reloads;
  readonly version: string;
  readonly certificate: DoorCertificate;
}

async function openDoors(runtime: Runtime, house: House): Promise<Doors> {
  const { phase } = house;
  const { settings, clock, transport, emit, find } = runtime;
  const { remember } = settings.explain;
  const memory = remember > 0 ? new CallMemory(remember, nextRequestId) : undefined;
  const yieldTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const pipeline = createPipeline({
    get settings() {
      return runtime.settings;
    },
    lane: (name) => find(name)?.lane,
    send: createSendAttempt({ clock, transport, yieldTurn }),
    clock,
    random,
    hash,
    emit,
    held: transport.held,
    limits: createClientLimits(),
    memory,
    isClosing: () => phase.kind === 'closing',
    yieldTurn,
  });
  const { refuse } = pipeline;
  const handle = settings.log.access === 'on' ? withAccessLog(pipeline.handle, runtime) : pipeline.handle;
  const readies = createReadies(runtime);
  const isDraining = (): boolean => phase.kind !== 'serving';
  const { maxBodyBytes } = settings.limits;
  const publicServer = await createPublicServer({
    get settings() {
      return runtime.settings.server;
    },
    maxBodyBytes,
    handle,
    refuse,
    readies,
    isDraining,
    certificate: house.certificate.shown,
  });
  house.certificate.hang(publicServer);
  const adminServer = await adminServerOf(runtime, { ...house, isDraining, memory, readies, handle });
  try {
    const { host, port } = settings.server;
    const publicUrl = await publicServer.listen({ host, port });
    const adminUrl = await adminServer.listen({ host: settings.admin.host, port: settings.admin.port });
    return { publicServer, adminServer, publicUrl, adminUrl };
  } catch (error) {
    await Promise.allSettled([publicServer.close(), adminServer.close(), runtime.close()]);
    throw error;
  }
}

/** The operators' door. */
function adminServerOf(runtime: Runtime, { readies, handle, ...house }: AdminHouse): Promise<FastifyInstance> {
  const { clock, metrics } = runtime;
  return createAdminServer({
    get settings() {
      return runtime.settings.admin;
    },
    readies,
    operations: operationsOf(runtime, house),
    handle,
    clock,
    expose: async () => ({ text: await metrics.expose(), contentType: metrics.contentType }),
    isDraining: house.isDraining,
  });
}

/** What operators see and do, of the world in force when they ask. */
function operationsOf(runtime: Runtime, { reloads, version, isDraining, memory }: OperatedHouse): Operations {
  const { clock, usage, find } = runtime;
  return createOperations({
    chains: () => runtime.chains,
    find,
    clock,
    random,
    version,
    memory,
    isDraining,
    isOurTrouble: () => runtime.isOurTrouble(),
    accounts: () => runtime.accounts.statuses(),
    usage: () => usage.read(),
    countedSince: () => usage.countedSince(),
    configuration: () => reloads.configuration(),
    reload: () => reloads.reload(),
  });
}

interface OperatedHouse extends House {
  readonly memory: CallMemory | undefined;
  isDraining(): boolean;
}

interface AdminHouse extends OperatedHouse {
  readonly readies: Readies;
  readonly handle: Handle;
}

function createRunning(
  runtime: Runtime,
  doors: Doors,
  { phase, reloads, watch }: Pick<House, 'phase' | 'reloads'> & { readonly watch: SourceWatch },
): RunningGateway {
  const after = (ms: number): Promise<void> => new Promise((resolve) => void runtime.clock.after(ms, resolve));
  let closed: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    phase.kind = 'closing';
    watch.close();
    const { drainDelayMs, drainTimeoutMs } = runtime.settings.server;
    await Promise.race([doors.publicServer.close(), after(Math.max(0, drainTimeoutMs - drainDelayMs))]);
    doors.publicServer.server.closeAllConnections();
    await doors.adminServer.close();
    await runtime.close();
  };
  return {
    publicUrl: doors.publicUrl,
    adminUrl: doors.adminUrl,
    /** Load balancers see 503 at once and get the time to act on it; calls are still served meanwhile. */
    async drain() {
      if (phase.kind !== 'serving') return;
      phase.kind = 'draining';
      await after(runtime.settings.server.drainDelayMs);
    },
    reload: () => reloads.reload(),
    close() {
      closed ??= closeAll();
      return closed;
    },
  };
}
