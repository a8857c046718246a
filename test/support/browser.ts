import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** Debian's Chromium, or undefined where it is not installed. */
export const chromiumPath = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin']
  .map((folder) => join(folder, 'chromium'))
  .find((path) => existsSync(path));

/** Starts Chromium without a window. Rejects where it is not installed. Close it in the end. */
export function openBrowser(): Promise<Browser> {
  // In a container its own sandbox cannot be had; what it is shown comes from this machine alone.
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];
  return chromium.launch({ executablePath: chromiumPath ?? 'chromium', args });
}

/** A page with all it complained of. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors of scripts and on the console, requests that failed, and breaches of the page's content policy. */
  readonly complaints: readonly string[];
}

/** Opens a page that closes with the test, and notes whatever goes wrong in it. */
export async function openPage(browser: Browser, url: string, look: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext(look);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => {
    if (!request.url().endsWith('/api/events')) complaints.push(`${request.url()} failed`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()} answered ${response.status()}`);
  });
  await page.goto(url);
  return { page, complaints };
}
