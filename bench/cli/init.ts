/** `cma-stress init`: writes files to begin with. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { EXIT, messageOf, UsageError } from '../errors.ts';
import { packageRoot } from '../plan/packageRoot.ts';
import { NAME, NAME_RULE } from '../plugin/index.ts';
import { findStrategy } from '../../sim/index.ts';
import { commandLine, invokedAs } from '../report/commandLine.ts';
import { addHelp } from './help.ts';
import type { Example } from './help.ts';
import type { SetExitCode } from './program.ts';

const EXAMPLES: readonly Example[] = [
  { command: 'cma-stress init strategy my-fix' },
  { command: 'cma-stress init strategy my-fix --out fixes --js' },
];

const EXITS = { 0: 'written', 2: 'bad usage, or the file is there already or cannot be written' };

interface InitOptions {
  readonly out?: string;
  readonly js?: boolean;
}

/** What the strategy of the template is called in it. */
const TEMPLATE_NAME = 'my-strategy';

export function addInitCommand(program: Command, setExitCode: SetExitCode): void {
  const init = program
    .command('init')
    .helpCommand(false)
    .usage('COMMAND [options]')
    .description('write a file to begin with');
  addHelp(init, { exits: EXITS, examples: EXAMPLES, page: 'how-to/write-a-strategy.md' });
  const strategy = init
    .command('strategy')
    .description('write a plug-in: a fix strategy of your own that works, to be changed')
    .argument('<NAME>', 'name of the strategy, and of its file')
    .option('--out <dir>', 'directory of the file (default: this one)')
    .option('--js', 'JavaScript instead of TypeScript')
    .action((name: string, options: InitOptions) => {
      setExitCode(initStrategy(name, options));
    });
  addHelp(strategy, { exits: EXITS, examples: EXAMPLES, page: 'how-to/write-a-strategy.md' });
}

function initStrategy(name: string, { out = '.', js = false }: InitOptions): number {
  if (!NAME.test(name)) throw new UsageError(`'${name}' cannot be a strategy's name`, `expected ${NAME_RULE}`);
  if (findStrategy(name) !== null)
    throw new UsageError(`'${name}' is a strategy that comes with the tool`, 'take another name');
  const base = `${name}.${js ? 'js' : 'ts'}`;
  const file = join(out, base);
  // The template has no type annotations: it is JavaScript as it stands.
  const template = readFileSync(join(packageRoot(), 'docs', 'examples', 'strategy.ts'), 'utf8');
  const text = template.replaceAll(`${TEMPLATE_NAME}.ts`, base).replaceAll(TEMPLATE_NAME, name);
  try {
    mkdirSync(out, { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
  } catch (thrown) {
    const isThere = (thrown as NodeJS.ErrnoException).code === 'EEXIST';
    throw new UsageError(isThere ? `${file} is there already` : `cannot write ${file}: ${messageOf(thrown)}`);
  }
  const path = /^[./]/.test(file) ? file : `./${file}`;
  const tool = invokedAs(process.argv);
  const quick = ['run', 'fork-heavy', '--quick', '--seeds', '2', '--strategy', `stock,${path}`];
  process.stdout.write(
    [
      `wrote ${file}: it works as it stands; change it into yours. Then:`,
      `  ${commandLine(tool, ['list', '--strategy', path])}`,
      `  ${commandLine(tool, quick)}`,
      `  ${commandLine(tool, ['litmus', 'explore', '--matrix', '--strategy', `stock,${path}`])}`,
      '',
    ].join('\n'),
  );
  return EXIT.done;
}
