/** Chromium for tests of pages, where this machine has one. */
import { accessSync, constants } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** No sandbox, since CI is root in a container; nothing that calls home. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Its path; null where there is none. CHROMIUM in the environment says where; an error when it is not there. */
export function findChromium(): string | null {
  const said = process.env['CHROMIUM'];
  if (said !== undefined && said !== '') {
    if (!canRun(said)) throw new Error(`CHROMIUM=${said}: no program that can be run`);
    return said;
  }
  return PLACES.find(canRun) ?? null;
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function launchChromium(path: string): Promise<Browser> {
  return chromium.launch({ executablePath: path, args: FLAGS });
}
