import type { Settings } from '../model/settings.ts';
import { hideSecrets } from './secrets.ts';

/** What the operating system means by its codes when a door cannot be opened, and what to do. */
const listenTroubles: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use (stop what uses it, or choose another port)',
  EACCES: 'the port is not permitted (ports below 1024 need more rights; choose a higher one)',
  EADDRNOTAVAIL: 'this machine has no such address (choose one it has, or 127.0.0.1)',
  EAFNOSUPPORT: 'this machine has no addresses of this kind (choose IPv4 instead of IPv6, or the other way round)',
  ENOTFOUND: 'the host name is not known (choose an address)',
  EAI_AGAIN: 'the host name cannot be looked up (choose an address)',
};

const spokenErrors = ['Error', 'StartError'];

const mostCharacters = 1_000;

/** A failure on one line, with secrets replaced. Never throws. */
export function describeFailure(error: unknown, secrets: readonly string[]): string {
  return hideSecrets(messageOf(error), secrets).replaceAll(/\s+/g, ' ').slice(0, mostCharacters);
}

/** Errors that were thrown to be read speak for themselves; of others the kind helps to find the bug. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed without saying why';
  return spokenErrors.includes(error.name) ? error.message : `${error.name}: ${error.message}`;
}

/** Why a gateway did not start: in words where one of its doors could not be opened. Never throws. */
export function describeStartFailure(error: unknown, settings: Settings, secrets: readonly string[]): string {
  const trouble = listenTroubles[memberOf(error, 'code')];
  if (trouble === undefined || memberOf(error, 'syscall') === 'connect') return describeFailure(error, secrets);
  const [door, { host, port }] = isOfAdmin(error, settings)
    ? (['admin', settings.admin] as const)
    : (['public', settings.server] as const);
  return `the ${door} server cannot listen on ${host} port ${port}: ${trouble}`;
}

/** Failed look-ups name the host, failed listens the port. */
function isOfAdmin(error: unknown, { server, admin }: Settings): boolean {
  const isByHost = memberOf(error, 'hostname') === admin.host && admin.host !== server.host;
  return isByHost || (memberOf(error, 'port') === String(admin.port) && admin.port !== server.port);
}

function memberOf(error: unknown, key: string): string {
  return typeof error === 'object' && error !== null ? String(Reflect.get(error, key)) : '';
}
