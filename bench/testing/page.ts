/**
 * Tests of one HTML page in Chromium: what only a browser can tell. Skipped, and counted so, where there is none.
 *
 * What the tests ask the page goes through the debugger, which the page's policy does not hold back.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findChromium, launchChromium } from './browser.ts';
import { scratchDirectory } from './command.ts';

const PHONE = { width: 360, height: 740 };
const DESKTOP = { width: 1280, height: 900 };

export interface Opened {
  readonly page: Page;
  /** Errors and warnings of the console, exceptions, dialogs. */
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
  /** The value of an expression in the page; a promise is waited for. */
  readonly ask: <T>(expression: string) => Promise<T>;
}

interface OpenOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
  readonly reducedMotion?: 'reduce' | 'no-preference';
  readonly javaScriptEnabled?: boolean;
}

export interface PageTests {
  /** A test that is skipped without a browser. */
  readonly browserTest: (name: string, body: () => Promise<void>) => void;
  /** Opens the page, with every `details` open. */
  readonly open: (options?: OpenOptions) => Promise<Opened>;
}

/** `write` makes the page in an empty directory of its own and returns its address. */
export function pageTests(write: (directory: string) => Promise<string>): PageTests {
  const chromium = findChromium();
  if (chromium === null) console.log('skipped: no Chromium here; CHROMIUM in the environment says where one is');
  const scratch = scratchDirectory();
  let browser: Browser | null = null;
  let address = '';
  test.before(async () => {
    if (chromium === null) return;
    address = await write(scratch.path);
    browser = await launchChromium(chromium);
  });
  test.after(async () => {
    await browser?.close();
    scratch.remove();
  });
  return {
    browserTest: (name, body) => {
      if (chromium === null) test.skip(name, body);
      else test(name, body);
    },
    open: (options = {}) => openPage(browser!, address, options),
  };
}

/** The same for a page of this tool, with the tests of what every one of them must stand. */
export function ownPageTests(write: (directory: string) => Promise<string>): PageTests {
  const tests = pageTests(write);
  testEveryPage(tests);
  return tests;
}

async function openPage(browser: Browser, address: string, options: OpenOptions): Promise<Opened> {
  const page = await browser.newPage({ viewport: DESKTOP, colorScheme: 'light', ...options });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(address);
  const session = await page.context().newCDPSession(page);
  const ask = <T>(expression: string): Promise<T> => evaluate<T>(session, expression);
  await ask('document.querySelectorAll("details").forEach((one) => (one.open = true))');
  return { page, complaints, requests, ask };
}

async function evaluate<T>(session: CDPSession, expression: string): Promise<T> {
  const given = { expression, awaitPromise: true, returnByValue: true };
  const { result, exceptionDetails } = await session.send('Runtime.evaluate', given);
  if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value as T;
}

/** Adds a script, a style, an image, a frame and a request to the page: none may get in, and nobody may be asked. */
async function nothingGetsIn({ ask }: Opened): Promise<void> {
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    response.end();
  });
  await new Promise<void>((go) => server.listen(0, '127.0.0.1', go));
  const elsewhere = JSON.stringify(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const blocked = await ask<string[]>(`new Promise((done) => {
    const seen = [];
    // Chromium reports a frame from another process, and may do so after the rest.
    const enough = setTimeout(() => done(seen.sort()), 10_000);
    document.addEventListener('securitypolicyviolation', (event) => {
      seen.push(event.effectiveDirective);
      if (seen.length < 5) return;
      clearTimeout(enough);
      setTimeout(() => done(seen.sort()), 100);
    });
    const add = (name, fields) => document.body.append(Object.assign(document.createElement(name), fields));
    add('script', { textContent: 'window.ran = true' });
    add('style', { textContent: 'body { max-width: 1px }' });
    add('img', { src: ${elsewhere} });
    add('iframe', { src: ${elsewhere} });
    fetch(${elsewhere}).catch(() => {});
  })`);
  server.close();
  assert.equal(blocked, ['connect-src', 'frame-src', 'img-src', 'script-src-elem', 'style-src-elem']);
  assert.is(asked, 0);
  assert.is(await ask('window.ran === undefined'), true);
  // Its own style is the one that the policy names.
  assert.is(await ask('getComputedStyle(document.body).maxWidth'), '1344px');
}

/** The page, opened at PHONE, is as wide as the phone, and so is everything but what scrolls by itself. */
async function fitsPhone({ ask }: Opened): Promise<void> {
  assert.is(await ask('document.documentElement.scrollWidth'), PHONE.width);
  const wide = await ask<string[]>(`[...document.querySelectorAll('body *')]
    .filter((one) => one.closest('.scroll, svg') === null || one.matches('.scroll, svg'))
    .filter((one) => one.getBoundingClientRect().right > ${PHONE.width})
    .map((one) => one.outerHTML.slice(0, 80))`);
  assert.equal(wide, []);
}

/** What axe finds: nothing, and it looked at contrast. */
async function axeFindsNothing({ ask }: Opened): Promise<void> {
  await ask(`${axe.source}; undefined`);
  const { violations, passes } = await ask<AxeResults>('axe.run()');
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.length}, as ${nodes[0].html.slice(0, 120)}`);
  assert.equal(found, []);
  assert.ok(passes.some(({ id }) => id === 'color-contrast'));
}

/** Paper and ink, in plots as well, are those of the scheme. */
async function followsScheme(open: PageTests['open']): Promise<void> {
  const look = async (colorScheme: 'light' | 'dark'): Promise<{ paper: number; ink: number }> => {
    const { page, ask } = await open({ colorScheme });
    const paper = await ask<string>('getComputedStyle(document.body).backgroundColor');
    const ink = await ask<string>('getComputedStyle(document.querySelector("svg text")).fill');
    await page.close();
    return { paper: brightness(paper), ink: brightness(ink) };
  };
  const light = await look('light');
  const dark = await look('dark');
  assert.ok(light.paper > 240 && light.ink < 60, JSON.stringify(light));
  assert.ok(dark.paper < 40 && dark.ink > 200, JSON.stringify(dark));
}

/** Mean of red, green and blue, 0..255. */
function brightness(color: string): number {
  const [red, green, blue] = [...color.matchAll(/\d+/g)].map(Number);
  return (red + green + blue) / 3;
}

/** What every page of this tool must stand. */
function testEveryPage({ browserTest, open }: PageTests): void {
  browserTest('the policy lets the page have its own style and script, and nothing that gets in', async () => {
    const opened = await open();
    await nothingGetsIn(opened);
    await opened.page.close();
  });

  browserTest('no horizontal scroll on a phone', async () => {
    const opened = await open({ viewport: PHONE });
    await fitsPhone(opened);
    await opened.page.close();
  });

  browserTest('light and dark: paper and ink of the scheme, in plots as well', () => followsScheme(open));

  for (const [colorScheme, viewport] of [
    ['light', DESKTOP],
    ['dark', PHONE],
  ] as const) {
    browserTest(`axe finds nothing, ${colorScheme}, ${viewport.width} px`, async () => {
      const opened = await open({ viewport, colorScheme });
      await axeFindsNothing(opened);
      await opened.page.close();
    });
  }
}
