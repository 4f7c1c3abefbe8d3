/** A comparison of two versions as a table for the terminal. */
import { left, right, table, wrap } from '../../report/table.ts';
import type { Terminal } from '../../report/terminal.ts';
import { digits3 } from '../../report/units.ts';
import { machineLines } from '../machine.ts';
import type { CompareDocument, Version } from './compare.ts';
import type { ComparedFigure } from './figures.ts';

export function compareText(document: CompareDocument, terminal: Terminal): string {
  const { figures, onlyOld, onlyNew, suitesOnlyNew, pairs, by } = document;
  const lines = machineLines(document.machine);
  lines.push(`old: ${versionText(document.old)}`, `new: ${versionText(document.new)}`);
  lines.push(`${pairs} pairs of runs in turn, by the ${by} call of each; ratio: new over old, with its 95 % interval`);
  if (document.old.model !== document.new.model) {
    lines.push('The models differ: part of a ratio may be that the two versions do not simulate the same.');
  }
  const marked = figures.filter(({ verdict }) => verdict !== null).length;
  const notes = [
    `${marked} of ${figures.length} intervals lie clear of 1; ${digits3(figures.length / 20)} would by chance if nothing had changed.`,
    ...missing('suites the old version does not have', suitesOnlyNew),
    ...missing('only in the old version', onlyOld),
    ...missing('only in this version', onlyNew),
  ];
  const columns = [
    left('what'),
    right('old'),
    right('new'),
    left('unit'),
    right('ratio'),
    right('from'),
    right('to'),
    left(''),
  ];
  const suites = [...new Set(figures.map(({ suite }) => suite))];
  const tables = suites.flatMap((suite) => {
    const rows = figures.filter((figure) => figure.suite === suite).map((figure) => row(figure, terminal));
    return ['', terminal.paint.bold(suite), ...table(terminal, columns, rows)];
  });
  const wrapped = (texts: readonly string[]): string[] => texts.flatMap((text) => wrap(text, terminal.width, '  '));
  return `${[...wrapped(lines), ...tables, '', ...wrapped(notes)].join('\n')}\n`;
}

function versionText({ name, commit, model }: Version): string {
  return `${name}${commit === null ? '' : ` (${commit.slice(0, 12)})`}, model ${model}`;
}

function row({ name, old, new: now, unit, ratio, low, high, verdict }: ComparedFigure, { paint }: Terminal): string[] {
  const shown = verdict === null ? '' : verdict === 'better' ? paint.green(verdict) : paint.red(verdict);
  return [name, digits3(old), digits3(now), unit, ratio.toFixed(3), low.toFixed(3), high.toFixed(3), shown];
}

function missing(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what}, so not compared: ${names.join('; ')}`];
}
