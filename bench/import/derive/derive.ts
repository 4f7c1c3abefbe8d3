/** Facts to a draft. */
import { basename } from 'node:path';
import { UsageError } from '../../errors.ts';
import { LIMITS } from '../../plan/limits.ts';
import { withoutControls } from '../../plan/quote.ts';
import { Draft } from '../draft.ts';
import type { Facts } from '../facts.ts';
import { chooseBase, type Base } from './base.ts';
import type { Context } from './context.ts';
import { DERIVATIONS } from './derivations.ts';
import { boardOf, scaleOf } from './memory.ts';
import type { DerivedTrace } from '../trace/index.ts';
import { severalTraces, tracesOf } from './traced.ts';
import { severalDevices, viewOf } from './view.ts';

export interface Derived {
  readonly draft: Draft;
  /** The built-in device that stands in for what is not known. */
  readonly base: Pick<Base, 'name' | 'why'>;
  /** What the traces tell; rates and events come from the first. */
  readonly traces: readonly DerivedTrace[];
}

export interface DeriveOptions {
  /** The built-in device for what is not known; null: the nearest. */
  readonly device: string | null;
  /** Whether a trace is replayed at its times. */
  readonly replay: boolean;
}

/**
 * `paths`: the inputs as they were given. Throws UsageError for an unknown device, and for a replay without a trace.
 */
export function derive(facts: Facts, paths: readonly string[], { device, replay }: DeriveOptions): Derived {
  const view = viewOf(facts);
  const traces = tracesOf(facts);
  const traced = traces.at(0) ?? null;
  const base = chooseBase(facts, view, traced, device);
  if (replay && traced === null)
    throw new UsageError(
      '--replay: there is no trace among the inputs',
      'give one besides them (ftrace text, Perfetto, Chrome JSON), or leave --replay out',
    );
  const draft = new Draft();
  draft.notes.push(...[severalDevices(facts), severalTraces(traces)].filter((note) => note !== null));
  draft.form(['about'], aboutOf(facts, paths));
  draft.guess(['device'], base.name, `for what is not below; ${base.why}`);
  const population = { groups: [], isOwn: false, groupOf: new Map() };
  const context: Context = { facts, view, base, draft, traced, replay, population, scale: scaleOf(boardOf(view)) };
  for (const step of DERIVATIONS) step(context);
  return { draft, base, traces: traces.map(({ derived }) => derived) };
}

/** What the workload stands for: the model of the device where it says so, and the inputs. */
function aboutOf({ properties }: Facts, paths: readonly string[]): string {
  const model = properties.get('ro.product.model')?.text ?? '';
  const more = paths.length > 1 ? ` and ${paths.length - 1} more` : '';
  const what = model === '' ? '' : `, a ${model}`;
  const text = `Imported from ${paths[0] === '-' ? 'stdin' : basename(paths[0])}${more}${what}.`;
  return withoutControls(text).replaceAll(/\s+/g, ' ').slice(0, LIMITS.textLength);
}
