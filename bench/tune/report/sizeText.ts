/** A finished search for a size, for the terminal. */
import { PAGE_BYTES } from '../../plan/units.ts';
import { left, right, table, wrap } from '../../report/table.ts';
import type { Terminal } from '../../report/terminal.ts';
import { bytes, count, duration, time } from '../../report/units.ts';
import { megabytes } from '../areas.ts';
import type { SizeQuestion } from '../askSize.ts';
import type { FoundSize } from '../findSize.ts';
import type { SizePoint } from '../size.ts';

export function sizeText(found: FoundSize, terminal: Terminal): string {
  const { question, sized, cells, spent, problems, apply } = found;
  const { paint, width } = terminal;
  const { checked, tried, seeds, smallest, nearest } = sized;
  const goal = `${Number((question.success * 100).toPrecision(8))} % of the requests`;
  const title =
    smallest === null
      ? paint.yellow(
          `No size up to ${megabytes(question.area.most)} lets ${goal} succeed. Nearest: ${megabytes(nearest.pages)}`,
        )
      : paint.green(`Smallest: ${megabytes(smallest.pages)} lets ${goal} succeed`);
  const lines = [
    paint.bold(
      `${question.workloads.join(', ')} on ${question.device}, ${question.kernel}, ${question.strategy}: the smallest CMA area for ${goal}`,
    ),
    ...wrap(
      `${tried.length} sizes, ${cells} cells, ${duration(spent)} of a machine with two cores (budget ${duration(question.budget)})`,
      width,
    ),
    '',
    paint.bold('Tried'),
    ...sizesTable(tried, question, terminal),
    '',
    paint.bold(`Checked on seeds ${seeds.first} to ${seeds.first + seeds.count - 1}, which the search did not see`),
    ...sizesTable(checked, question, terminal),
    ...problems.flatMap(({ size, message }) => wrap(`${size} cannot be: ${message.split('\n')[0]}`, width, '  ')),
    '',
    paint.bold(title),
    ...wrap(`  ${howSure(smallest ?? nearest, question)}`, width, '  '),
    ...(smallest === null
      ? []
      : [
          '',
          paint.bold("On the kernel's command line, or as the size of the area's node in the device tree"),
          ...apply.map((line) => `  ${line}`),
        ]),
    '',
    ...wrap(
      `From a model of the device, not from the device; intervals are 95 % over ${seeds.count} seeds. Again: ${question.reproduce}`,
      width,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function sizesTable(points: readonly SizePoint[], { area, success }: SizeQuestion, terminal: Terminal): string[] {
  return table(
    terminal,
    [right('area'), right('% succeed'), right('requests'), right('EBUSY'), right('ENOMEM'), right('p99'), left('')],
    points.map((point) => [
      megabytes(point.pages),
      `${share(point.success.mean)} [${share(point.success.low)}, ${share(point.success.high)}]`,
      count(point.score.attempts),
      count(point.errors.EBUSY),
      count(point.errors.ENOMEM),
      time(point.score.p99Us / 1e3),
      [...(point.pages === area.now ? ['present'] : []), ...(point.success.mean >= success ? ['meets'] : [])].join(
        ', ',
      ),
    ]),
  );
}

/** Two digits behind the last nine: `99.93`, `98.5`, `100`. */
function share(value: number): string {
  const missing = 100 * (1 - value);
  if (missing === 0) return '100';
  const digits = Math.min(6, Math.max(1, 1 - Math.floor(Math.log10(missing))));
  return (100 - missing).toFixed(digits);
}

function howSure({ pages, score, success, errors }: SizePoint, { success: target, area }: SizeQuestion): string {
  const larger = pages - area.now;
  const against =
    larger === 0
      ? 'It is the present size.'
      : `That is ${bytes(Math.abs(larger) * PAGE_BYTES)} ${larger > 0 ? 'more' : 'less'} than now.`;
  if (success.mean < target) {
    const why =
      errors.ENOMEM > errors.EBUSY
        ? 'no range was free (ENOMEM): a larger area may help'
        : 'pages in the way could not be moved (EBUSY): a larger area gives more ranges to try, a fix removes the cause';
    return `${score.failures} of ${score.attempts} requests failed, mostly because ${why}. ${against}`;
  }
  if (success.low >= target) return `Sure: the whole 95 % interval meets it. ${against}`;
  // Rule of three: n requests without a failure leave out a rate of 3 / n (Hanley and Lippman-Hand, JAMA 249, 1983).
  const needed = 3 / (1 - target);
  const least = score.attempts < needed ? `; it takes at least ${count(needed)} requests to make sure of it` : '';
  return `Not sure: with ${count(score.attempts)} requests the interval reaches down to ${share(success.low)} %${least}. More --budget narrows it. ${against}`;
}
