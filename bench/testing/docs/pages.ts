/**
 * Tests of handbook pages: each page is a test, which runs its commands and holds what is shown against what they
 * print.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scratchDirectory } from '../command.ts';
import { startRedis, whyNoRedis } from '../redis.ts';
import { parsePage } from './page.ts';
import type { Page } from './page.ts';
import { ROOT, runPage } from './session.ts';

/** Groups of pages, each tested by a file of this name: by what their path begins with, the first that fits. */
const GROUPS = {
  howTo: ['docs/how-to/'],
  reference: ['docs/reference/'],
  explanation: ['docs/explanation/', 'docs/strategies/', 'docs/decisions/'],
  // Whatever is left, so that no page is left out.
  others: [''],
} as const;

/** Tests the pages of a group. */
export function testPages(group: keyof typeof GROUPS): void {
  const test = suite(`pages: ${group}`);
  const missing = new Set<string>();
  for (const file of pagesOf(group)) {
    const page = parsePage(readFileSync(join(ROOT, file), 'utf8'));
    const why = page.needs.map(whyNot).find((reason) => reason !== null) ?? null;
    if (why === null) test(file, () => testPage(file, page));
    else test.skip(file);
    if (why !== null) missing.add(why);
  }
  if (missing.size > 0) console.log(`skipped: ${[...missing].join(', ')}`);
  test.run();
}

/** Why a page that needs this cannot be run; null when it can. */
function whyNot(needed: string): string | null {
  if (needed === 'redis') return whyNoRedis();
  return spawnSync(needed, ['--version']).error === undefined ? null : `no ${needed} here`;
}

function pagesOf(group: string): string[] {
  const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md'];
  const files = execFileSync('git', words, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  return files.filter((file) => groupOf(file) === group);
}

function groupOf(file: string): string | undefined {
  return Object.entries(GROUPS).find(([, folders]) => folders.some((folder) => file.startsWith(folder)))?.[0];
}

async function testPage(file: string, page: Page): Promise<void> {
  assert.equal(page.mistakes, [], file);
  const scratch = scratchDirectory();
  const redis = page.needs.includes('redis') ? await startRedis(join(scratch.path, 'redis')) : null;
  try {
    const trouble = await runPage(page, scratch.path, redis);
    if (trouble !== null) assert.unreachable(`${file}:${trouble.line}: ${trouble.what}`);
  } finally {
    await redis?.stop();
    scratch.remove();
  }
}
