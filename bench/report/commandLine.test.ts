/** Command lines that a shell reads back as the same words. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { commandLine, invokedAs } from './commandLine.ts';

test('a shell reads back the same words', () => {
  const words = ['run', 'a b', "it's", 'failureRate>0.05', 'x=1', '$HOME', '', 'stock,a+b', '*'];
  const printed = execFileSync('sh', ['-c', commandLine('printf', ['%s\\n', ...words])], { encoding: 'utf8' });
  assert.equal(printed.split('\n').slice(0, -1), words);
});

test('plain words stay plain', () => {
  assert.is(
    commandLine('cma-stress', ['run', '--set', 'ksm.sleep_millisecs=20']),
    'cma-stress run --set ksm.sleep_millisecs=20',
  );
});

test('from a checkout the script is named, installed the command is', () => {
  assert.is(invokedAs(['node', join(process.cwd(), 'dist/bench/cli/main.js')]), 'node dist/bench/cli/main.js');
  assert.is(invokedAs(['node', '/usr/local/bin/cma-stress']), 'cma-stress');
  assert.is(invokedAs(['node', '/elsewhere/dist/bench/cli/main.js']), 'cma-stress');
});

test.run();
