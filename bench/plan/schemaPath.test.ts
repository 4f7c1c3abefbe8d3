/** The line by which a file names its schema: relative, and only where it holds for whoever has the folder. */
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from './packageRoot.ts';
import { schemaComment } from './schemaPath.ts';

/** The comment of a workload in `folder` when the command is given in `at`. */
function commentIn(at: string, folder: string): string | null {
  const before = process.cwd();
  process.chdir(at);
  try {
    return schemaComment('workload', folder);
  } finally {
    process.chdir(before);
  }
}

const root = packageRoot();

test('a file beside or below the package, or above it in the working directory', () => {
  const line = (path: string): string => ` yaml-language-server: $schema=${path}`;
  assert.is(commentIn(root, '.'), line('workloads/schema/workload.json'));
  assert.is(commentIn(root, 'docs/examples'), line('../../workloads/schema/workload.json'));
  const above = dirname(root);
  assert.is(commentIn(above, '.'), line(`${root.slice(above.length + 1)}/workloads/schema/workload.json`));
});

test('no path leads through the rest of the machine', () => {
  assert.is(commentIn(root, dirname(root)), null);
  assert.is(commentIn(join(root, 'docs'), '.'), null);
});

test.run();
