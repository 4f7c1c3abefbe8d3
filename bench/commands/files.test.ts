/** What is made of the command line's definitions is as it is committed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../plan/packageRoot.ts';
import { commandFiles } from './files.ts';

for (const [path, text] of await commandFiles(packageRoot()))
  test(`${path} is as the commands are: npm run commands writes it`, () => {
    assert.is(readFileSync(join(packageRoot(), path), 'utf8'), text);
  });

test.run();
