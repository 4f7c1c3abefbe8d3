/** docs/reference/api: made without a warning, and what the sources say. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import * as assert from 'uvu/assert';
import { packageRoot } from '../plan/packageRoot.ts';
import { suiteInScratch } from '../testing/command.ts';

const test = suiteInScratch('api reference');

/** Paths below a folder, sorted. */
function pagesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .sort();
}

test('typedoc finds nothing undocumented, and the committed pages are what it makes (npm run docs:api)', ({ dir }) => {
  const root = packageRoot();
  const made = join(dir, 'api');
  const typedoc = join(root, 'node_modules/typedoc/bin/typedoc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [typedoc, '--out', made], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.is(status, 0, stdout + stderr);
  const committed = join(root, 'docs/reference/api');
  assert.equal(pagesIn(committed), pagesIn(made));
  for (const page of pagesIn(made))
    assert.is(readFileSync(join(committed, page), 'utf8'), readFileSync(join(made, page), 'utf8'), page);
});

test.run();
