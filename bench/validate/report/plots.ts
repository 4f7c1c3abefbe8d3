/**
 * Plots of a validation: the model against the recordings, one panel a measure, and lines over time, one panel a group
 * and quantity. What agrees and what does not differs in shape as well as in colour.
 */
import { renderPlot } from '../../report/html/plot.ts';
import type { Frame, Plot } from '../../report/html/plot.ts';
import type { Row } from '../rows.ts';
import { LINE_STEP_S } from '../reduce.ts';
import type { Line } from '../reduce.ts';

/** Modelled against recorded: a point a row with both intervals, and the line on which they are equal. */
export async function scatter(rows: readonly Row[], frame: Frame): Promise<Plot> {
  const known = rows.filter((row) => row.modelled.value !== null);
  const share = known.every((row) => row.unit === 'share');
  const log = known.every((row) => row.rule === 'factor');
  const values = known.map(({ recorded, modelled, agree }) => ({
    x: recorded.value,
    x1: recorded.low,
    x2: recorded.high,
    y: modelled.value,
    y1: modelled.low,
    y2: modelled.high,
    agree: agree ? 'agrees' : 'disagrees',
  }));
  const numbers = known.flatMap(({ recorded, modelled }) => [recorded.value, modelled.value ?? 0]);
  const most = Math.max(...numbers) * 1.1 || 1;
  const least = log ? Math.min(...numbers.filter((each) => each > 0)) / 1.5 : 0;
  const scale = { domain: [least, most], nice: false, clamp: true, ...(log ? { type: 'log' as const } : {}) };
  const axis = share ? { format: '~%' } : { format: '~s' };
  const x = { field: 'x', type: 'quantitative' as const, scale, axis, title: 'recorded' };
  const y = { field: 'y', type: 'quantitative' as const, scale, axis, title: 'modelled' };
  const agree = { field: 'agree', type: 'nominal' as const, legend: null };
  const colour = { ...agree, scale: { domain: ['agrees', 'disagrees'], range: ['var(--agree)', 'var(--disagree)'] } };
  const shape = { ...agree, scale: { domain: ['agrees', 'disagrees'], range: ['circle', 'cross'] } };
  return renderPlot(
    {
      data: { values },
      layer: [
        {
          data: { values: [{ x: least, y: least, x2: most, y2: most }] },
          mark: { type: 'rule', color: 'currentColor', strokeDash: [3, 3], opacity: 0.6 },
          encoding: { x, y, x2: { field: 'x2' }, y2: { field: 'y2' } },
        },
        {
          mark: { type: 'rule', opacity: 0.45 },
          encoding: { x: { ...x, field: 'x1' }, x2: { field: 'x2' }, y, color: colour },
        },
        {
          mark: { type: 'rule', opacity: 0.45 },
          encoding: { x, y: { ...y, field: 'y1' }, y2: { field: 'y2' }, color: colour },
        },
        { mark: { type: 'point', filled: true, size: 42, opacity: 0.9 }, encoding: { x, y, color: colour, shape } },
      ],
    },
    frame,
  );
}

/** Over time: each recorded run a line, the modelled runs as their mean and their range. */
export async function overTime(
  recorded: readonly Line[],
  modelled: readonly Line[],
  share: boolean,
  frame: Frame,
): Promise<Plot> {
  const lines = recorded.flatMap((line, run) => pointsOf(line).map(([t, value]) => ({ t, value, run })));
  const longest = Math.max(0, ...modelled.map((line) => line.length));
  const band = Array.from({ length: longest }, (_, step) => {
    const seen = modelled.flatMap((line) => line.at(step) ?? []);
    const sum = seen.reduce((total, each) => total + each, 0);
    return {
      t: step * LINE_STEP_S,
      low: Math.min(...seen),
      high: Math.max(...seen),
      mean: sum / seen.length,
      runs: seen.length,
    };
  })
    // Where most runs are over, the rest would look like a jump.
    .filter(({ runs }) => runs > 0 && 2 * runs >= modelled.length);
  const x = { field: 't', type: 'quantitative' as const, title: 's since measuring began' };
  const axis = share ? { format: '~%' } : { format: '~s' };
  const y = { type: 'quantitative' as const, title: null, axis };
  return renderPlot(
    {
      layer: [
        {
          data: { values: band },
          mark: { type: 'area', color: 'var(--model)', opacity: 0.2 },
          encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' } },
        },
        {
          data: { values: band },
          mark: { type: 'line', color: 'var(--model)', strokeDash: [6, 3], strokeWidth: 2 },
          encoding: { x, y: { ...y, field: 'mean' } },
        },
        {
          data: { values: lines },
          mark: { type: 'line', color: 'var(--recorded)', strokeWidth: 1.5 },
          encoding: { x, y: { ...y, field: 'value' }, detail: { field: 'run', type: 'nominal' } },
        },
      ],
    },
    frame,
  );
}

function pointsOf(line: Line): (readonly [t: number, value: number])[] {
  return line.flatMap((value, step) => (value === null ? [] : [[step * LINE_STEP_S, value] as const]));
}
