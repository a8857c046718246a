import { FetchRequest } from 'ethers';

/** Popular clients give up after this long; whatever is slower is lost to them. In milliseconds. */
const clientPatienceMs = 10_000;

/** What went over the wire between a client library and the gateway, whatever the library made of it. */
export interface WireRecord {
  /** HTTP requests that ended so far, in whatever way. */
  requests(): number;
  /** Answers in them, each of a batch by itself. */
  answers(): number;
  /** The most calls in one request. */
  largestBatch(): number;
  /** Requests that were not answered by HTTP 200 with nothing but results, in words. */
  readonly refused: readonly string[];
  /** The platform's `fetch`, with notes taken. */
  readonly fetch: typeof fetch;
  /** A connection of ethers as it makes it by itself, with notes taken and the usual patience. */
  ethersConnection(url: string): FetchRequest;
}

/** Starts a record of what goes over the wire. */
export function startWireRecord(): WireRecord {
  const refused: string[] = [];
  const counts = { requests: 0, answers: 0, largestBatch: 0 };

  function noteAnswer(status: number, body: Uint8Array | null): void {
    const answers = answersIn(body);
    counts.requests += 1;
    counts.answers += answers.length;
    counts.largestBatch = Math.max(counts.largestBatch, answers.length);
    if (status !== 200 || !answers.every(isResult)) refused.push(`HTTP ${status}: ${textOf(body).slice(0, 500)}`);
  }

  function noteFailure(error: unknown, asked: unknown): void {
    counts.requests += 1;
    refused.push(`${error} for ${String(asked).slice(0, 200)}`);
  }

  const recordingFetch: typeof fetch = async (input, init) => {
    try {
      const response = await fetch(input, init);
      const body = new Uint8Array(await response.arrayBuffer());
      noteAnswer(response.status, body);
      return new Response(body, { status: response.status, headers: response.headers });
    } catch (error) {
      noteFailure(error, init?.body);
      throw error;
    }
  };

  return {
    requests: () => counts.requests,
    answers: () => counts.answers,
    largestBatch: () => counts.largestBatch,
    refused,
    fetch: recordingFetch,
    ethersConnection(url) {
      const connection = new FetchRequest(url);
      const send = FetchRequest.createGetUrlFunc();
      connection.timeout = clientPatienceMs;
      connection.getUrlFunc = async (request, signal) => {
        try {
          const response = await send(request, signal);
          noteAnswer(response.statusCode, response.body);
          return response;
        } catch (error) {
          noteFailure(error, Buffer.from(request.body ?? []));
          throw error;
        }
      };
      return connection;
    },
  };
}

function textOf(body: Uint8Array | null): string {
  return Buffer.from(body ?? []).toString();
}

function answersIn(body: Uint8Array | null): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(textOf(body));
    return Array.isArray(value) ? value : [value];
  } catch {
    return ['no JSON'];
  }
}

function isResult(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'result' in answer && !('error' in answer);
}
