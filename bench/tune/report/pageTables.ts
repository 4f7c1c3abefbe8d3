/** Tables of the page of a search, as HTML: settings on fresh seeds, published ones, everything that was tried. */
import { rateText, timeText } from '../../report/estimates.ts';
import { escapeHtml } from '../../report/html/escape.ts';
import { textTable } from '../../report/html/shell.ts';
import { bytes, count, digits3, percent, time } from '../../report/units.ts';
import type { Finalist, Interval } from '../finalist.ts';
import { keyOf, labelOf, PAGES, SLEEP } from '../setting.ts';
import type { Setting } from '../setting.ts';
import { paceOf } from '../space.ts';
import type { Tuned } from '../tuned.ts';
import { brokenTexts, namesOf } from './sentences.ts';

const FINALIST_COLUMNS = [
  { title: 'pages / sleep' },
  { title: 'what it is' },
  { title: 'requests', isNumber: true },
  { title: 'failed % [95 %]', isNumber: true },
  { title: 'p99 [95 %]', isNumber: true },
  { title: 'ksmd CPU % [95 %]', isNumber: true },
  { title: 'saved [95 %]', isNumber: true },
  { title: 'wakes/s', isNumber: true },
  { title: 'pages/s of sleep', isNumber: true },
];

/** Settings on fresh seeds, with their intervals. */
export function finalistTable(name: string, rows: readonly Finalist[], tuned: Tuned): string {
  const interval = (value: number, { low, high }: Interval, text: (value: number) => string): string =>
    `${text(value)} [${text(low)}, ${text(high)}]`;
  return textTable(
    name,
    FINALIST_COLUMNS,
    rows.map((one) => {
      const { setting, score, intervals } = one;
      return [
        labelOf(setting, tuned.question.strategy),
        [...namesOf(one, tuned), ...brokenTexts(one)].join(', '),
        count(score.attempts),
        rateText({ mean: score.failureRate, ...intervals.failureRate }),
        timeText(score.p99Us / 1e3, intervals.p99Us.low / 1e3, intervals.p99Us.high / 1e3),
        interval(score.cpuShare, intervals.cpuShare, percent),
        interval(score.savedBytes, intervals.savedBytes, bytes),
        digits3(score.wakeups),
        paceText(setting),
      ];
    }),
  );
}

function paceText({ values }: Setting): string {
  return count(paceOf(Number(values[PAGES]), Number(values[SLEEP])));
}

/** Who publishes what, and what beats it. */
export function publishedSection({ published, question }: Tuned): string {
  if (published.length === 0) return '<p>None of them could be run.</p>';
  const isBroken = published.some(({ finalist }) => finalist.breaks.length > 0);
  const rows = published.map(({ reference, finalist: { setting, score, intervals, breaks }, beatenBy }) => [
    reference.name,
    reference.source,
    labelOf(setting, question.strategy),
    rateText({ mean: score.failureRate, ...intervals.failureRate }),
    timeText(score.p99Us / 1e3, intervals.p99Us.low / 1e3, intervals.p99Us.high / 1e3),
    beatenBy === null ? 'nothing: on the front' : labelOf(beatenBy.setting, question.strategy),
    ...(isBroken ? [breaks.join(', ')] : []),
  ]);
  const columns = [
    { title: 'who' },
    { title: 'where' },
    { title: 'pages / sleep' },
    { title: 'failed % [95 %]', isNumber: true },
    { title: 'p99 [95 %]', isNumber: true },
    { title: 'beaten by' },
    ...(isBroken ? [{ title: 'breaks' }] : []),
  ];
  return `<p>One setting beats another where it is nowhere worse in what was asked for and somewhere better, or breaks the limits less.</p>
${textTable('published settings', columns, rows)}`;
}

/** As they were on the seeds of the search, and those that could not be run. */
export function triedSection({ tried, conclusion, problems, question }: Tuned): string {
  const fresh = new Map(conclusion.finalists.map(({ setting, score }) => [keyOf(setting), score]));
  const rows = tried.map(({ setting, score }) => {
    const onFresh = fresh.get(keyOf(setting));
    return [
      labelOf(setting, question.strategy),
      paceText(setting),
      `${score.seeds}`,
      count(score.attempts),
      percent(score.failureRate),
      time(score.p99Us / 1e3),
      percent(score.cpuShare),
      bytes(score.savedBytes),
      digits3(score.wakeups),
      digits3(score.fullScans),
      onFresh === undefined ? '' : percent(onFresh.failureRate),
    ];
  });
  const numbers = ['pages/s of sleep', 'seeds', 'requests', 'failed %', 'p99', 'ksmd CPU %', 'saved'];
  const more = ['wakes/s', 'full scans', 'failed % on fresh seeds'];
  const columns = [
    { title: 'pages / sleep' },
    ...[...numbers, ...more].map((title) => ({ title, isNumber: true as const })),
  ];
  const failed = problems.map(
    ({ setting, message }) => `<li>${escapeHtml(`${labelOf(setting, question.strategy)}: ${message}`)}</li>`,
  );
  return `<p>On the seeds of the search. A low rate here may be luck: that is why the best were run again.</p>
<details><summary>${tried.length} settings</summary>${textTable('all settings tried', columns, rows)}</details>
${failed.length === 0 ? '' : `<p>Could not be run:</p><ul>${failed.join('')}</ul>`}`;
}
