import type { ServerResponse } from 'node:http';

/** How a fake upstream treats a request, whatever the call was. */
export type Behaviour =
  /** Says what the call's answer is: the good behaviour. */
  | { readonly kind: 'answers' }
  /** The same, so many milliseconds later. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Takes the request and never says a word. */
  | { readonly kind: 'silent' }
  /** Takes the request and resets the connection. */
  | { readonly kind: 'resets' }
  /** Promises the whole answer, sends half of it and closes. */
  | { readonly kind: 'truncates' }
  /** Promises the whole answer, sends half of it and resets the connection. */
  | { readonly kind: 'cuts' }
  /** A web page where an answer should be (status 200 unless said otherwise). */
  | { readonly kind: 'html'; readonly status?: number }
  /** 429, with `Retry-After` when it is given. */
  | { readonly kind: 'rate-limited'; readonly retryAfter?: string }
  /** Any status with any body; without a body the call's own answer. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** A good answer to somebody else's question. */
  | { readonly kind: 'wrong-id' }
  /** Bytes that are no JSON. */
  | { readonly kind: 'garbage' };

const kinds: ReadonlySet<unknown> = new Set<Behaviour['kind']>([
  'answers',
  'slow',
  'silent',
  'resets',
  'truncates',
  'cuts',
  'html',
  'rate-limited',
  'status',
  'wrong-id',
  'garbage',
]);

/** Tells a behaviour from an answer. */
export function isBehaviour<Other extends object>(said: Other | Behaviour): said is Behaviour {
  return 'kind' in said && kinds.has(said.kind);
}

/** Treats one request so; `answer` is the JSON text a good upstream would send. */
export function behaveAs(response: ServerResponse, behaviour: Behaviour, answer: string): void {
  switch (behaviour.kind) {
    case 'answers':
      return sendJson(response, 200, answer);
    case 'slow':
      setTimeout(() => sendJson(response, 200, answer), behaviour.delayMs).unref();
      return;
    case 'silent':
      return;
    case 'resets':
      response.socket?.resetAndDestroy();
      return;
    case 'truncates':
      return sendHalf(response, answer, () => response.socket?.destroySoon());
    case 'cuts':
      // A reset overtakes what is still on its way; two turns let the first half arrive.
      return sendHalf(response, answer, () =>
        setImmediate(() => setImmediate(() => response.socket?.resetAndDestroy())),
      );
    case 'html':
      response.writeHead(behaviour.status ?? 200, { 'content-type': 'text/html' });
      response.end('<!doctype html><html><body><h1>Just a moment</h1></body></html>');
      return;
    case 'rate-limited':
      if (behaviour.retryAfter !== undefined) response.setHeader('retry-after', behaviour.retryAfter);
      return sendJson(response, 429, '{"error":"too many requests"}');
    case 'status':
      for (const [name, value] of Object.entries(behaviour.headers ?? {})) response.setHeader(name, value);
      return sendJson(response, behaviour.status, behaviour.body ?? answer);
    case 'wrong-id':
      return sendJson(response, 200, answer.replace(/"id":("[^"]*"|[^,}]+)/, '"id":987654321'));
    case 'garbage':
      return sendJson(response, 200, '\u0000\u0001 not json {');
  }
}

function sendJson(response: ServerResponse, status: number, text: string): void {
  const body = Buffer.from(text);
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', body.length);
  response.writeHead(status);
  response.end(body);
}

function sendHalf(response: ServerResponse, text: string, then: () => void): void {
  const body = Buffer.from(text);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.write(body.subarray(0, body.length >> 1), then);
}
