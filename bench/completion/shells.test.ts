/** The scripts of completion in the shells themselves, as far as they are here. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { MAIN, suiteInScratch } from '../testing/command.ts';

const test = suiteInScratch('completion in shells');

test.before(({ dir }) => {
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'cma-stress'), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`);
  chmodSync(join(bin, 'cma-stress'), 0o755);
  for (const run of ['with:colon', 'with blank']) {
    mkdirSync(join(dir, 'results', run), { recursive: true });
    writeFileSync(join(dir, 'results', run, 'run.json'), JSON.stringify({ strategies: ['stock', 'heir-items'] }));
  }
  writeFileSync(join(dir, 'one.litmus'), '');
});

/** bash calls the function with the line, and in $2 what stands behind the last word break. */
const BASH = `
source <(cma-stress completion bash)
compopt() { :; }
for COMP_LINE in "$@"; do
  COMP_POINT=\${#COMP_LINE}
  echo "== $COMP_LINE"
  _cma_stress cma-stress "\${COMP_LINE##*[ =:]}" ''
  printf '%s\\n' "\${COMPREPLY[@]}"
done
`;

/** zsh completes only in its line editor: compadd and _files stand in for what it has there. */
const ZSH = `
compdef() { : }
compset() { : }
_files() { print -l -- files $@ }
compadd() { print -l -- "\${(@P)@[-1]}" }
source <(cma-stress completion zsh)
for line in "$@"; do
  words=("\${(@s: :)line}") CURRENT=$#words
  echo "== $line"
  _cma_stress
done
true
`;

const FISH = `
cma-stress completion fish | source
for line in $argv
  echo "== $line"
  complete -C $line
end
`;

/** How a shell is told to print, for each line, the line and what its completion function comes to at its end. */
const SHELLS: Readonly<Record<string, readonly string[]>> = {
  bash: ['--norc', '-c', BASH, 'bash'],
  zsh: ['-f', '-c', ZSH, 'zsh'],
  fish: ['--no-config', '-c', FISH],
};

/** With the command in its path; fish's explanations are left out. */
function completions(shell: string, lines: readonly string[], dir: string): string[][] {
  const env = { ...process.env, PATH: `${join(dir, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: dir };
  const { stdout, stderr, status } = spawnSync(shell, [...SHELLS[shell], ...lines], {
    cwd: dir,
    env,
    encoding: 'utf8',
  });
  assert.is(status, 0, stderr);
  assert.is(stderr, '');
  const answers = stdout.split(/^== .*\n/m).slice(1);
  return answers.map((answer) =>
    answer
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/\t.*/, '')),
  );
}

/** A line, what the last word becomes, and what bash is told: it replaces words from their last `=` or `:` on. */
const LINES: readonly (readonly [line: string, whole: string, inBash: string])[] = [
  ['cma-stress self', 'self-check', 'self-check'],
  ['cma-stress run --strategy stock,heir', 'stock,heir-items', 'stock,heir-items'],
  ['cma-stress run --set ksm.sle', 'ksm.sleep_millisecs=', 'ksm.sleep_millisecs='],
  ['cma-stress run --set=ksm.sle', '--set=ksm.sleep_millisecs=', 'ksm.sleep_millisecs='],
  ['cma-stress compare results/with:colon:h', 'results/with:colon:heir-items', 'heir-items'],
  // Files are the shell's own affair; zsh's are not to be had here.
  ['cma-stress litmus one', 'one.litmus', 'one.litmus'],
];

for (const shell of Object.keys(SHELLS)) {
  const name = `${shell} completes commands, lists, files, and names with : = and commas`;
  if (spawnSync(shell, ['-c', 'true']).status !== 0) {
    console.log(`skipped: there is no ${shell} here (Debian: apt-get install ${shell})`);
    test.skip(name);
    continue;
  }
  test(name, ({ dir }) => {
    const answers = completions(
      shell,
      LINES.map(([line]) => line),
      dir,
    );
    LINES.forEach(([line, whole, inBash], index) => {
      const expected = shell === 'bash' ? inBash : whole;
      assert.equal(answers[index], [shell === 'zsh' && line.includes('litmus') ? 'files' : expected], line);
    });
  });
}

test('bash: blanks are escaped, and not in quotes', ({ dir }) => {
  const lines = ['cma-stress show results/with\\ b', "cma-stress show 'results/with b"];
  assert.equal(completions('bash', lines, dir), [['results/with\\ blank'], ['results/with blank']]);
});

test.run();
