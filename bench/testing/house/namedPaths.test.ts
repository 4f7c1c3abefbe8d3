/**
 * Files and folders of the repository that pages name in backquotes are there: nobody is sent to a room that has moved.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../../plan/packageRoot.ts';

const root = packageRoot();
/** Pages for those who change the tool. */
const pages = [
  'CONTRIBUTING.md',
  'docs/model.md',
  ...['docs/how-to', 'docs/decisions'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

/** Paths between backquotes; capitals stand for a name of the reader's own, stars for several. */
function pathsIn(text: string): string[] {
  const prose = text.replaceAll(/^```[^]*?^```$/gm, '');
  const named = [...prose.matchAll(/`((?:sim|bench|workloads|docs|deploy)\/[\w./-]+)`/g)].map(([, path]) => path);
  return named.filter((path) => !/[A-Z]{2,}/.test(path));
}

test('each page names what is there', () => {
  const missing = pages.flatMap((page) =>
    pathsIn(readFileSync(join(root, page), 'utf8'))
      .filter((path) => !existsSync(join(root, path)))
      .map((path) => `${page}: ${path}`),
  );
  assert.equal(missing, []);
});

test('there are some', () => {
  assert.ok(pathsIn(readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')).length > 20);
});

test.run();
