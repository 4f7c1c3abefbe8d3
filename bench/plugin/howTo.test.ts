/** docs/how-to/write-a-strategy.md names every field, every hook with what it is given, and helpers that there are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as model from '../../sim/index.ts';
import { packageRoot } from '../plan/packageRoot.ts';
import { FIELD_NAMES } from './validate.ts';

const root = packageRoot();
const page = readFileSync(join(root, 'docs', 'how-to', 'write-a-strategy.md'), 'utf8');
const types = readFileSync(join(root, 'sim', 'strategies', 'strategy.ts'), 'utf8');

/** What the first column of the tables whose head begins so has in backquotes. */
function firstColumn(head: string): string[] {
  const tables = page.split('\n\n').filter((part) => part.startsWith('|') && cells(part.split('\n')[0])[0] === head);
  const rows = tables.flatMap((table) => table.split('\n').slice(2));
  return rows.flatMap((row) => [...cells(row)[0].matchAll(/`([^`]+)`/g)].map(([, name]) => name));
}

function cells(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

test('every field of a strategy has a row, and no other', () => {
  assert.equal(firstColumn('field').sort(), [...FIELD_NAMES].sort());
});

test('every hook has a row, and no other; switches are written without a call', () => {
  const rows = firstColumn('hook');
  assert.equal(rows.map((row) => row.replace(/\(.*/, '')).sort(), [...model.HOOK_NAMES].sort());
  for (const row of rows) {
    const [, name, given] = /^(\w+)(?:\((.*)\))?$/.exec(row)!;
    const declared = new RegExp(`readonly ${name}\\?: (?:\\(([^)]*)\\) =>|true;|boolean;)`).exec(types);
    assert.ok(declared, `${name} is not in strategy.ts as the test knows it`);
    const parameters = (declared[1] as string | undefined)?.replaceAll(/: [^,]+/g, '');
    assert.is(given, parameters, name);
  }
});

test('what is said to come from cma-stress does', () => {
  const names = firstColumn('from `cma-stress`');
  assert.ok(names.length > 5, names.join());
  for (const name of names) assert.ok(Object.hasOwn(model, name), name);
});

test.run();
