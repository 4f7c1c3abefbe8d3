/**
 * Results of litmus tests for people: a line each, what differs, and with --step the state after each action.
 * Steps are counted from 1 here, from 0 in results and JSON.
 */
import type { LitmusAction } from '../../sim/index.ts';
import type { RanTest } from '../litmus/parse.ts';
import { actionText, valueText, walkWords } from './litmusWords.ts';
import { left, table, wrap } from './table.ts';
import type { Terminal } from './terminal.ts';

type State = RanTest['result']['states'][number];

/** The report as text that ends in a newline. */
export function litmusText(ran: readonly RanTest[], strategy: string, step: boolean, terminal: Terminal): string {
  const lines = ran.flatMap((one) => testLines(one, step, terminal));
  const passed = ran.filter(({ result }) => result.ok).length;
  const under = strategy === 'stock' ? '' : ` under ${strategy}`;
  lines.push(`${passed} passed, ${ran.length - passed} failed${under}`);
  if (strategy !== 'stock' && passed < ran.length) {
    lines.push('Expectations describe stock: under a strategy a difference is not a fault.');
  }
  return `${lines.join('\n')}\n`;
}

function testLines({ located, result }: RanTest, step: boolean, terminal: Terminal): string[] {
  const { id, title, actions } = located.test;
  const mark = result.ok ? terminal.paint.green('ok  ') : terminal.paint.red('FAIL');
  const lines = wrap(`${mark} ${id}${title === '' ? '' : `: ${title}`}`, terminal.width, '     ');
  for (const mismatch of result.mismatches) {
    const { place } = located.placeOf(mismatch.step);
    const what = actionText(actions[mismatch.step]);
    lines.push(
      ...wrap(
        `     step ${mismatch.step + 1}, ${what} (${place.file}:${place.line}:${place.column})`,
        terminal.width,
        '       ',
      ),
      ...wrap(
        `       ${mismatch.path}: expected ${valueText(mismatch.expected)}, got ${valueText(mismatch.actual)}`,
        terminal.width,
        '         ',
      ),
    );
  }
  if (step) {
    for (const state of result.states) lines.push('', ...stateLines(state, actions[state.step], terminal));
    lines.push('');
  }
  return lines;
}

function stateLines(state: State, action: LitmusAction, terminal: Terminal): string[] {
  const indent = '       ';
  const report = Object.entries(state.report).map(([key, held]) => `${key}=${valueText(held)}`);
  const head = `     ${terminal.paint.bold(`step ${state.step + 1}`)}, ${actionText(action)}${report.length === 0 ? '' : ` -> ${report.join(' ')}`}`;
  const counters = Object.entries(state.counters).map(([name, held]) => `${name}=${held}`);
  const slots = state.mm_slots.length === 0 ? 'none' : state.mm_slots.join(' ');
  const lines = [
    ...wrap(head, terminal.width, indent),
    ...wrap(`${indent}${counters.join(' ')}`, terminal.width, indent),
    ...wrap(`${indent}mm_slots: ${slots}; cursor: ${state.cursor ?? 'at the list head'}`, terminal.width, indent),
  ];
  const pages = Object.entries(state.pages);
  if (pages.length === 0) return lines;
  const rows = pages.map(([label, page]) => [
    label,
    page.kind,
    String(page.mapcount),
    mappings(state, label).join(' '),
    page.hlist?.join(' ') ?? '',
  ]);
  const columns = [left('page'), left('kind'), left('mapcount'), left('mapped at'), left('hlist')];
  const missed = pages
    .filter(([label]) => state.relations.walks[label].missed.length > 0)
    .flatMap(([label]) => wrap(indent + walkWords(label, state), terminal.width, `${indent}  `));
  return [
    ...lines,
    ...table(terminal, columns, rows).map((line) => indent + line),
    ...missed.map((line) => terminal.paint.red(line)),
  ];
}

/** Addresses whose pte holds the page, `P@16`, with `(migration)` behind those that wait for it. */
function mappings(state: State, label: string): string[] {
  return Object.entries(state.ptes).flatMap(([at, held]) => {
    if (held === label) return [at];
    return held.startsWith(label) && held.slice(label.length).trim() === '(migration)' ? [`${at}(migration)`] : [];
  });
}
