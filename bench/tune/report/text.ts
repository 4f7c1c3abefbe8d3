/** A finished search for the terminal: the front, what is in use, the recommended setting and the lines to apply it. */
import { rateText, timeText } from '../../report/estimates.ts';
import { left, right, table, wrap } from '../../report/table.ts';
import type { Terminal } from '../../report/terminal.ts';
import { bytes, digits3, percent } from '../../report/units.ts';
import type { Finalist } from '../finalist.ts';
import { labelOf, labelParts } from '../setting.ts';
import type { Tuned } from '../tuned.ts';
import {
  beatenTexts,
  costText,
  differenceText,
  howText,
  keepTexts,
  brokenTexts,
  namesOf,
  scanRemark,
  sureText,
  wantedText,
} from './sentences.ts';

/** `plot`: pictures made of letters, behind the tables; '' for none. */
export function tuneText(tuned: Tuned, terminal: Terminal, plot: string): string {
  const { question, conclusion } = tuned;
  const { paint } = terminal;
  const { front, finalists, seeds } = conclusion;
  const last = seeds.first + seeds.count - 1;
  const others = finalists.filter((one) => !front.includes(one));
  const lines = [
    paint.bold(
      `${question.workloads.join(', ')} on ${question.device}, ${question.kernel}, ${question.strategy}: ${wantedText(question)}`,
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

function settingsTable(rows: readonly Finalist[], tuned: Tuned, terminal: Terminal): string[] {
  const { question } = tuned;
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
      return [
        labelParts(one.setting, question.strategy).join('\n  '),
        rateText({ mean: score.failureRate, ...intervals.failureRate }),
        timeText(score.p99Us / 1e3, intervals.p99Us.low / 1e3, intervals.p99Us.high / 1e3),
        percent(score.cpuShare),
        bytes(score.savedBytes),
        digits3(score.wakeups),
        [namesOf(one, tuned).join(', '), ...brokenTexts(one)].filter((text) => text !== '').join('\n'),
      ];
    }),
  );
}

function recommendation(tuned: Tuned, terminal: Terminal): string[] {
  const { question, conclusion, published } = tuned;
  const { recommended, present, why, isMet } = conclusion;
  const { paint, width } = terminal;
  const label = labelOf(recommended.setting, question.strategy);
  const sentence = (text: string): string[] => wrap(`  ${text}`, width, '  ');
  const title = isMet ? `Recommended: ${label}` : `Nothing meets what was asked for. Nearest: ${label}`;
  return [
    isMet ? paint.bold(paint.green(title)) : paint.bold(paint.yellow(title)),
    ...sentence(`Why: ${why}.`),
    ...sureText(tuned).flatMap(sentence),
    ...(recommended === present
      ? sentence('It is the present setting.')
      : [differenceText(recommended, present, question), costText(recommended, present)].flatMap(sentence)),
    ...beatenTexts(published, question).flatMap(sentence),
    ...keepTexts(tuned).flatMap(sentence),
    ...scanRemark(recommended).flatMap(sentence),
  ];
}
