/**
 * The pictures of the handbook, taken in Chromium of a run that is made for them: `npm run screenshots`. What they show
 * is the README's example; a terminal's colours become HTML, so that one picture can have terminal and report side by
 * side.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AnsiUp } from 'ansi_up';
import type { Browser } from 'playwright-core';
import { REPORT_FILE } from '../run/folder.ts';
import { findChromium, launchChromium } from './browser.ts';
import { command, scratchDirectory } from './command.ts';
import { onTerminal } from './pty.ts';

const TARGET = 'docs/images';
const VIEW = { width: 1280, height: 860 };
/** The README's run. */
const WORDS = ['run', 'fork-heavy', '--strategy', 'stock,root-search,heir-items', '--seeds', '8'];
const RUN = 'results/example';

/** By what the page is to show first: its top, or the section of that id. */
const SECTIONS: Readonly<Record<string, string>> = {
  verdict: 'report',
  frames: 'frame-map',
  latency: 'report-latency',
};

async function takePictures(): Promise<void> {
  const chromium = findChromium();
  if (chromium === null) throw new Error('no Chromium here; CHROMIUM in the environment says where one is');
  const scratch = scratchDirectory();
  const browser = await launchChromium(chromium);
  try {
    const ran = await command([...WORDS, '--out', RUN], scratch.path);
    if (ran.code !== 0) throw new Error(ran.stderr);
    mkdirSync(TARGET, { recursive: true });
    const frameMap = await takeSections(browser, join(scratch.path, RUN));
    const { drawn } = await onTerminal(['show', RUN], scratch.path).finished;
    await takeOverview(browser, drawn, frameMap);
  } finally {
    await browser.close();
    scratch.remove();
  }
}

/** Gives the picture of the frame map. */
async function takeSections(browser: Browser, run: string): Promise<Buffer> {
  const page = await browser.newPage({ viewport: VIEW });
  const address = pathToFileURL(join(run, REPORT_FILE)).href;
  let frameMap: Buffer = Buffer.alloc(0);
  for (const [id, name] of Object.entries(SECTIONS)) {
    const path = join(TARGET, `${name}.png`);
    await page.goto(`${address}#${id}`);
    const picture = await page.screenshot({ path });
    if (id === 'frames') frameMap = picture;
    console.log(path);
  }
  return frameMap;
}

/** What the terminal has drawn, and the report beside it. */
async function takeOverview(browser: Browser, drawn: string, report: Buffer): Promise<void> {
  const terminal = new AnsiUp().ansi_to_html(drawn.replaceAll('\r', ''));
  const page = await browser.newPage({ viewport: { width: 1800, height: 900 } });
  await page.setContent(`<style>
    body { margin: 0; padding: 20px; display: inline-flex; gap: 20px; background: #d8dee4 }
    pre { margin: 0; padding: 16px 20px; border-radius: 6px; background: #14171a; color: #e6e6e6;
          font: 13px/1.3 'DejaVu Sans Mono', monospace }
    img { height: 920px; border-radius: 6px; background: #fff }
  </style><pre>$ cma-stress ${WORDS.join(' ')}\n${terminal}</pre>
  <img src="data:image/png;base64,${report.toString('base64')}">`);
  const path = join(TARGET, 'terminal-and-report.png');
  await page.locator('body').screenshot({ path });
  console.log(path);
}

await takePictures();
