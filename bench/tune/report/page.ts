/**
 * A finished search as one HTML page: verdict, lines to apply, front, maps, published settings, everything that was tried,
 * and how to repeat it. No script, nothing loaded from anywhere; numbers of the plots are in tables.
 *
 * The same search gives the same bytes: nothing of wall time, of this machine or of where the search lies is in it.
 */
import type { Plugin } from '../../plugin/types.ts';
import { rateText, timeText } from '../../report/estimates.ts';
import { colourKey, pointSwatch } from '../../report/html/context.ts';
import { escapeHtml, paragraph } from '../../report/html/escape.ts';
import { figure, panels } from '../../report/html/plot.ts';
import { commandBlock, factList, htmlPage, sectionsHtml, textTable } from '../../report/html/shell.ts';
import type { Section } from '../../report/html/shell.ts';
import { REPORT_STYLE } from '../../report/html/style.ts';
import { bytes, count, digits3, duration, percent, time } from '../../report/units.ts';
import { MODEL_HASH, TOOL_VERSION } from '../../run/tool.ts';
import type { Finalist, Interval } from '../conclude.ts';
import { keyOf, labelOf, PAGES, SLEEP } from '../setting.ts';
import type { Setting } from '../setting.ts';
import { paceOf } from '../space.ts';
import type { Tuned } from '../tuned.ts';
import { frontNote } from './picture.ts';
import { frontPlot, KIND_MARKS, MAPPED, mapPlot } from './plots.ts';
import { KINDS, kindWords, pointsOf } from './points.ts';
import type { Point } from './points.ts';
import { howText, keepTexts, remarksOn, scanRemark, verdict, wantedText } from './sentences.ts';

/** Levels of a map, from light to dark, and from dark to light where the paper is dark: one hue, so that all can read them. */
const LIGHT =
  '--h0: #f3f6fa; --h1: #c9dcef; --h2: #94c0e0; --h3: #4f97cb; --h4: #1c66aa; --h5: #08306b; --edge: #4f6f8f;';
const DARK =
  '--h0: #17263a; --h1: #1f456f; --h2: #2c6cab; --h3: #5a9bd5; --h4: #a0c8ec; --h5: #eef6ff; --edge: #86a3c0;';
const STYLE = `${REPORT_STYLE}
:root { ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
@media print { :root { ${LIGHT} } th, td { overflow-wrap: break-word; } }
.front figure svg { max-width: 32rem; }
#maps .swatch { outline: 1px solid var(--edge); }
`;

/** The page as text. `plugins`: those that act in it. */
export async function tunePage(tuned: Tuned, plugins: readonly Plugin[]): Promise<string> {
  const { question } = tuned;
  const points = pointsOf(tuned);
  const sections: Section[] = [
    { id: 'apply', title: 'To apply it', html: commandBlock(tuned.apply.join('\n'), 'lines to apply') },
    { id: 'front', title: 'Front', html: await frontSection(tuned, points) },
    { id: 'published', title: 'Published settings', html: publishedSection(tuned) },
    ...(points.length === 0 ? [] : [{ id: 'maps', title: 'Maps', html: await mapSection(points) }]),
    { id: 'tried', title: 'All settings tried', html: triedSection(tuned) },
    { id: 'facts', title: 'Parameters, and how to repeat it', html: factsSection(tuned, plugins) },
  ];
  const title = `${question.workloads.join(', ')}: scan settings`;
  const body = [
    '<a class="skip" href="#verdict">to the verdict</a>',
    `<h1>${escapeHtml(title)}</h1>`,
    `<p><small>${escapeHtml(`${question.device}, ${question.kernel}, ${question.strategy}: ${wantedText(question)}; cma-stress ${TOOL_VERSION}, model ${MODEL_HASH}`)}</small></p>`,
    `<div class="verdict" id="verdict">${verdict(tuned).map(paragraph).join('')}</div>`,
    ...[`Why: ${tuned.conclusion.why}.`, ...keepTexts(tuned), ...scanRemark(tuned.conclusion.recommended)].map(
      paragraph,
    ),
    sectionsHtml(sections),
  ];
  return htmlPage({ title: `cma-stress: ${title}`, style: STYLE, body: body.join('\n') });
}

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

async function frontSection(tuned: Tuned, points: readonly Point[]): Promise<string> {
  const { front, finalists, seeds } = tuned.conclusion;
  const others = finalists.filter((one) => !front.includes(one));
  const plot =
    points.length === 0
      ? '<p>Nobody asked for contiguous memory.</p>'
      : `<p>${escapeHtml(frontNote(tuned))} Lines are the 95&nbsp;% intervals, cut off where they reach beyond the plot.</p>
${kindKey(points)}
<div class="front">${figure(await frontPlot(points))}</div>`;
  return `<p>On seeds ${seeds.first} to ${seeds.first + seeds.count - 1}, which the search did not see.</p>
${finalistTable('front', front, tuned)}
${others.length === 0 ? '' : `<h3>Not on the front</h3>\n${finalistTable('not on the front', others, tuned)}`}
${plot}`;
}

function finalistTable(name: string, rows: readonly Finalist[], tuned: Tuned): string {
  const interval = (value: number, { low, high }: Interval, text: (value: number) => string): string =>
    `${text(value)} [${text(low)}, ${text(high)}]`;
  return textTable(
    name,
    FINALIST_COLUMNS,
    rows.map((one) => {
      const { setting, score, intervals } = one;
      return [
        labelOf(setting, tuned.question.strategy),
        remarksOn(one, tuned).join(', '),
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

function kindKey(points: readonly Point[]): string {
  const items = KINDS.filter((kind) => kindWords(kind, points) !== '').map(
    (kind) => `<li>${pointSwatch(...KIND_MARKS[kind], kind !== 'tried')}${kindWords(kind, points)}</li>`,
  );
  if (points.some(({ isPlain }) => !isPlain)) items.push('<li>~: other knobs are set too</li>');
  return `<ul class="key">${items.join('')}</ul>`;
}

function publishedSection({ published, question }: Tuned): string {
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

async function mapSection(points: readonly Point[]): Promise<string> {
  const maps: string[] = [];
  for (const mapped of MAPPED) {
    const { plot, words, colours } = await mapPlot(points, mapped);
    maps.push(`<div>${figure(plot)}${colourKey(words, colours)}</div>`);
  }
  const knobs = points.every(({ isPlain }) => isPlain)
    ? ''
    : ' Circles have the other knobs as they are, triangles have some of them changed; which, the tables say.';
  return `<p>A point is a setting, in the colour of its level; nothing is known between them. Settings of the tables above are as on fresh seeds, the others as on the seeds of the search. R is the recommended setting, P the present one.${knobs}</p>
${panels(maps)}`;
}

function triedSection({ tried, conclusion, problems, question }: Tuned): string {
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

function factsSection(tuned: Tuned, plugins: readonly Plugin[]): string {
  const { question, conclusion } = tuned;
  const { seeds } = conclusion;
  const range = ({ low, high }: Interval, unit: string): string => `${count(low)} to ${count(high)} ${unit}`;
  const facts: (readonly [string, string])[] = [
    ['version', `cma-stress ${TOOL_VERSION}`],
    ['model', MODEL_HASH],
    ['workloads', question.workloads.join(', ')],
    ['device', question.device],
    ['kernel', question.kernel],
    ['strategy', question.strategy],
    ...plugins.map(({ name, file, hash }) => [`plug-in ${name}`, `${file}, sha256 ${hash}`] as const),
    ['wanted', wantedText(question)],
    ['limits', question.limits.length === 0 ? 'none' : question.limits.join(', ')],
    ['other knobs', question.knobs.length === 0 ? 'as they are' : question.knobs.join(', ')],
    ['sleep_millisecs', range(question.sleep, 'ms')],
    ['pace', range(question.pace, 'pages for each second of sleep')],
    ['grid', question.grid === null ? 'none: a search' : `${question.grid} values an axis`],
    ['seed', `${question.seed}: the first of the devices, and that of the sampling`],
    ['fresh seeds', `${seeds.first} to ${seeds.first + seeds.count - 1}`],
    ['budget', `${duration(question.budget)} of a machine with two cores`],
    ['searched', howText(tuned)],
  ];
  return `<p>The same results come from</p>
${commandBlock(question.reproduce)}
${factList(facts)}`;
}
