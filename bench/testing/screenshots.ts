/** Pictures of a report for the handbook, taken in Chromium: `npm run screenshots -- RUN` after a run with failures. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { REPORT_FILE } from '../run/folder.ts';
import { findChromium, launchChromium } from './browser.ts';

const TARGET = 'docs/images';
const VIEW = { width: 1280, height: 860 };

/** By what the page is to show first: its top, or the section of that id. */
const PICTURES: Readonly<Record<string, string>> = {
  verdict: 'report',
  frames: 'frame-map',
  latency: 'report-latency',
};

async function takePictures(run: string): Promise<void> {
  const chromium = findChromium();
  if (chromium === null) throw new Error('no Chromium here; CHROMIUM in the environment says where one is');
  const browser = await launchChromium(chromium);
  try {
    const page = await browser.newPage({ viewport: VIEW });
    const address = pathToFileURL(resolve(run, REPORT_FILE)).href;
    mkdirSync(TARGET, { recursive: true });
    for (const [id, name] of Object.entries(PICTURES)) {
      const path = join(TARGET, `${name}.png`);
      await page.goto(`${address}#${id}`);
      await page.screenshot({ path });
      console.log(path);
    }
  } finally {
    await browser.close();
  }
}

const run = process.argv.at(2);
if (run === undefined) {
  console.error('usage: npm run screenshots -- RUN');
  process.exitCode = 2;
} else await takePictures(run);
