import { totalmem } from 'node:os';

/** Memory the process may use, in bytes: what its container allows, else what the machine has. */
export function memoryLimit(): number {
  const allowed = process.constrainedMemory();
  const present = totalmem();
  return allowed > 0 && allowed < present ? allowed : present;
}
