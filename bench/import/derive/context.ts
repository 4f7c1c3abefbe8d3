/** What every derivation is given. */
import { PAGE_KB } from '../../plan/units.ts';
import type { Draft } from '../draft.ts';
import type { Facts, ProcessFacts } from '../facts.ts';
import type { Base } from './base.ts';
import type { GroupPlan } from './groupPlan.ts';
import type { Traced } from './traced.ts';
import type { View } from './view.ts';

/** The processes of the workload, once they are derived. */
interface Population {
  /** All groups, those of the base device included. */
  groups: GroupPlan[];
  /** Captured processes, not those of the base device. */
  isOwn: boolean;
  /** Group of each captured process. */
  readonly groupOf: Map<ProcessFacts, string>;
}

export interface Context {
  readonly facts: Facts;
  /** The device at the moment that counts. */
  readonly view: View;
  /** What is not known is as this device has it. */
  readonly base: Base;
  readonly draft: Draft;
  /** The trace among the inputs, if there is one. */
  readonly traced: Traced | null;
  /** What the trace recorded happens again at its times, instead of at its rates. */
  readonly replay: boolean;
  readonly population: Population;
  /** Pages of the model for a page of the device: below 1 for a device that is larger than the model takes. */
  readonly scale: number;
}

/** Pages of an amount in kB, scaled and rounded. */
export function pagesOf(context: Pick<Context, 'scale'>, kB: number): number {
  return Math.round((kB / PAGE_KB) * context.scale);
}

/** `112 pages`. */
export function sizeText(pages: number): string {
  return `${pages} pages`;
}

/** A share with as many digits as a region's pages need. */
export function shareText(share: number): string {
  return `${Number((Math.min(1, Math.max(0, share)) * 100).toFixed(4))} %`;
}

/** A rate with three significant digits. */
export function rateText(perSecond: number): string {
  const rounded = Number(perSecond.toPrecision(3));
  return rounded < 1e-6 ? '0/s' : `${Number(rounded.toFixed(9))}/s`;
}
