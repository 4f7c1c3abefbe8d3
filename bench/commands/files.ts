/** The files that are made of the command line's own definitions, by their paths from the top of the repository. */
import { readFileSync } from 'node:fs';
import { format } from 'oxfmt';
import type { FormatConfig } from 'oxfmt';
import { wholeProgram } from '../cli/program.ts';
import { TOOL_VERSION } from '../run/version.ts';
import { completionSource, completionTable } from './completionTable.ts';
import { describe } from './describe.ts';
import { manPage } from './man.ts';
import { commandsPage } from './page.ts';

const TABLE = 'bench/completion/table.ts';

/** As they shall be; `root`: the top of the repository. */
export async function commandFiles(root: string): Promise<ReadonlyMap<string, string>> {
  const program = describe(await wholeProgram());
  const source = completionSource(completionTable(program));
  const layout = JSON.parse(readFileSync(`${root}/.oxfmtrc.json`, 'utf8')) as FormatConfig;
  return new Map([
    ['docs/reference/commands.md', commandsPage(program)],
    ['docs/cma-stress.1', manPage(program, TOOL_VERSION)],
    [TABLE, (await format(TABLE, source, layout)).code],
  ]);
}
