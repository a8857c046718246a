import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';

/** Memory the process may use, in bytes: what its container allows, else what the machine has. Never throws. */
export function memoryLimitBytes(): number {
  const allowed = process.constrainedMemory();
  const present = totalmem();
  return allowed > 0 && allowed < present ? allowed : present;
}

/** Size in bytes the JavaScript heap may grow to before the process ends. Buffers lie outside of it. Never throws. */
export function heapLimitBytes(): number {
  return getHeapStatistics().heap_size_limit;
}
