import type { FastifyInstance } from 'fastify';
import type { ListedChain, ProbeReport, RunningGateway, StartOptions } from './config/gateway-calls.ts';
import type { PrintFacts } from './config/printable.ts';
import type { ChainName } from './model/names.ts';
import type { Settings } from './model/settings.ts';
import { createSendAttempt } from './path/attempt.ts';
import { createPipeline } from './pipeline.ts';
import type { ReloadResult } from './ports/doors.ts';
import { createAdminServer, isRestricted } from './server/admin-server.ts';
import { createPublicServer } from './server/public-server.ts';
import { listChains as listDocuments } from './spec/chain-names.ts';
import { createMemoryStore } from './store/memory-store.ts';
import { hash } from './system/hash.ts';
import { random } from './system/random.ts';
import { withAccessLog } from './world/access-log.ts';
import { openStore } from './world/open-store.ts';
import { createOperations } from './world/operations.ts';
import { probeReport } from './world/probe-report.ts';
import { createReadies } from './world/readiness.ts';
import { createReloads, type Reloads } from './world/reloads.ts';
import { createRuntime, type Runtime } from './world/runtime.ts';
import { loadDocuments, specOf } from './world/specs.ts';

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
  const { store, tell } = await openStore(settings.state);
  const runtime = await createRuntime({ settings, documents, store, version: options.version });
  tell((warning) => runtime.log.warn(warning));
  const phase: Phase = { kind: 'serving' };
  const { version, reread } = options;
  const reloads = createReloads({ runtime, reread });
  const doors = await openDoors(runtime, { phase, version, reloads });
  if (isRestricted(settings.admin)) runtime.log.warn(restrictedAdmin);
  runtime.log.info('serving', {
    public: doors.publicUrl,
    admin: doors.adminUrl,
    chains: runtime.chains.map(({ name }) => name),
  });
  return createRunning(runtime, doors, { phase, reloads });
}

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
}

async function openDoors(runtime: Runtime, { phase, reloads, version }: House): Promise<Doors> {
  const { settings, clock, transport, metrics, emit, find } = runtime;
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
    isClosing: () => phase.kind === 'closing',
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
  });
  const chains = (): Runtime['chains'] => runtime.chains;
  const reload = (): Promise<ReloadResult> => reloads.reload();
  const operations = createOperations({ chains, clock, random, version, find, reload });
  const expose = async () => ({ text: await metrics.expose(), contentType: metrics.contentType });
  const adminServer = await createAdminServer({
    get settings() {
      return runtime.settings.admin;
    },
    readies,
    operations,
    expose,
    isDraining,
  });
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

function createRunning(
  runtime: Runtime,
  doors: Doors,
  { phase, reloads }: Pick<House, 'phase' | 'reloads'>,
): RunningGateway {
  const after = (ms: number): Promise<void> => new Promise((resolve) => void runtime.clock.after(ms, resolve));
  let closed: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    phase.kind = 'closing';
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
