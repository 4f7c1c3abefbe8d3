/** The reports of a validation, with one measure that is off: totals, text, JSON, Markdown and page. */
import { createHash } from 'node:crypto';
import { format } from 'oxfmt';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TestbedRecord } from '../../../sim/index.ts';
import { PLAIN } from '../../report/terminal.ts';
import { visibleLength } from '../../report/table.ts';
import { reduceRecorded } from '../compared.ts';
import { groupRecordings } from '../groups.ts';
import { measuresOf } from '../measures/index.ts';
import { reduceRecord } from '../reduce.ts';
import { compareAll } from '../rows.ts';
import { tinyRecord } from '../testing.ts';
import { Tolerances } from '../tolerance.ts';
import type { Validation } from '../validation.ts';
import { validationDocument } from './document.ts';
import { fullMarkdown, plainTable, shortMarkdown } from './markdown.ts';
import { validationPage } from './page.ts';
import { validationText } from './text.ts';
import { subject, totalsOf } from './totals.ts';

const HOSTILE = '<script>alert("1")</script> | `x` & \'y\'';

/** Hostile names, two groups of a load; the model has twice the KSM pages after settling. */
function validation(): Validation {
  const make = (name: string, seed: string, mb: string): TestbedRecord =>
    tinyRecord({ name, params: { name, scen: 'fork_heavy', mb, seed } });
  const records = [make(`${HOSTILE}_r0`, '1', '4'), make(`${HOSTILE}_r1`, '2', '4'), make('all other', '1', '8')];
  const groups = groupRecordings(records.map((record) => ({ file: `${record.name}.json`, record })));
  const compared = groups.map((group) => {
    const { record } = group.recordings[0];
    const modelled = { ...record, ksm_before: { ...record.ksm_before!, pages_shared: 200 } };
    const runs = Array.from({ length: 3 }, () => reduceRecord(modelled, measuresOf(record), false));
    return { group, recorded: reduceRecorded(group), modelled: runs };
  });
  const comparisons = compareAll(compared, new Tolerances(groups));
  return {
    groups: compared,
    comparisons,
    totals: totalsOf(comparisons.rows),
    workload: null,
    seeds: 3,
    recordings: 3,
    failed: [],
  };
}

const VALIDATION = validation();
const WRONG = 'after settling: pages_shared';

test('what is off is off in every row of its measure, and in no other', () => {
  const off = VALIDATION.comparisons.rows.filter((row) => !row.agree);
  assert.equal([...new Set(off.map((row) => row.measure))], [WRONG]);
  // Two repeats, the two together, and the one without repeats.
  assert.is(off.length, 4);
});

test('totals by kind and measure sum to all rows', () => {
  const { totals } = VALIDATION;
  for (const part of [totals.byFamily, totals.byMeasure]) {
    assert.is(
      part.reduce((sum, { total }) => sum + total, 0),
      totals.total,
    );
    assert.is(
      part.reduce((sum, { agreed }) => sum + agreed, 0),
      totals.agreed,
    );
  }
  assert.is(totals.agreed, totals.total - 4);
  assert.ok(totals.passed);
  const few = VALIDATION.comparisons.rows.filter((row) => row.measure === WRONG);
  assert.not.ok(totalsOf(few).passed);
  assert.not.ok(totalsOf([]).passed);
});

test('rows of all recordings of a scenario', () => {
  const all = VALIDATION.comparisons.rows.filter((row) => row.recording === 'all fork_heavy');
  const rate = all.find((row) => row.measure === 'CMA failure rate')!;
  assert.is(rate.recorded.value, 3 / 12);
  assert.is(rate.repeats, 3);
  assert.is(rate.runs, 6);
  assert.not.ok(all.some((row) => row.rule === 'level' || row.rule === 'settled'));
});

test('stages and costs count under what they measure', () => {
  const [row] = VALIDATION.comparisons.rows;
  const of = (family: typeof row.family, measure: string): string => subject({ ...row, family, measure });
  assert.is(of('scripted', 'parent_scanned: unfindable ptes'), 'scripted stage: unfindable ptes');
  assert.is(of('scripted', 'attempt 3, whole area: failed'), 'scripted attempt: failed');
  assert.is(of('cost', 'cma_alloc of 4096: anon'), 'cost: cma_alloc');
  assert.is(of('load', 'CMA area, ksm, mean'), 'CMA area, ksm, mean');
});

test('text: what disagrees, and with --verbose everything; no line is too long', () => {
  const text = validationText(VALIDATION, false, PLAIN);
  assert.match(text, /other\n\s+after settling: pages_shared\s+100 \[95\.0, 105\]\s+200\s+NO/);
  assert.not.match(text, /full scans +\d.*yes/);
  assert.match(validationText(VALIDATION, true, PLAIN), /full scans +5\.00 +5\.00 +yes/);
  for (const line of text.split('\n')) assert.ok(visibleLength(line) <= 110, line);
});

test('Markdown: a recording called like a scenario is none', () => {
  const [, table] = /### All recordings of a scenario together\n([^#]*)/.exec(shortMarkdown(VALIDATION))!;
  assert.match(table, 'all fork_heavy');
  assert.not.match(table, 'all other');
});

test('JSON: one line, the fields of the contract', () => {
  const text = validationDocument(VALIDATION);
  assert.is(text.indexOf('\n'), text.length - 1);
  const document = JSON.parse(text) as Record<string, unknown> & { runs: Record<string, unknown>[] };
  for (const key of ['schema', 'tool', 'model', 'runs', 'agreed', 'total']) assert.ok(key in document, key);
  for (const key of ['recording', 'measure', 'recorded', 'modelled', 'agree']) assert.ok(key in document.runs[0], key);
});

test('Markdown: laid out as the formatter does it, and nothing in a name is Markdown', async () => {
  for (const text of [fullMarkdown(VALIDATION), `${shortMarkdown(VALIDATION)}\n`]) {
    assert.is((await format('page.md', text, { printWidth: 120 })).code, text);
    assert.not.match(text, /[^\\]<script/);
    assert.not.match(text, /[^\\]`x/);
  }
  assert.is(
    plainTable(['a', 'b'], ['left', 'right'], [['x|y', '1']]),
    '| a    |   b |\n| ---- | --: |\n| x\\|y |   1 |',
  );
});

test('page: no script, nothing from elsewhere, names as text, every plot with an alternative', async () => {
  const page = await validationPage(VALIDATION);
  assert.not.match(page, /<script/i);
  assert.match(page, /&lt;script&gt;alert\(&quot;1&quot;\)/);
  for (const [url] of page.matchAll(/(?:https?:)?\/\/[\w.]+[^"' <]*/g)) assert.match(url, /^http:\/\/www\.w3\.org\//);
  assert.not.match(page, /\b(?:src|href|style|on\w+)=/);
  const style = /<style>([^]*)<\/style>/.exec(page)![1];
  assert.ok(page.includes(`'sha256-${createHash('sha256').update(style).digest('base64')}'`));
  assert.match(page, /default-src 'none'/);
  const plots = page.match(/<svg /g)!.length;
  assert.ok(plots > 30, String(plots));
  assert.is(page.match(/<svg role="img" aria-label="[^"]+" /g)!.length, plots);
  assert.match(page, /prefers-color-scheme: dark/);
});

test('page: the same bytes again', async () => {
  assert.is(await validationPage(VALIDATION), await validationPage(VALIDATION));
});

test.run();
