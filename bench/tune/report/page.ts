/**
 * A finished search as one HTML page: verdict, lines to apply, front, maps, published settings, everything that was
 * tried, and how to repeat it. No script, nothing loaded from anywhere; numbers of the plots are in tables.
 *
 * The same search gives the same bytes: nothing of wall time, of this machine or of where the search lies is in it.
 */
import type { Plugin } from '../../plugin/types.ts';
import { colourKey, pointSwatch } from '../../report/html/context.ts';
import { escapeHtml, paragraph } from '../../report/html/escape.ts';
import { figure, panels } from '../../report/html/plot.ts';
import { commandBlock, factList, htmlPage, sectionsHtml } from '../../report/html/shell.ts';
import type { Section } from '../../report/html/shell.ts';
import { REPORT_STYLE } from '../../report/html/style.ts';
import { count, duration } from '../../report/units.ts';
import { MODEL_HASH, TOOL_VERSION } from '../../run/tool.ts';
import type { Range } from '../space.ts';
import type { Tuned } from '../tuned.ts';
import { frontPlot, KIND_MARKS } from './frontPlot.ts';
import { MAPPED, mapPlot } from './mapPlot.ts';
import { finalistTable, publishedSection, triedSection } from './pageTables.ts';
import { frontNote } from './picture.ts';
import { KINDS, kindWords, pointsOf } from './points.ts';
import type { Point } from './points.ts';
import { howText, keepTexts, scanRemark, verdict, wantedText } from './sentences.ts';

/**
 * Levels of a map, from light to dark, and from dark to light where the paper is dark: one hue, so that all can read
 * them.
 */
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

function kindKey(points: readonly Point[]): string {
  const items = KINDS.filter((kind) => kindWords(kind, points) !== '').map(
    (kind) => `<li>${pointSwatch(...KIND_MARKS[kind], kind !== 'tried')}${kindWords(kind, points)}</li>`,
  );
  if (points.some(({ isPlain }) => !isPlain)) items.push('<li>~: other knobs are set too</li>');
  return `<ul class="key">${items.join('')}</ul>`;
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

function factsSection(tuned: Tuned, plugins: readonly Plugin[]): string {
  const { question, conclusion } = tuned;
  const { seeds } = conclusion;
  const range = ({ low, high }: Range, unit: string): string => `${count(low)} to ${count(high)} ${unit}`;
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
