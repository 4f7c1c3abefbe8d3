/** Facts to a draft. */
import { basename } from 'node:path';
import { LIMITS } from '../../plan/limits.ts';
import { withoutControls } from '../../plan/quote.ts';
import { Draft } from '../draft.ts';
import type { Facts } from '../facts.ts';
import { chooseBase, type Base } from './base.ts';
import { DERIVATIONS } from './derivations.ts';
import { boardOf, scaleOf } from './memory.ts';
import { viewOf } from './view.ts';

export interface Derived {
  readonly draft: Draft;
  readonly base: Base;
}

/** `paths`: the inputs as they were given; `device`: the built-in device for what is not known, or null for the nearest. Throws UsageError for an unknown one. */
export function derive(facts: Facts, paths: readonly string[], device: string | null): Derived {
  const view = viewOf(facts);
  const base = chooseBase(facts, view, device);
  const draft = new Draft();
  draft.form(['about'], aboutOf(facts, paths));
  draft.guess(['device'], base.name, `for what is not below; ${base.why}`);
  const context = { facts, view, base, draft, scale: scaleOf(boardOf(view)) };
  for (const step of DERIVATIONS) step(context);
  return { draft, base };
}

/** What the workload stands for: the model of the device where it says so, and the inputs. */
function aboutOf({ properties }: Facts, paths: readonly string[]): string {
  const model = properties.get('ro.product.model')?.text ?? '';
  const more = paths.length > 1 ? ` and ${paths.length - 1} more` : '';
  const what = model === '' ? '' : `, a ${model}`;
  const text = `Imported from ${paths[0] === '-' ? 'stdin' : basename(paths[0])}${more}${what}.`;
  return withoutControls(text).replaceAll(/\s+/g, ' ').slice(0, LIMITS.textLength);
}
