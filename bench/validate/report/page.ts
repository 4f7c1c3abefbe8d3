/**
 * The comparison as one HTML page: no script, nothing loaded from anywhere, readable on a phone and in the dark, and
 * with every number of the plots in tables below them.
 */
import { escapeHtml } from '../../report/html/escape.ts';
import { figure } from '../../report/html/plot.ts';
import { htmlPage, scrollTable } from '../../report/html/shell.ts';
import { MODEL_HASH, TOOL_VERSION } from '../../run/tool.ts';
import { groupBy } from '../../stats/sums.ts';
import type { ComparedGroup } from '../compared.ts';
import { scenarioOf } from '../recordCheck.ts';
import { LINES } from '../reduce.ts';
import type { Row } from '../rows.ts';
import { isOfScenario } from '../scenarios.ts';
import type { Validation } from '../validation.ts';
import { failureCount, failureLines } from './failures.ts';
import { estimateText } from './numbers.ts';
import { overTime, scatter } from './plots.ts';
import { countOf, subject, WANTED } from './totals.ts';
import type { Count } from './totals.ts';

const STYLE = `
:root { --agree: #1b6e53; --disagree: #b3261e; --recorded: #1c1c1c; --model: #2b6cb0; }
@media (prefers-color-scheme: dark) { :root { --agree: #59c9a1; --disagree: #ff8a80; --recorded: #f0f0f0; --model: #79b4f0; } }
td.no { color: var(--disagree); font-weight: 600; }
@media (max-width: 40rem) { table { font-size: .8rem; } th, td { white-space: normal; overflow-wrap: normal; vertical-align: top; padding-right: .4rem; } td:first-child { min-width: 5rem; overflow-wrap: anywhere; } td:nth-child(2):not(.n) { min-width: 6rem; overflow-wrap: anywhere; } }
.key::before { content: ''; display: inline-block; width: 1.4em; height: 0; border-top: 2px solid; margin-right: .4em; vertical-align: middle; } .key.recorded::before { border-color: var(--recorded); } .key.model::before { border-top-style: dashed; border-color: var(--model); }
`;

/** The page as text. */
export async function validationPage(validation: Validation): Promise<string> {
  const { comparisons, totals, seeds, recordings, groups, failed } = validation;
  const { rows } = comparisons;
  const body = [
    '<h1>The model against recordings of a real kernel</h1>',
    `<p>${counted(totals)}; ${WANTED * 100}&nbsp;% are wanted: <strong>${totals.passed ? 'yes' : 'no'}</strong>. ${recordings} recordings, ${seeds} modelled runs of each group. <small>cma-stress ${escapeHtml(TOOL_VERSION)}, model ${MODEL_HASH}</small></p>`,
    `<p>${totals.tellBoth.total} rows would have noticed a model that gives twice, and one that gives half, of what was recorded; ${totals.tellOne.total} one of the two; ${totals.bothZero} found nothing on both sides. ${comparisons.notComparable} measures had nothing to compare on one side.</p>`,
    ...(failed.length === 0
      ? []
      : [
          `<p><strong>${failureCount(failed)}.</strong></p>`,
          `<ul>${failureLines(failed)
            .map((line) => `<li>${escapeHtml(line)}</li>`)
            .join('')}</ul>`,
        ]),
    familyTable(validation),
    '<h2>All recordings of a scenario together</h2>',
    rowTable('all recordings of a scenario together', rows.filter(isOfScenario)),
    '<h2>Measure by measure</h2>',
    '<p>A point is a group of repeats, or a recording without any; lines are the 95&nbsp;% intervals; on the dashed line both are equal. Circles agree, crosses do not. Numbers are in the tables at the end.</p>',
    await scatters(rows),
    '<h2>Over time, under a load that forks</h2>',
    '<p><span class="key recorded">recorded runs</span>, <span class="key model">mean of the modelled runs, and their range</span>.</p>',
    ...(await timelines(groups)),
    '<h2>All rows</h2>',
    ...[...groupBy(rows, (row) => row.group)].map(([group, some]) => {
      const title = `${escapeHtml(group)}: ${counted(countOf(some))}`;
      return `<details><summary>${title}</summary>${rowTable(group, some)}</details>`;
    }),
  ];
  return htmlPage({ title: 'cma-stress: the model against recordings', style: STYLE, body: body.join('\n') });
}

function familyTable({ totals }: Validation): string {
  const lines = totals.byFamily.map(
    ({ family, agreed, total }) => `<tr><td>${family}</td><td class="n">${agreed}</td><td class="n">${total}</td></tr>`,
  );
  const head = '<tr><th>recordings</th><th class="n">agree</th><th class="n">of</th></tr>';
  return scrollTable('agreement by kind of recording', head, lines);
}

function rowTable(name: string, rows: readonly Row[]): string {
  const head =
    '<tr><th>recording</th><th>measure</th><th class="n">recorded</th><th class="n">modelled</th><th>agrees</th></tr>';
  const lines = rows.map((row) => {
    const texts = [row.recording, row.measure].map((text) => `<td>${escapeHtml(text)}</td>`);
    const estimates = [row.recorded, row.modelled].map(
      (one) => `<td class="n">${escapeHtml(estimateText(one, row)).replaceAll(/, | %/g, unbroken)}</td>`,
    );
    return `<tr>${texts.join('')}${estimates.join('')}${row.agree ? '<td>yes</td>' : '<td class="no">no</td>'}</tr>`;
  });
  return scrollTable(`rows of ${name}`, head, lines);
}

async function scatters(rows: readonly Row[]): Promise<string> {
  const figures: string[] = [];
  for (const [measure, some] of groupBy(rows, subject)) {
    // One point a group: the repeats together, where there are any.
    const points = some.filter((row) => row.recording === row.group);
    if (points.every((row) => row.modelled.value === null)) continue;
    const count = countOf(points);
    const alternative = `${measure}: modelled against recorded, ${count.agreed} of ${count.total} points agree`;
    figures.push(figure(await scatter(points, { title: measure, alternative }), counted(countOf(some))));
  }
  return `<div class="panels">${figures.join('\n')}</div>`;
}

async function timelines(groups: readonly ComparedGroup[]): Promise<string[]> {
  const sections: string[] = [];
  for (const { group, recorded, modelled } of groups) {
    if (scenarioOf(group.recordings[0].record) !== 'fork_heavy') continue;
    const figures: string[] = [];
    for (const name of LINES) {
      const alternative = `${group.name}: ${name} over time, recorded and modelled`;
      const [theirs, ours] = [recorded, modelled].map((runs) =>
        runs.flatMap(({ lines }) => (lines === null ? [] : [lines[name]])),
      );
      figures.push(figure(await overTime(theirs, ours, name.includes('share'), { title: name, alternative }), ''));
    }
    const open = sections.length === 0 ? ' open' : '';
    sections.push(
      `<details${open}><summary>${escapeHtml(group.name)}</summary><div class="panels">${figures.join('\n')}</div></details>`,
    );
  }
  return sections.length === 0 ? ['<p>None of these recordings is of such a load.</p>'] : sections;
}

/** An interval stays on one line, and so do a number and its percent sign. */
function unbroken(text: string): string {
  return text.replace(' ', '&nbsp;');
}

function counted({ agreed, total }: Count): string {
  return total === 0 ? 'no rows' : `${agreed} of ${total} rows agree`;
}
