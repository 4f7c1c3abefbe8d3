/** Runs of the library to the sides of a comparison, and to its document. */
import { compareSides } from '../compare/compare.ts';
import { compareDocument } from '../compare/document.ts';
import type { CompareDocument } from '../compare/document.ts';
import { eachStrategy, oneStrategy, wholeSide } from '../compare/sides.ts';
import type { Side } from '../compare/sides.ts';
import { UsageError } from '../errors.ts';
import type { Compared, ComparedRuns, CompareOptions } from './compare.ts';
import { refuseUnknown } from './options.ts';
import { storedRun } from './runPlan.ts';
import { partsOf } from './runResult.ts';
import type { Run } from './runResult.ts';

/** As `compare` of the library, which says what it throws. */
export function compareRuns(runs: ComparedRuns, options: CompareOptions): CompareDocument {
  refuseUnknown('compare', options, ['factor', 'force', 'baseline', 'failIf']);
  const { factor = null, force = false, baseline = null, failIf = [] } = options;
  return compareDocument(compareSides(sidesOf(runs), { factor, force, baseline, failIf }));
}

function sidesOf(runs: ComparedRuns): Side[] {
  if (typeof runs === 'string') return strategiesOf(sideOf(runs, runs));
  if (isRun(runs)) return strategiesOf(sideOf('this run', runs));
  // Plain JavaScript may give nothing at all.
  const named = (runs as Readonly<Record<string, Compared>> | undefined) ?? {};
  const sides = Object.entries(named).map(([name, one]) => sideOf(name, one));
  if (sides.length > 1) return sides;
  throw new UsageError('expected a run, or two or more under names: compare({ before, after })');
}

function strategiesOf(run: Side): Side[] {
  return eachStrategy(run).map((side) => ({ ...side, name: side.strategies[0] }));
}

function sideOf(name: string, compared: Compared): Side {
  if (typeof compared === 'string' || isRun(compared)) return whole(name, compared);
  const { run, strategy } = compared;
  return { ...oneStrategy(whole(name, run), strategy), name };
}

function whole(name: string, given: Run | string): Side {
  const run = typeof given === 'string' ? storedRun(given) : given;
  const parts = partsOf(run);
  if (parts === undefined) throw new UsageError(`${name}: expected a run, its directory, or { run, strategy }`);
  return { ...wholeSide(parts.path ?? name, parts.manifest, run.cells), name };
}

function isRun(value: unknown): value is Run {
  return typeof value === 'object' && value !== null && partsOf(value as Run) !== undefined;
}
