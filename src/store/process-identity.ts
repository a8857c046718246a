import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** One process among all that ever ran. */
export interface ProcessIdentity {
  /** Where its number means anything: the machine or container, and the kernel's name space of process numbers. */
  readonly place: string;
  readonly pid: number;
  /** When it began, as the kernel counts; empty where the kernel does not say. Tells it from a later one of its number. */
  readonly began: string;
}

/** This process. Never rejects. */
export async function thisProcess(): Promise<ProcessIdentity> {
  const { began } = await kernelEntry(process.pid);
  return { place: await thisPlace(), pid: process.pid, began };
}

/** Whether a process still runs; undefined where its place is not ours, so that nobody here can say. Never rejects. */
export async function stillRuns(identity: ProcessIdentity): Promise<boolean | undefined> {
  if (identity.place !== (await thisPlace())) return undefined;
  if (!takesSignals(identity.pid)) return false;
  const { began, ended } = await kernelEntry(identity.pid);
  return !ended && (began === identity.began || began === '' || identity.began === '');
}

/** Reads what `JSON.stringify` made of an identity; undefined for anything else. */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isIdentity(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null) return false;
  if (!('place' in value && 'pid' in value && 'began' in value)) return false;
  return typeof value.place === 'string' && Number.isSafeInteger(value.pid) && typeof value.began === 'string';
}

async function thisPlace(): Promise<string> {
  const numbers = await readlink('/proc/self/ns/pid').catch(() => '');
  return `${hostname()} ${numbers}`.trim();
}

/**
 * What the kernel says of a process: when it began (the boot, and field 22 of `stat`), and whether it has ended and only
 * waits for its parent to notice. Fields are counted behind the name, which may hold anything.
 */
async function kernelEntry(pid: number): Promise<{ readonly began: string; readonly ended: boolean }> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { began: `${boot.trim()} ${fields[18] ?? ''}`, ended: state === 'Z' || state === 'X' };
  } catch {
    return { began: '', ended: false };
  }
}

/** Signal 0 is only asked for. A process of another user refuses it, and so exists. */
function takesSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
