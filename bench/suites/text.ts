/** A document of `npm run bench` as tables for the terminal. */
import { left, right, table, wrap } from '../report/table.ts';
import type { Terminal } from '../report/terminal.ts';
import { bytes, count, digits3 } from '../report/units.ts';
import type { BenchDocument } from './document.ts';
import { machineLines } from './machine.ts';
import type { Figure, SuiteResult, Timing } from './wall.ts';

export function benchText(document: BenchDocument, terminal: Terminal): string {
  const lines = machineLines(document.machine).flatMap((line) => wrap(line, terminal.width, '  '));
  for (const suite of document.suites) lines.push('', ...suiteLines(suite, terminal));
  lines.push('', ...headlines(document).flatMap((line) => wrap(line, terminal.width, '  ')));
  for (const note of document.notes) lines.push(...wrap(`note: ${note}`, terminal.width, '  '));
  return `${lines.join('\n')}\n`;
}

function suiteLines(suite: SuiteResult, terminal: Terminal): string[] {
  const { name, about, timings, figures = [] } = suite;
  const lines = wrap(`${terminal.paint.bold(name)}: ${about}`, terminal.width, '  ');
  const rows = [...timings.map(timingRow), ...figures.map(figureRow)];
  const columns = [left('what'), right('median'), right('95 % from'), right('to'), left('unit'), right('calls')];
  return [...lines, ...table(terminal, columns, rows)];
}

function timingRow({ name, samples, p50Ms, lowMs, highMs, perUnit }: Timing): string[] {
  if (perUnit === undefined) return [name, digits3(p50Ms), digits3(lowMs), digits3(highMs), 'ms', String(samples)];
  const { unit, ns, lowNs, highNs } = perUnit;
  return [name, digits3(ns), digits3(lowNs), digits3(highNs), `ns/${unit}`, String(samples)];
}

function figureRow({ name, value, low, high, unit, samples }: Figure): string[] {
  const limit = (end: number | undefined): string => (end === undefined ? '' : digits3(end));
  return [name, digits3(value), limit(low), limit(high), unit, String(samples)];
}

/** One line for each figure of the document that was measured. */
function headlines(document: BenchDocument): string[] {
  const speeds = Object.entries(document.deviceSecondsPerWallSecond).flatMap(([name, speed]) =>
    speed === null ? [] : [`${name} ${count(speed)}`],
  );
  const { visitsJsOverC, twoWorkersOverOne } = document.ratios;
  const lines: string[] = [];
  if (speeds.length > 0) lines.push(`simulated seconds per wall second and core: ${speeds.join(', ')}`);
  if (typeof document['ksmdVisitsPerSecond'] === 'number')
    lines.push(`ksmd visits per wall second: ${count(document['ksmdVisitsPerSecond'])}`);
  if (typeof document['exploredStatesPerSecond'] === 'number')
    lines.push(`explored states per wall second: ${count(document['exploredStatesPerSecond'])}`);
  if (typeof document['bytesOfMillionStates'] === 'number')
    lines.push(`a million states take ${bytes(document['bytesOfMillionStates'])}`);
  if (visitsJsOverC !== null) lines.push(`ksmd visits, JavaScript over C: ${digits3(visitsJsOverC)}`);
  if (twoWorkersOverOne !== null) lines.push(`two workers over one: ${digits3(twoWorkersOverOne)}`);
  return lines;
}
