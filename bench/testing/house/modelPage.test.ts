/**
 * docs/model.md names every file of the kernel rooms, with functions that the file speaks of, and every switch of later
 * kernels.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CHANGED_BY_6_1 } from '../../../sim/index.ts';
import { packageRoot } from '../../plan/packageRoot.ts';

const docs = join(packageRoot(), 'docs');
const page = readFileSync(join(docs, 'model.md'), 'utf8');
const ROOMS = ['memory', 'process', 'ksm', 'migrate', 'cma'];
/** Longer ones make a table that nobody reads on a forge. */
const LONGEST_CELL = 120;

const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

function linksIn(text: string): string[] {
  return [...text.matchAll(/\]\((\.\.\/[^)#]+)/g)].map(([, path]) => path);
}

test('every file that it names is there', () => {
  assert.ok(linksIn(page).length > 50);
  for (const path of linksIn(page)) assert.ok(existsSync(join(docs, path)), path);
});

test('every file of the kernel rooms is named', () => {
  const named = linksIn(page);
  for (const room of ROOMS) {
    const files = readdirSync(join(packageRoot(), 'sim', room));
    for (const file of files.filter((name) => !name.endsWith('.test.ts')))
      assert.ok(named.includes(`../sim/${room}/${file}`), `docs/model.md does not say what sim/${room}/${file} is`);
  }
});

test('the functions in a row are those that its file says it mirrors', () => {
  const strange: string[] = [];
  let count = 0;
  for (const [mechanism, kernel, here] of rows.filter((row) => row.length === 3)) {
    const files = linksIn(here).filter((path) => path.endsWith('.ts'));
    const text = files.map((path) => readFileSync(join(docs, path), 'utf8')).join('\n');
    for (const [, name] of files.length === 0 ? [] : kernel.matchAll(/`(\w+)`/g)) {
      if (!new RegExp(`\\b${name}\\b`).test(text))
        strange.push(`${mechanism}: ${files.join()} does not speak of ${name}`);
      count++;
    }
  }
  assert.equal(strange, []);
  assert.ok(count > 70, `${count} functions`);
});

test('every switch of a later kernel has its row', () => {
  const first = rows.map(([cell]) => cell);
  for (const name of Object.keys(CHANGED_BY_6_1)) {
    const key = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    assert.ok(first.includes(`\`${key}\``), key);
  }
});

test('cells are short', () => {
  const long = rows.flat().filter((cell) => cell.replaceAll(/\]\([^)]*\)/g, ']').length > LONGEST_CELL);
  assert.equal(long, []);
});

test.run();
