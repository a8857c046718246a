import { createServer } from 'node:net';

/** Whether a door could be opened there now. A moment later it may be otherwise. Never rejects. */
export function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
