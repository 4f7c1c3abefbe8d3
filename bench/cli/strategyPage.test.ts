/** docs/how-to/write-a-strategy.md is true: it names every hook, and its commands do what it says. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packageRoot } from '../plan/files.ts';
import { scratchDirectory } from '../testing/command.ts';
import { write } from '../testing/plugins.ts';

const MAIN = fileURLToPath(new URL('main.js', import.meta.url));
const page = readFileSync(join(packageRoot(), 'docs/how-to/write-a-strategy.md'), 'utf8');

test('every hook of the interface has its line', () => {
  const source = readFileSync(join(packageRoot(), 'sim/strategies/strategy.ts'), 'utf8');
  const body = /export interface StrategyHooks \{\n(.*?)\n\}/s.exec(source)![1];
  const hooks = [...body.matchAll(/^ {2}readonly (\w+)\?:/gm)].map(([, name]) => name);
  assert.ok(hooks.length >= 10);
  for (const hook of hooks) assert.match(page, new RegExp(`^\\| \`${hook}[(\`]`, 'm'), hook);
});

/** Runs a line of a shell; `npx cma-stress` is this build. Never rejects. */
function shell(line: string, cwd: string): Promise<{ code: number; output: string }> {
  // The report of a run takes longer than the run, and nothing here reads it.
  const quick = line.replace('npx cma-stress run', 'npx cma-stress run --no-report');
  const command = quick.replace('npx cma-stress', `'${process.execPath}' '${MAIN}'`);
  return new Promise((resolve) => {
    execFile('sh', ['-c', command], { cwd }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

test('its files and commands, one after the other, in an empty folder', async () => {
  const scratch = scratchDirectory();
  let output = '';
  for (const [, language, body] of page.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    if (language === 'ts') write(scratch.path, /^\/\/ (\S+)\n/.exec(body)![1], body);
    if (language === 'text') for (const line of body.trim().split('\n')) assert.match(output, line);
    if (language !== 'sh') continue;
    output = '';
    for (const line of body.trim().split('\n')) {
      const expected = Number(/# exit code (\d+)$/.exec(line)?.[1] ?? 0);
      const ran = await shell(line, scratch.path);
      assert.is(ran.code, expected, `${line}\n${ran.output}`);
      output += ran.output;
    }
  }
  scratch.remove();
});

test.run();
