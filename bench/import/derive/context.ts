/** What every derivation is given. */
import type { Draft } from '../draft.ts';
import type { Facts } from '../facts.ts';
import type { Base } from './base.ts';
import type { View } from './view.ts';

export interface Context {
  readonly facts: Facts;
  /** The device at the moment that counts. */
  readonly view: View;
  /** What is not known is as this device has it. */
  readonly base: Base;
  readonly draft: Draft;
  /** Pages of the model for a page of the device: below 1 for a device that is larger than the model takes. */
  readonly scale: number;
}

const PAGE_KB = 4;

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
