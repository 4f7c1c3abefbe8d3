/** `cma-stress list`: workloads, strategies, devices and kernels that can be named. */
import type { Command } from 'commander';
import { listDevices, listKernels, listWorkloads } from '../plan/index.ts';
import type { CatalogEntry } from '../plan/types.ts';
import { wrap } from '../report/table.ts';
import { terminalOf } from '../report/terminal.ts';
import type { Terminal } from '../report/terminal.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import { strategies } from '../../sim/index.ts';
import type { StrategyInfo } from '../../sim/index.ts';

export function addListCommand(program: Command): void {
  program
    .command('list')
    .description('list workloads, strategies, devices and kernels')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExamples:\n  cma-stress list\n  cma-stress list --json | jq -r .strategies[].name')
    .action((options: { json?: boolean }) => {
      const text = options.json === true ? listDocument() : listText(terminalOf(process.stdout));
      process.stdout.write(text);
    });
}

function listDocument(): string {
  const document = {
    schema: 'cma-stress/list/1',
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    workloads: listWorkloads(),
    strategies: strategies.map(({ name, about, origin, claims, costs }) => ({ name, about, origin, claims, costs })),
    devices: listDevices(),
    kernels: listKernels(),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function listText(terminal: Terminal): string {
  const lines = [
    ...section('Workloads', listWorkloads(), terminal),
    ...section('Strategies (join with + to let them act together)', strategies.map(strategyEntry), terminal),
    ...section('Devices', listDevices(), terminal),
    ...section('Kernels', listKernels(), terminal),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
}

function strategyEntry(strategy: StrategyInfo): CatalogEntry {
  const claims = strategy.claims.length === 0 ? '' : ` Claims to remove ${strategy.claims.join(', ')}.`;
  return { name: strategy.name, about: `${strategy.about}.${claims} Costs: ${strategy.costs}.` };
}

function section(title: string, entries: readonly CatalogEntry[], terminal: Terminal): string[] {
  const width = Math.max(0, ...entries.map((entry) => entry.name.length)) + 2;
  const indent = ' '.repeat(width + 2);
  const lines = entries.flatMap((entry) => wrap(`  ${entry.name.padEnd(width)}${entry.about}`, terminal.width, indent));
  return [terminal.paint.bold(title), ...lines, ''];
}
