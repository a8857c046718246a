import { describe, expect, test } from 'vitest';
import { answerRequest, type Ways } from '../../../src/demo/answer-request.ts';
import { jsonAnswer, type WireAnswer } from '../../../src/demo/wire-answer.ts';
import { parseJson, readRequest } from '../../../src/demo/wire-request.ts';

interface Scene {
  readonly answer: WireAnswer;
  /** Which way went what, in order. */
  readonly went: readonly string[];
}

interface SceneOptions {
  readonly own?: WireAnswer;
  readonly all?: WireAnswer | undefined;
}

/** Answers a body where the own anvil and all of them answer as told. */
async function answered(body: string, options: SceneOptions = {}): Promise<Scene> {
  const went: string[] = [];
  const ways: Ways = {
    own: async (sent) => {
      went.push(`own ${sent}`);
      return options.own ?? jsonAnswer({ id: 1, result: 'own' });
    },
    all: async (sent) => {
      went.push(`all ${sent}`);
      return 'all' in options ? options.all : jsonAnswer({ id: 1, result: 'all' });
    },
    inTurn: (run) => {
      went.push('turn');
      return run();
    },
  };
  const bytes = Buffer.from(body);
  return { answer: await answerRequest(readRequest(bytes), bytes, ways), went };
}

describe('a request at a sound provider', () => {
  test.each(['{"id":1, "method":"eth_call"}', 'not json', '[{"method":"eth_call"},{"method":"eth_chainId"}]'])(
    'that concerns one anvil passes as it is: %s',
    async (body) => {
      const own = { status: 418, headers: { 'content-type': 'x' }, body: Buffer.from('as it is') };
      const { answer, went } = await answered(body, { own });
      expect(went).toEqual([`own ${body}`]);
      expect(answer).toBe(own);
    },
  );

  test('that brings a signed transaction goes to all as it is', async () => {
    const body = '{"id":1, "method":"eth_sendRawTransaction","params":["0x1"]}';
    const { answer, went } = await answered(body);
    expect(went).toEqual([`all ${body}`]);
    expect(parseJson(answer.body)).toEqual({ id: 1, result: 'all' });
  });

  test('that brings an unsigned transaction is signed by its anvil, in turn, and goes to all', async () => {
    const own = jsonAnswer({ id: 4, result: '0xsigned' });
    const { went } = await answered('{"id":4,"method":"eth_sendTransaction","params":[{"from":"0x1"}]}', { own });
    expect(went).toEqual([
      'turn',
      'own {"jsonrpc":"2.0","id":4,"method":"eth_signTransaction","params":[{"from":"0x1"}]}',
      'all {"jsonrpc":"2.0","id":4,"method":"eth_sendRawTransaction","params":["0xsigned"]}',
    ]);
  });

  test('whose transaction its anvil does not sign is answered with that error', async () => {
    const own = jsonAnswer({ id: 4, error: { code: -32602, message: 'No Signer available' } });
    const { answer, went } = await answered('{"id":4,"method":"eth_sendTransaction"}', { own });
    expect(answer).toBe(own);
    expect(went).toHaveLength(2);
  });

  test.each(['eth_sendRawTransaction', 'eth_sendTransaction'])(
    'is answered with an error where no anvil takes %s',
    async (method) => {
      const { answer } = await answered(`{"id":9,"method":"${method}"}`, { all: undefined });
      expect(parseJson(answer.body)).toMatchObject({ id: 9, error: { code: -32603 } });
    },
  );

  test('that would part the anvils goes nowhere', async () => {
    const { answer, went } = await answered('{"id":"a","method":"evm_mine"}');
    expect(went).toEqual([]);
    expect(parseJson(answer.body)).toMatchObject({ id: 'a', error: { code: -32601 } });
  });

  test('of several kinds is answered call by call, in order, notifications left out', async () => {
    const own = { ...jsonAnswer(null), body: Buffer.alloc(0) };
    const body = '[{"id":1,"method":"eth_sendRawTransaction"},{"method":"eth_call"},{"id":2,"method":"anvil_mine"}]';
    const { answer, went } = await answered(body, { own });
    expect(went).toEqual(['all {"id":1,"method":"eth_sendRawTransaction"}', 'own {"method":"eth_call"}']);
    expect(parseJson(answer.body)).toMatchObject([
      { id: 1, result: 'all' },
      { id: 2, error: { code: -32601 } },
    ]);
  });
});
