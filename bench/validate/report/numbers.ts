/** Estimates for people. */
import { digits3 } from '../../report/units.ts';
import type { Row } from '../rows.ts';

/** `12.3 % [5.2, 20]`, `4.0 [3.1, 5.2]`, `4096`; `none` where the model has no such thing. */
export function estimateText({ value, low, high }: Row['modelled'], { unit }: Row): string {
  if (value === null) return 'none';
  const show = (number: number): string => digits3(unit === 'share' ? 100 * number : number);
  const sign = unit === 'share' ? ' %' : '';
  const bare = `${show(value)}${sign}`;
  return low === value && high === value ? bare : `${bare} [${show(low)}, ${show(high)}]`;
}
