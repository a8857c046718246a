import type { Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import { type Dialled, dial, type Route } from './connector.ts';

/** What a line carries: the request, and the ears for its answer. */
export interface Rider extends Dispatcher.DispatchHandler {
  /** Takes its seat and hands over the request. */
  board(line: Line): Dispatcher.DispatchOptions;
  /** Ends as `aborted`. */
  abandon(): void;
}

/** Who is told what becomes of a line. */
export interface LineOwner {
  /** A connection stands. */
  lineOpened(): void;
  /** No connection came about. */
  lineFailed(): void;
  /** A connection that stood has ended. */
  lineClosed(line: Line, by: 'us' | 'upstream'): void;
}

/** Response headers above so many bytes are refused. */
const maxHeaderSize = 16 * 1024;

/** An idle connection closes after so many milliseconds, before most upstreams close it; their own hint may raise it. */
const keepAliveTimeout = 4_000;
const keepAliveMaxTimeout = 60_000;

/** Errors with which the HTTP client reports connections that it closed itself, or we through it. */
const ownEnds: ReadonlySet<string> = new Set(['UND_ERR_INFO', 'UND_ERR_DESTROYED']);

let connections = 0;

/** A number no connection has had before. */
export function nextConnection(): number {
  connections += 1;
  return connections;
}

/** Carries one rider at a time over one connection, which is made when first needed and made anew after it closed. */
export class Line {
  /** Numbers the present connection, or the one being made. */
  connection = nextConnection();
  /** Whole answers the present connection has brought. */
  served = 0;
  /** On its way at the moment. */
  rider: Rider | undefined;
  readonly #client: Client;
  #socket: Socket | undefined;

  constructor(route: Route, owner: LineOwner) {
    this.#client = new Client(route.url.origin, {
      pipelining: 1,
      maxHeaderSize,
      keepAliveTimeout,
      keepAliveMaxTimeout,
      // The rider's own deadline rules.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (_options, callback) => this.#connect(route, owner, toDialled(callback)),
    });
    this.#client.on('disconnect', (_origin, _lines, error) => {
      owner.lineClosed(this, ownEnds.has(error.code) ? 'us' : 'upstream');
    });
  }

  /** Sends the rider's request. */
  carry(rider: Rider): void {
    this.rider = rider;
    this.#client.dispatch(rider.board(this), rider);
  }

  /** Ends the connection and whatever is on its way, at once. */
  retire(): void {
    this.#client.destroy(null, nothing);
    this.#socket?.destroy();
  }

  #connect(route: Route, owner: LineOwner, dialled: Dialled): void {
    this.connection = nextConnection();
    this.served = 0;
    this.#socket = dial(route, (error, socket) => {
      if (error === null) owner.lineOpened();
      else owner.lineFailed();
      dialled(error, socket);
    });
  }
}

/** Its callback takes either an error or a socket, which the types say as two shapes. */
function toDialled(callback: (...said: [null, Socket] | [Error, null]) => void): Dialled {
  return (error, socket) => {
    if (socket !== null) callback(null, socket);
    else if (error !== null) callback(error, null);
  };
}

function nothing(): void {}
