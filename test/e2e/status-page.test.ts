import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAdmin, recordedOperations } from '../integration/server/open-doors.ts';
import { post, standings } from '../support/ask-gateway.ts';
import { chromiumPath, openBrowser, openPage } from '../support/browser.ts';
import { buildChainStatus, buildStatus, buildUpstreamStatus } from '../support/build-status.ts';
import { createFakeChain } from '../support/fake-chain.ts';
import { type FakeUpstream, startFakeUpstream } from '../support/fake-upstream.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { lookUntil } from '../support/look-until.ts';

const isLeftOut = chromiumPath === undefined && process.env.CI === undefined;
if (isLeftOut) process.stderr.write('Chromium is not installed, so the tests of the status page are left out\n');

/** Pictures of the page are put into this folder, where one is named: to be looked at. */
const pictures = process.env.SWITCHYARD_PICTURES;

const hostile = '<img src=x onerror="document.body.remove()"> & <b>bold</b>';

let browser: Browser;
let gateway: GatewayProcess;
let alpha: FakeUpstream;
let beta: FakeUpstream;
let gamma: FakeUpstream;

beforeAll(async () => {
  if (!isLeftOut) browser = await openBrowser();
});

afterAll(() => browser?.close());

describe.skipIf(isLeftOut)('the status page', () => {
  beforeAll(async () => {
    const chain = createFakeChain({ chainId: 31_337 });
    [alpha, beta, gamma] = await Promise.all([
      startFakeUpstream({ chain }),
      startFakeUpstream({ chain }),
      startFakeUpstream({ chain }),
    ]);
    await gamma.down();
    for (const upstream of [alpha, beta]) upstream.on('eth_call', { error: { code: -32_000, message: hostile } });
    const primary = [
      { name: 'alpha', url: alpha.url },
      { name: 'beta', url: beta.url },
    ];
    const backup = [{ name: 'gamma', url: gamma.url }];
    const devnet = { family: 'evm', chainId: 31_337, blockTime: '1s', primary, backup };
    gateway = await startGatewayProcess({ chains: { devnet } });
    await lookUntil(
      () => standings(gateway.adminUrl),
      (found) => found.alpha === 'serving' && found.beta === 'serving' && found.gamma === 'blocked',
    );
  });

  afterAll(async () => {
    await gateway?.stop();
    await Promise.all([alpha, beta, gamma].map((upstream) => upstream?.close()));
  });

  test('says whether it is us or them, who is blocked, why, since when, and what is tried when', async () => {
    const { page, complaints } = await openPage(browser, gateway.adminUrl);
    await page.getByText('Calls are served, with less than there should be: devnet. It is them').waitFor();
    await page.getByText(/serving from 2 of 3; backup gamma blocked \d+ s: .*refused.*; next probe/).waitFor();
    await page.getByText(/tip [\d,]+ · moved \d+ s ago .* next asked: (alpha|beta)\/json-rpc/).waitFor();
    await lineOf(page, 'gamma').click();
    await page.getByText(/^unproven → blocked$/).waitFor();
    expect(await page.title()).toBe('(impaired) Switchyard');
    expect(complaints).toEqual([]);
    await takePicture(page, 'wide-light');
  });

  test('is worked by keyboard: who tabs to an upstream sees where they are, and cordons it', async () => {
    const { page, complaints } = await openPage(browser, gateway.adminUrl);
    await lineOf(page, 'beta').waitFor();
    await tabTo(page, 'SUMMARY', 'beta/json-rpc');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await lineOf(page, 'beta').getByText('cordoned by an operator').waitFor();
    const news = page.locator('#news');
    await news.getByText('devnet/beta/json-rpc is cordoned.').waitFor({ state: 'attached' });
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Uncordon');
    await page.keyboard.press('Enter');
    await lineOf(page, 'beta').getByText('cordoned by an operator').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  test('sends a call and tells whom it went to and why; no error text of an upstream is taken for HTML', async () => {
    const { page, complaints } = await openPage(browser, gateway.adminUrl);
    await page.getByLabel('Method').fill('eth_call');
    await page.getByRole('button', { name: 'Explain without sending' }).click();
    await page.getByText('Nothing was sent.').waitFor();
    await page.getByRole('region', { name: 'Who may be asked' }).getByText('devnet/gamma/json-rpc').waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('region', { name: 'Attempts' }).getByText('client').waitFor();
    await page.getByRole('region', { name: 'Who may be asked' }).getByText('eligible').first().waitFor();
    expect(await page.getByLabel('Answer').textContent()).toContain('document.body.remove()');
    expect(await page.locator('img, b').count()).toBe(0);
    expect(complaints).toEqual([]);
    await takePicture(page, 'console');
  });

  test.each(['light', 'dark'] as const)('fits a narrow screen, in %s', async (colorScheme) => {
    const viewport = { width: 360, height: 740 };
    const { page, complaints } = await openPage(browser, gateway.adminUrl, { viewport, colorScheme });
    await lineOf(page, 'gamma').click();
    await page.getByRole('region', { name: 'Last changes of standing' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(ground).toBe(colorScheme === 'dark' ? 'rgb(15, 20, 25)' : 'rgb(248, 249, 250)');
    expect(complaints).toEqual([]);
    await takePicture(page, `narrow-${colorScheme}`);
  });

  test('shows by itself that a provider has died, and that the gateway has', async () => {
    const { page } = await openPage(browser, gateway.adminUrl, { colorScheme: 'dark' });
    await lineOf(page, 'alpha').getByText('serving').waitFor();
    await alpha.down();
    const call = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_gasPrice', params: [] });
    await Promise.all(Array.from({ length: 20 }, () => post(`${gateway.url}/devnet`, call)));
    await lineOf(page, 'alpha')
      .getByText(/refused/)
      .waitFor();
    await page.getByText(/serving from 1 of 3; .*primary alpha blocked/).waitFor();
    await takePicture(page, 'wide-dark');
    await gateway.stop();
    await page
      .getByRole('alert')
      .getByText(/No word from the gateway for \d+ s/)
      .waitFor();
  });
});

describe.skipIf(isLeftOut)('a page whose every word is hostile', () => {
  /** The same data with markup in every text but moments. */
  const poisoned = (value: unknown): unknown => {
    if (typeof value === 'string') return Number.isNaN(Date.parse(value)) ? `${hostile} ${value}` : value;
    if (Array.isArray(value)) return value.map(poisoned);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, poisoned(member)]));
  };

  test('shows it as text, draws its charts, and breaks no policy of its own', async () => {
    const failure = { at: 0, meaning: 'timeout', method: 'eth_call', detail: 'no answer', agoMs: 5000 } as const;
    const transition = { at: '2026-01-02T03:04:05.000Z', from: 'serving', to: 'blocked', detail: 'why' } as const;
    const upstream = buildUpstreamStatus(0, {
      lastFailure: failure,
      transitions: [transition],
      unsupported: ['trace_block'],
      avoidances: [{ method: 'eth_getLogs', forMs: 60_000 }],
      heldOff: { until: 0, forMs: 12_000, reason: 'quota' },
    });
    const chain = buildChainStatus([upstream, buildUpstreamStatus(1), buildUpstreamStatus(2)]);
    const refused = { at: '2026-01-02T03:04:05.000Z', problems: ['c.yaml:1: wrong'] };
    const budget = {
      unit: 'calls',
      limit: 1_000_000,
      spent: 1_000_000,
      remainingRatio: 0,
      spentBy: {},
      since: '2026-01-01T00:00:00.000Z',
      renewsAt: '2026-02-01T00:00:00.000Z',
      whenSpent: 'stop',
    } as const;
    const status = buildStatus([chain], {
      configuration: { revision: 2, takenAt: refused.at, refused },
      accounts: [{ account: 'acme', inFlight: 3, budget }],
    });
    const operations = { ...recordedOperations(), status: () => poisoned(status) };
    const { url } = await openAdmin({}, { operations });
    const { page, complaints } = await openPage(browser, url);
    for (const line of await page.locator('summary').all()) await line.click();
    await page.getByText(`${hostile} eth_getLogs for 60 s`).waitFor();
    await page.getByText(`Nothing is left of ${hostile} acme.`).waitFor();
    expect(await page.locator('canvas').count()).toBe(2);
    expect(await page.locator('img, b, script:not([src]), [onerror], [style*="<"]').count()).toBe(0);
    expect(complaints).toEqual([]);
    await takePicture(page, 'hostile');
  });
});

/** The line of an upstream. */
function lineOf(page: Page, provider: string) {
  return page.locator(`[data-upstream="devnet/${provider}/json-rpc"] summary`);
}

/** Presses Tab until this element has the focus. */
async function tabTo(page: Page, tag: string, text: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<string>('document.activeElement.tagName + document.activeElement.textContent');
    if (focused.startsWith(tag) && focused.includes(text)) return;
  }
  throw new Error(`no ${tag} with ${text} is reached by Tab`);
}

async function takePicture(page: Page, name: string): Promise<void> {
  if (pictures !== undefined) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}
