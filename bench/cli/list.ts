/** `cma-stress list`: workloads, strategies, devices and kernels that can be named. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { listDevices, listKernels, listWorkloads } from '../plan/index.ts';
import { SCHEMA_KINDS, schemaPath, type SchemaKind } from '../plan/schemaPath.ts';
import type { CatalogEntry } from '../plan/types.ts';
import { chooseStrategies, strategiesOf } from '../plugin/index.ts';
import type { Plugin } from '../plugin/index.ts';
import { STRATEGY_GROUPS } from '../report/strategyGroups.ts';
import { wrap } from '../report/table.ts';
import { terminalOf } from '../report/terminal.ts';
import type { Terminal } from '../report/terminal.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import { addHelp } from './help.ts';
import type { HelpParts } from './help.ts';
import { choice, JSON_DOCUMENT } from './options.ts';
import { strategies } from '../../sim/index.ts';
import type { StrategyInfo } from '../../sim/index.ts';

interface ListOptions {
  readonly json?: boolean;
  readonly strategy?: string;
  readonly schema?: SchemaKind;
}

const HELP: HelpParts = {
  exits: { 0: 'listed', 2: 'bad usage, or a plug-in that cannot be loaded' },
  examples: [
    { command: 'cma-stress list' },
    { command: "cma-stress list --json | jq -r '.strategies[].name'" },
    { command: 'cma-stress list --strategy ./my-fix.ts', about: 'and a fix of your own' },
    { command: 'cma-stress list --schema workload > workload.schema.json' },
  ],
};

export function addListCommand(program: Command): void {
  const command = program
    .command('list')
    .description('list workloads, strategies, devices and kernels')
    .option('--strategy <strategies>', 'plug-in files, separated by commas, to be listed too')
    .option(...JSON_DOCUMENT)
    .addOption(choice('--schema <kind>', 'print the JSON Schema of a kind of files instead, for editors', SCHEMA_KINDS))
    .action(async ({ json, strategy, schema }: ListOptions) => {
      if (schema !== undefined) {
        if (json === true || strategy !== undefined)
          throw new UsageError('--schema prints one schema and nothing else', 'leave out --json and --strategy');
        if (!SCHEMA_KINDS.includes(schema))
          throw new UsageError(`there is no schema of '${schema as string}'; there are: ${SCHEMA_KINDS.join(', ')}`);
        process.stdout.write(readFileSync(schemaPath(schema), 'utf8'));
        return;
      }
      const { plugins } = strategy === undefined ? { plugins: [] } : await chooseStrategies(strategy);
      const text = json === true ? listDocument(plugins) : listText(plugins, terminalOf(process.stdout));
      process.stdout.write(text);
    });
  addHelp(command, HELP);
}

function listDocument(plugins: readonly Plugin[]): string {
  const own = strategiesOf(plugins);
  const document = {
    schema: 'cma-stress/list/1',
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    workloads: listWorkloads(),
    strategies: [
      ...strategies.map(infoOf),
      ...plugins.map(({ file, hash }, i) => ({ ...infoOf(own[i]), plugin: { file, hash } })),
    ],
    devices: listDevices(),
    kernels: listKernels(),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function infoOf({ name, group, about, origin, claims, costs }: StrategyInfo): StrategyInfo {
  return { name, group, about, origin, claims, costs };
}

function entriesOf(group: StrategyInfo['group']): CatalogEntry[] {
  return strategies.filter((strategy) => strategy.group === group).map(strategyEntry);
}

function listText(plugins: readonly Plugin[], terminal: Terminal): string {
  const lines = [
    ...section('Workloads', listWorkloads(), terminal),
    ...STRATEGY_GROUPS.flatMap(({ group, title }) => section(`Strategies: ${title}`, entriesOf(group), terminal)),
    'Join names with + to let strategies act together; a path names your own.',
    '',
    ...(plugins.length === 0 ? [] : section('Plug-ins', strategiesOf(plugins).map(strategyEntry), terminal)),
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
