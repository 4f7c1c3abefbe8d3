/**
 * Script x strategy: how long mappings stay unfindable, and what leaks; for a terminal and as the page docs/explore.md.
 */
import type { Explored } from '../litmus/explore.ts';
import { strategies } from '../../sim/index.ts';
import type { Exploration, StrategyInfo } from '../../sim/index.ts';
import { groupBy } from '../stats/sums.ts';
import { markdownTable } from './markdownTable.ts';
import { left, right, table } from './table.ts';
import type { Terminal } from './terminal.ts';
import { count } from './units.ts';

/** What writes the page that is kept in docs. */
export const PAGE_COMMAND = 'cma-stress litmus explore --matrix --out docs/explore.md';

/** Those that change what ksmd and the reverse walk do: CMA and migration strategies find or miss what stock does. */
export const MATRIX_STRATEGIES = strategies
  .filter(({ group, stopsKsmd }) => group !== 'cma' && stopsKsmd !== true)
  .map(({ name }) => name);

/** `3 visits`, `next pass (<= 3)`, `for ever`, with `, leaks` behind. */
function cell({ grade, maxVisits, leaked, complete }: Exploration): string {
  const visits = maxVisits ?? 0;
  const lasts = {
    never: 'never',
    visits: `${visits} ${visits === 1 ? 'visit' : 'visits'}`,
    'next pass': `next pass (${visits})`,
    'for ever': 'for ever',
  }[grade];
  return `${lasts}${leaked ? ', leaks' : ''}${complete ? '' : ', unfinished'}`;
}

/** The script's own cause alone: the claim of a strategy is about it. */
function ownCause({ located, result }: Explored): string {
  const cause = located.test.explore?.cause as keyof Exploration['causes'] | undefined;
  if (cause === undefined) return '';
  return result.causes[cause] === undefined ? `no ${cause}` : `${cause} in ${count(result.causes[cause].states)}`;
}

export function matrixText(explored: readonly Explored[], terminal: Terminal): string {
  const rows = explored.map((one) => [
    one.result.script,
    one.strategy,
    cell(one.result),
    ownCause(one),
    count(one.result.states),
  ]);
  const columns = [left('script'), left('strategy'), left('unfindable'), left('own cause, states'), right('states')];
  return `${table(terminal, columns, rows).join('\n')}\n\n${legend().join('\n')}\n`;
}

function legend(): string[] {
  return [
    'never: no reachable state has an unfindable mapping. N visits: ksmd alone mends each with at most N visits, in the pass',
    'it is in. next pass (N): some only after the end of the pass. for ever: some by no number of visits.',
    'leaks: rmap_items are left that serve nothing once all is quiet.',
  ];
}

/** The page, formatted as oxfmt leaves it. `infos`: what the strategies say of themselves. */
export function matrixPage(
  explored: readonly Explored[],
  command: string,
  infos: readonly StrategyInfo[] = strategies,
): string {
  const scripts = [...new Set(explored.map(({ located }) => located.test.id))];
  const all = [...new Set(explored.map(({ strategy }) => strategy))];
  const of = (script: string, strategy: string): Explored =>
    explored.find((one) => one.located.test.id === script && one.strategy === strategy)!;
  const facts = scripts.map((script) => {
    const { test } = of(script, all[0]).located;
    return [script, test.explore?.cause ?? '', test.title];
  });
  const columns = [...groupBy(all, (name) => scripts.map((script) => resultKey(of(script, name))).join()).values()];
  const names = columns.map(([first]) => first);
  const alike = columns.filter((names) => names.length > 1);
  const lasts = scripts.map((script) => [script, ...names.map((name) => cell(of(script, name).result))]);
  const own = scripts.map((script) => [script, ...names.map((name) => ownCause(of(script, name)))]);
  const states = scripts.map((script) => [script, ...names.map((name) => count(of(script, name).result.states))]);
  return [
    '# Every interleaving of small scripts',
    '',
    `Written by \`${command}\`; the scripts are \`workloads/litmus/explore/*.yaml\`. How it is found out: [how-to/explore.md](how-to/explore.md).`,
    '',
    '## The scripts',
    '',
    markdownTable(['script', 'cause', 'what'], [], facts),
    '',
    '## How long mappings of KSM pages stay unfindable',
    '',
    'Over all reachable states. `never`: none has an unfindable mapping. `N visits`: ksmd alone mends each with at most N visits, within its pass. `next pass (N)`: some only after the pass has ended. `for ever`: some by no number of visits. `leaks`: rmap_items are left that serve nothing once all is quiet.',
    '',
    markdownTable(['script', ...names], [], lasts),
    '',
    ...alike.flatMap(([first, ...others]) => [
      `In every script the same as \`${first}\`, state by state: ${others.map((name) => `\`${name}\``).join(', ')}.`,
      '',
    ]),
    "## States with an unfindable mapping of the script's own cause",
    '',
    markdownTable(['script', ...names], [], own),
    '',
    '## What the strategies claim',
    '',
    ...claims(explored, infos).map((line) => `- ${line}`),
    '',
    '## States visited',
    '',
    markdownTable(['script', ...names], [], states),
    '',
  ].join('\n');
}

/** What a column of the page says about a script. */
function resultKey(one: Explored): string {
  return [cell(one.result), ownCause(one), one.result.states].join(' ');
}

/** For each strategy and cause that it says it removes, whether the scripts of that cause agree. */
function claims(explored: readonly Explored[], infos: readonly StrategyInfo[]): string[] {
  return infos.flatMap(({ name, claims: causes }) =>
    causes.flatMap((cause) => {
      const asked = explored.filter((one) => one.strategy === name && one.located.test.explore?.cause === cause);
      if (asked.length === 0) return [];
      const left = asked.filter(({ result }) => result.causes[cause as keyof Exploration['causes']] !== undefined);
      const verdict =
        left.length === 0
          ? 'holds on all of its scripts'
          : `does not hold on ${left.map(({ result }) => result.script).join(', ')}`;
      return [`\`${name}\` removes ${cause}: ${verdict}.`];
    }),
  );
}
