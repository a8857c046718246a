import { describe, expect, test } from 'vitest';
import { openDevnet, viewOf } from './open-devnet.ts';

const { devnet } = openDevnet();

async function control(
  method: 'GET' | 'POST',
  path: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(`${devnet().controlUrl}${path}`, { method });
  return { status: response.status, text: await response.text() };
}

describe('the control door', () => {
  test('shows every provider with its anvil, and every switch', async () => {
    const { status, text } = await control('GET', '/');
    expect(status).toBe(200);
    expect(text).toMatch(/^block \d+\nalpha +primary +up +http:\/\/127\.0\.0\.1:\d+\/ anvil pid \d+\n/);
    expect(text).toMatch(/\ncharlie +backup +up /);
    expect(text).toMatch(/\n {2}b {2}black-hole +takes calls and never answers\n/);
  });

  test('throws a switch, with a number or with the usual one', async () => {
    expect((await control('POST', '/alpha/slow?n=25')).text).toContain('slow (25 ms)');
    expect(viewOf(devnet(), 'alpha').fault).toEqual({ kind: 'slow', delayMs: 25 });
    expect(await control('POST', '/alpha/lagging')).toMatchObject({ status: 200 });
    expect(viewOf(devnet(), 'alpha').fault).toEqual({ kind: 'lagging', blocks: 20 });
    expect(viewOf(devnet(), 'bravo').fault).toEqual({ kind: 'up' });
  });

  test('throws a switch for all providers', async () => {
    expect(await control('POST', '/all/html')).toMatchObject({ status: 200 });
    expect(
      devnet()
        .faults.view()
        .providers.map(({ fault }) => fault.kind),
    ).toEqual(['html', 'html', 'html']);
  });

  test.each([
    ['POST', '/delta/down', 404, 'there is no such provider (alpha, bravo, charlie, all)\n'],
    ['POST', '/alpha/explode', 400, 'there is no such switch (up, down, '],
    ['POST', '/alpha/slow?n=-1', 400, 'n must be a number from 1 to 600000 (milliseconds)\n'],
    ['POST', '/alpha/html?n=1', 400, 'html takes no number\n'],
    ['GET', '/alpha/down', 405, 'GET / shows the state'],
    ['POST', '/', 404, 'GET / shows the state'],
    ['GET', '/alpha', 404, 'GET / shows the state'],
    ['POST', '/alpha/down/now', 404, 'GET / shows the state'],
  ] as const)('%s %s changes nothing and says why', async (method, path, status, text) => {
    const said = await control(method, path);
    expect({ status: said.status, text: said.text.slice(0, text.length) }).toEqual({ status, text });
    expect(
      devnet()
        .faults.view()
        .providers.map(({ fault }) => fault.kind),
    ).toEqual(['up', 'up', 'up']);
  });
});
