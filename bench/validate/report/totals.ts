/** How many rows agree: in all, by kind of recording, by measure, by group; and how much an agreement is worth. */
import { groupBy } from '../../stats/sums.ts';
import type { Family } from '../measures/index.ts';
import type { Row } from '../rows.ts';

/** The share of rows that must agree. */
export const WANTED = 0.9;

export interface Count {
  readonly agreed: number;
  readonly total: number;
}

export interface Totals extends Count {
  readonly passed: boolean;
  /** Rows that would have noticed a model that gives twice, and one that gives half, of what was recorded. */
  readonly tellBoth: Count;
  /** Rows that would have noticed one of them. */
  readonly tellOne: Count;
  /** Rows where recorded and modelled are both 0. */
  readonly bothZero: number;
  readonly byFamily: readonly (Count & { readonly family: Family })[];
  /** Stages and attempts of scripted scenarios count under what they measure. */
  readonly byMeasure: readonly (Count & { readonly measure: string; readonly tellBoth: number })[];
}

export function totalsOf(rows: readonly Row[]): Totals {
  const { agreed, total } = countOf(rows);
  return {
    agreed,
    total,
    passed: total > 0 && agreed >= WANTED * total,
    tellBoth: countOf(rows.filter((row) => row.tells === 'both')),
    tellOne: countOf(rows.filter((row) => row.tells === 'twice' || row.tells === 'half')),
    bothZero: rows.filter(isBothZero).length,
    byFamily: [...groupBy(rows, (row) => row.family)].map(([family, some]) => ({
      family: family as Family,
      ...countOf(some),
    })),
    byMeasure: [...groupBy(rows, (row) => subject(row))].map(([measure, some]) => ({
      measure,
      ...countOf(some),
      tellBoth: some.filter((row) => row.tells === 'both').length,
    })),
  };
}

function isBothZero(row: Row): boolean {
  return row.recorded.value === 0 && row.modelled.value === 0;
}

/** What a row measures, without the stage, the attempt or the operation it was measured at. */
export function subject({ measure, family }: Row): string {
  if (family === 'scripted') {
    const what = measure.slice(measure.indexOf(': ') + 2);
    return measure.startsWith('attempt ') ? `scripted attempt: ${what}` : `scripted stage: ${what}`;
  }
  if (family === 'cost') return `cost: ${measure.replace(/(?:,| of|:).*$/, '')}`;
  return measure;
}

export function countOf(rows: readonly Row[]): Count {
  return { agreed: rows.filter((row) => row.agree).length, total: rows.length };
}
