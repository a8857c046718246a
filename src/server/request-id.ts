import { randomBytes } from 'node:crypto';

/** What is taken for a request's name: printable, without spaces, and no longer than this. */
const saneId = /^[\x21-\x7e]{1,128}$/;

/** Tells the ids of one process from those of the others. */
const prefix = randomBytes(6).toString('base64url');

let made = 0;

/** The id a client gave its request, or undefined where it gave none that can be repeated as it is. */
export function givenRequestId(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' && saneId.test(header) ? header : undefined;
}

/** An id that no other request has. */
export function nextRequestId(): string {
  made += 1;
  return `${prefix}-${made.toString(36)}`;
}
