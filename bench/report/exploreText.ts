/** Explorations for people: the verdict first, then what it rests on, and the witness that can be run. */
import type { Explored } from '../litmus/explore.ts';
import { litmusYaml } from '../litmus/writeYaml.ts';
import type { CauseReport, Exploration } from '../../sim/index.ts';
import { wrap } from './table.ts';
import type { Terminal } from './terminal.ts';
import { bytes, count } from './units.ts';

/** The report as text that ends in a newline. `showWitness`: print it, there is no file with it. */
export function exploreText(explored: readonly Explored[], showWitness: boolean, terminal: Terminal): string {
  const lines = explored.flatMap(({ strategy, result }) => {
    const { paint, width } = terminal;
    const reach = result.complete ? '' : ', as far as it was explored';
    const head = `${paint.bold(result.script)} under ${strategy}: ${paintOf(terminal, result)(lasting(result, result.complete) + reach)}`;
    const facts = [
      `${count(result.states)} states${result.complete ? '' : ', then the limit was reached: there are more'}, ${count(result.transitions)} steps, ${bytes(result.bytes)}`,
      ...Object.entries(result.causes).map(([cause, report]) => `${cause}: ${causeText(report, result.complete)}`),
      result.leaked ? paint.red('something is left that serves nothing once all is quiet') : 'nothing is left over',
    ];
    const out = [...wrap(head, width, '  '), ...facts.flatMap((fact) => wrap(`  ${fact}`, width, '    '))];
    if (!showWitness || result.witness === null) return out;
    return [
      ...out,
      '  witness:',
      ...litmusYaml(result.witness)
        .trimEnd()
        .split('\n')
        .map((line) => `    ${line}`),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/**
 * How long unfindable mappings last, in one phrase. What an exploration that was cut short has seen is a lower bound.
 */
function lasting(of: Pick<Exploration, 'grade' | 'maxVisits'>, complete = true): string {
  const visits = `at ${complete ? 'most' : 'least'} ${of.maxVisits ?? 0} ${of.maxVisits === 1 ? 'visit' : 'visits'}`;
  switch (of.grade) {
    case 'never':
      return 'never unfindable';
    case 'visits':
      return `unfindable for ${visits}`;
    case 'next pass':
      return `unfindable until the next pass, ${visits}`;
    case 'for ever':
      return 'unfindable for ever';
  }
}

function causeText(report: CauseReport, complete: boolean): string {
  return `${lasting(report, complete)}; in ${count(report.states)} states`;
}

function paintOf({ paint }: Terminal, { grade, complete }: Exploration): (text: string) => string {
  if (grade === 'never' && complete) return paint.green;
  return grade === 'for ever' ? paint.red : paint.yellow;
}
