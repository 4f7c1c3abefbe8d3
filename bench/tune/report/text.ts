/** A finished search for the terminal: the front, what is in use, the recommended setting and the lines to apply it. */
import { pText, pointsText, rateText, timeText } from '../../report/estimates.ts';
import { left, right, table, wrap } from '../../report/table.ts';
import type { Terminal } from '../../report/terminal.ts';
import { bytes, digits3, duration, percent, time } from '../../report/units.ts';
import type { Finalist } from '../conclude.ts';
import { labelOf } from '../setting.ts';
import type { Question, Tuned } from '../tuned.ts';

/** `plot`: pictures made of letters, behind the tables; '' for none. */
export function tuneText(tuned: Tuned, terminal: Terminal, plot: string): string {
  const { question, conclusion } = tuned;
  const { paint } = terminal;
  const { front, finalists, seeds } = conclusion;
  const last = seeds.first + seeds.count - 1;
  const wanted =
    question.target === null
      ? `lowest ${question.objectives.map(spoken).join(' and ')}`
      : `cheapest with ${question.target}`;
  const others = finalists.filter((one) => !front.includes(one));
  const lines = [
    paint.bold(
      `${question.workloads.join(', ')} on ${question.device}, ${question.kernel}, ${question.strategy}: ${wanted}`,
    ),
    ...wrap(howText(tuned), terminal.width),
    '',
    paint.bold(`Front, on seeds ${seeds.first} to ${last} that the search did not see`),
    ...settingsTable(front, tuned, terminal),
    '',
    ...(others.length === 0 ? [] : [paint.bold('Not on the front'), ...settingsTable(others, tuned, terminal), '']),
    ...(plot === '' ? [] : [plot, '']),
    ...recommendation(tuned, terminal),
    '',
    paint.bold('To apply it'),
    ...tuned.apply.map((line) => `  ${line}`),
    '',
    ...wrap(
      `From a model of the device, not from the device; intervals are 95 % over ${seeds.count} seeds. Again: ${question.reproduce}`,
      terminal.width,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function spoken(objective: string): string {
  return objective.replaceAll('_', ' ');
}

function howText({ question, tried, cells, spent, problems }: Tuned): string {
  const limits = question.limits.length === 0 ? '' : `; limits: ${question.limits.join(', ')}`;
  const failed =
    problems.length === 0 ? '' : `; ${problems.length} could not be run: ${problems[0].message.split('\n')[0]}`;
  const searched = question.grid === null ? 'settings tried' : `settings of a full grid`;
  return `${tried.length} ${searched}, ${cells} cells, ${duration(spent)} of a machine with two cores (budget ${duration(question.budget)})${limits}${failed}`;
}

function settingsTable(rows: readonly Finalist[], tuned: Tuned, terminal: Terminal): string[] {
  const { question, conclusion, published } = tuned;
  return table(
    terminal,
    [
      left('pages / sleep'),
      right('% failed'),
      right('p99'),
      right('ksmd CPU %'),
      right('saved'),
      right('wakes/s'),
      left(''),
    ],
    rows.map((one) => {
      const { score, intervals } = one;
      const remarks = [
        ...(one === conclusion.recommended ? ['recommended'] : []),
        ...(one === conclusion.present ? ['present'] : []),
        ...published.filter(({ finalist }) => finalist === one).map(({ reference }) => reference.name),
        ...one.breaks.map((text) => `not ${text}`),
      ];
      return [
        labelOf(one.setting, question.strategy),
        rateText({ mean: score.failureRate, ...intervals.failureRate }),
        timeText(score.p99Us / 1e3, intervals.p99Us.low / 1e3, intervals.p99Us.high / 1e3),
        percent(score.cpuShare),
        bytes(score.savedBytes),
        digits3(score.wakeups),
        remarks.join(', '),
      ];
    }),
  );
}

function recommendation({ question, conclusion, published }: Tuned, terminal: Terminal): string[] {
  const { recommended, present, why, isMet, isSure, keepsSaving } = conclusion;
  const { paint, width } = terminal;
  const label = labelOf(recommended.setting, question.strategy);
  const sentence = (text: string): string[] => wrap(`  ${text}`, width, '  ');
  const title = isMet ? `Recommended: ${label}` : `Nothing meets what was asked for. Nearest: ${label}`;
  const conditions = question.limits.length > 0 || question.target !== null;
  return [
    isMet ? paint.bold(paint.green(title)) : paint.bold(paint.yellow(title)),
    ...sentence(`Why: ${why}.`),
    ...(conditions && isMet
      ? sentence(
          isSure
            ? 'Sure: the 95 % intervals keep every condition.'
            : 'Not sure: an interval reaches beyond a condition; more budget narrows it.',
        )
      : []),
    ...(recommended === present
      ? sentence('It is the present setting.')
      : againstPresent(recommended, present, question).flatMap(sentence)),
    ...beaten(published, question).flatMap(sentence),
    ...(keepsSaving === null ? [] : sentence(keepText(keepsSaving, recommended, present, question))),
    ...scanRemark(recommended).flatMap(sentence),
  ];
}

function againstPresent(one: Finalist, present: Finalist, { strategy }: Question): string[] {
  const { vsPresent } = one;
  const told =
    vsPresent.high < 0
      ? 'fewer failures'
      : vsPresent.low > 0
        ? 'more failures'
        : 'no difference in failures that these seeds can tell';
  const from = (now: string, before: string): string => `${now} (now ${before})`;
  const needed = vsPresent.seedsNeeded === null ? '' : `; about ${vsPresent.seedsNeeded} seeds would tell`;
  return [
    `Against the present ${labelOf(present.setting, strategy)}: ${told}, ${pointsText(vsPresent)} points over ${vsPresent.pairs} seeds (signed-rank p ${pText(vsPresent.p)}${needed}).`,
    `It costs: ksmd CPU ${from(`${percent(one.score.cpuShare)} %`, `${percent(present.score.cpuShare)} %`)}, saves ${from(bytes(one.score.savedBytes), bytes(present.score.savedBytes))}, p99 ${from(time(one.score.p99Us / 1e3), time(present.score.p99Us / 1e3))}, ${from(digits3(one.score.wakeups), digits3(present.score.wakeups))} wake-ups a second.`,
  ];
}

function beaten(published: Tuned['published'], { strategy }: Question): string[] {
  const lost = published.filter(({ beatenBy }) => beatenBy !== null);
  const kept = published.filter(({ beatenBy }) => beatenBy === null).map(({ reference }) => reference.name);
  return [
    ...lost.map(({ reference, beatenBy, finalist }) => {
      const broken =
        finalist.breaks.length > 0 && beatenBy!.breaks.length === 0 ? `: not ${finalist.breaks.join(', not ')}` : '';
      return `${reference.name} (${labelOf(finalist.setting, strategy)}) is beaten by ${labelOf(beatenBy!.setting, strategy)}${broken}.`;
    }),
    ...(kept.length === 0 ? [] : [`On the front themselves: ${kept.join(', ')}.`]),
  ];
}

function keepText(kept: Finalist, recommended: Finalist, present: Finalist, { strategy }: Question): string {
  const { score, intervals } = kept;
  const lost = bytes(present.score.savedBytes - recommended.score.savedBytes);
  const rate = rateText({ mean: score.failureRate, ...intervals.failureRate });
  return `It gives up ${lost} of what KSM saves. Where that is too much: ${labelOf(kept.setting, strategy)} saves ${bytes(score.savedBytes)}, fails ${rate} %, p99 ${time(score.p99Us / 1e3)}, ksmd CPU ${percent(score.cpuShare)} %; or set --min-saved.`;
}

/** A run that holds less than a scan says little about what comes after it. */
function scanRemark({ score }: Finalist): string[] {
  return score.fullScans >= 1
    ? []
    : [
        `A run held ${digits3(score.fullScans)} full scans under it: what it does in the long run is not seen; --duration takes longer ones.`,
      ];
}
