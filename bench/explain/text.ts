/**
 * An explanation for people: the request, its ranges, the story of one page that stood in the way, and its litmus test.
 */
import type { Explanation } from '../../sim/index.ts';
import { wrap } from '../report/table.ts';
import type { Terminal } from '../report/terminal.ts';
import type { Elsewhere } from './choose.ts';
import { storyLines } from './pageText.ts';
import { rangeLines, requestLines } from './requestText.ts';
import { errnoName, span } from './words.ts';

export interface ExplainInput {
  /** WORKLOAD/STRATEGY/SEED. */
  readonly cell: string;
  readonly id: string;
  readonly because: string | null;
  readonly explanation: Explanation;
  readonly elsewhere: readonly Elsewhere[];
  /** How to get the script, and the same again. */
  readonly commands: { readonly litmus: string; readonly again: string };
}

/** The text ends in a newline. */
export function explainText(input: ExplainInput, terminal: Terminal): string {
  const { explanation } = input;
  const lines = [
    ...requestLines(input, terminal),
    '',
    ...rangeLines(explanation, terminal),
    ...(explanation.story === null ? [] : ['', ...storyLines(explanation, explanation.story, terminal)]),
    ...elsewhereLines(input.elsewhere, terminal),
    '',
    ...reproductionLines(input, terminal),
    '',
    ...wrap(`the same again: ${input.commands.again}`, terminal.width, '  '),
  ];
  return `${lines.join('\n')}\n`;
}

function elsewhereLines(all: readonly Elsewhere[], terminal: Terminal): string[] {
  if (all.length === 0) return [];
  const texts = all.map(({ strategy, errno, latency }) => `${strategy}: ${errnoName(errno)} after ${span(latency)}`);
  return ['', ...wrap(`The same request in this run under ${texts.join('; ')}.`, terminal.width, '  ')];
}

function reproductionLines({ explanation, commands }: ExplainInput, terminal: Terminal): string[] {
  const { reproduction, notReproduced } = explanation;
  if (reproduction === null) return wrap(`There is no litmus test of it: ${notReproduced}.`, terminal.width, '  ');
  const { outcomes, cast, test } = reproduction;
  const named = (holds: (one: (typeof outcomes)[number]) => boolean): string =>
    outcomes
      .filter(holds)
      .map(({ strategy }) => strategy)
      .join(', ');
  const always = named(({ isFound, isSafe }) => isFound === true && isSafe === true);
  const lucky = named(({ isFound, isSafe }) => isFound === true && isSafe === false);
  const never = named(({ isFound }) => isFound === false);
  const roles = cast.map(({ role, process }) => `${role} is ${process.name}`).join(', ');
  const lines = [
    ...wrap(
      `A litmus test of ${test.actions.length} actions reproduces it${roles === '' ? '' : ` (${roles})`}; run, it fails for ${explanation.story!.blocker.cause}: ${commands.litmus}`,
      terminal.width,
      '  ',
    ),
  ];
  const say = (what: string, names: string): void => {
    if (names !== '') lines.push(...wrap(`  ${what}: ${names}`, terminal.width, '    '));
  };
  lines.push('In that script the page can be migrated');
  say('under, in every order of its actions', always);
  say('in this order, not in every one, under', lucky);
  say('not under', never);
  if (always === '' && lucky === '' && never === '') lines.push('  under nothing that acts in a script');
  return lines;
}
