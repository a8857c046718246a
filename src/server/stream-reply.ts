import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { AnswerRest } from '../model/answer.ts';
import type { GatewayReply } from '../ports/handle.ts';
import { sendAwayStalled } from './stalled-client.ts';

/**
 * Sends an answer whose rest is still to come, no faster than its client takes it. Where the rest breaks off, so does the connection: what
 * the client has then is no whole answer by HTTP's own rules. Who stops reading is sent away.
 */
export function streamReply(reply: FastifyReply, { body = [] }: GatewayReply, rest: AnswerRest): FastifyReply {
  const headers = reply.getHeaders();
  reply.hijack();
  const { raw } = reply;
  if (raw.destroyed) {
    rest.cancel();
    return reply;
  }
  raw.once('close', () => rest.cancel());
  raw.writeHead(reply.statusCode, headers as Record<string, string | string[]>);
  sendAwayStalled(raw);
  void pour(raw, body, rest);
  return reply;
}

async function pour(raw: ServerResponse, beginning: readonly Buffer[], rest: AnswerRest): Promise<void> {
  raw.cork();
  for (const piece of beginning) raw.write(piece);
  raw.uncork();
  await untilTaken(raw);
  while (!raw.destroyed) {
    const piece = await rest.read();
    if (raw.destroyed) return;
    if (piece.kind === 'ended') return void raw.end();
    if (piece.kind === 'broken') return void raw.destroy();
    if (!raw.write(piece.bytes)) await untilTaken(raw);
  }
}

/** Resolves once the client has taken what was written, or has gone. */
function untilTaken(raw: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (raw.destroyed || !raw.writableNeedDrain) return resolve();
    const settle = (): void => {
      raw.off('drain', settle);
      raw.off('close', settle);
      resolve();
    };
    raw.once('drain', settle);
    raw.once('close', settle);
  });
}
