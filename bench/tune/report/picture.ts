/** A finished search in pictures made of letters: its front, and the map of its failure rates. */
import type { Terminal } from '../../report/terminal.ts';
import { wrap } from '../../report/table.ts';
import { DEFAULT_OBJECTIVES } from '../goal.ts';
import type { Tuned } from '../tuned.ts';
import { frontPicture } from './frontPicture.ts';
import { mapPicture } from './mapPicture.ts';
import { pointsOf } from './points.ts';
import type { Point } from './points.ts';

/** Text for `tuneText`; no line is wider than the terminal. */
export function tunePicture(tuned: Tuned, terminal: Terminal): string {
  const { question } = tuned;
  const points = pointsOf(tuned);
  if (points.length === 0) return 'No picture: nobody asked for contiguous memory.';
  const plain = points.filter(({ isPlain }) => isPlain);
  return [
    ...frontPicture(points, terminal),
    ...wrap(frontNote(tuned), terminal.width),
    ...(plain.length === 0 ? [] : ['', ...mapPicture(plain, question, terminal)]),
    ...leftOut(points, plain).flatMap((text) => wrap(text, terminal.width)),
  ].join('\n');
}

/** What the marks rest on, and which measures the front is of where these are others than the axes. */
export function frontNote({ question, conclusion }: Tuned): string {
  const { seeds } = conclusion;
  const { objectives } = question;
  const of =
    objectives.join(',') === DEFAULT_OBJECTIVES
      ? ''
      : ` The front is that of ${objectives.join(', ')}, not of these axes.`;
  return `All but the tried ones are from ${seeds.count} fresh seeds; intervals are in the table.${of}`;
}

function leftOut(points: readonly Point[], plain: readonly Point[]): string[] {
  const left = points.length - plain.length;
  return left === 0 ? [] : [`Left out of the map: ${left} of ${points.length} settings, which change other knobs too.`];
}
