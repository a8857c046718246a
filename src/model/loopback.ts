/** True for an address of this very machine. */
export function isLoopback(address: string): boolean {
  return (
    address === '127.0.0.1' || address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
  );
}

/** True where a server so bound can be reached from this machine only. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || isLoopback(host);
}
