/** Forms of single values, as data: what a schema reads, said so that others can describe it. */
import { formatDuration } from './units.ts';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Quantities with a unit, as read: ns, 4 KiB pages, events per second, 0..1. */
export type Quantity = 'duration' | 'size' | 'rate' | 'share';

export type Form =
  /** `above`: `min` itself is not among them. `words`: or one of these. */
  | (Range & { of: 'number'; whole: boolean; above?: boolean; words?: readonly string[] })
  | (Range & { of: Quantity })
  | { readonly of: 'choice'; readonly choices: readonly (string | number)[] }
  | { readonly of: 'truth' }
  /** A name of the user's choosing, of at most `longest` letters. */
  | { readonly of: 'name'; readonly longest: number }
  /** The name of something else, or a path. */
  | { readonly of: 'reference'; readonly longest: number }
  | { readonly of: 'text'; readonly longest: number };

const PAGES_PER = [
  ['GB', 2 ** 18],
  ['MB', 2 ** 8],
] as const;
const HOUR_NS = 3600e9;

/** A value as somebody would write it in a file: numbers and truth values stay what they are. */
export function written(form: Form, value: unknown): string | number | boolean {
  if (value === null) return 'none';
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  const amount = value as number;
  switch (form.of) {
    case 'duration':
      return amount !== 0 && amount % HOUR_NS === 0 ? `${amount / HOUR_NS} h` : formatDuration(amount);
    case 'size':
      for (const [unit, pages] of PAGES_PER)
        if (amount !== 0 && amount % pages === 0) return `${amount / pages} ${unit}`;
      return amount === 1 ? '1 page' : `${amount} pages`;
    case 'rate':
      return `${amount}/s`;
    case 'share':
      return `${amount * 100} %`;
    default:
      return amount;
  }
}
