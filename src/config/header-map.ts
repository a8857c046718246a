import { Type } from 'typebox';
import { text } from './schema-leaf.ts';
import type { TextForm } from './text-form.ts';

const headerForm: TextForm = {
  pattern: '^[\\x20-\\x7e]{1,8192}$',
  expects: 'one line of at most 8192 printable ASCII characters',
};

/** Headers that belong to the connection or to the framing of a message, never to a provider. */
const reservedHeaders = [
  'accept-encoding',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** A map of headers that go to an upstream. */
export function headerMap(description: string) {
  return Type.Record(
    Type.String({ pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$" }),
    text(undefined, 'A value.', headerForm),
    {
      maxProperties: 32,
      expects: 'a map of at most 32 headers',
      keyExpects:
        "header names have no spaces, and those that frame a message or belong to the connection are the gateway's own",
      reserved: reservedHeaders,
      description,
    },
  );
}
