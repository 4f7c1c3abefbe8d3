/**
 * Large, small, decisive: what a strategy does to the failures of stock, with one rule for all checks.
 *
 * Both see the same requests (same seeds, same times and sizes), so a request that fails under stock can be followed to
 * what became of it. Half of them is the mark between small and large: there a fix begins to remove more than it
 * leaves.
 */
import { findStrategy } from '../../sim/index.ts';
import { failureRate } from '../stats/failureRate.ts';
import type { RateEstimate } from '../stats/failureRate.ts';
import type { CellResult, Row, Verdict } from './check.ts';
import { differenceOf, failedPages, KSM_CAUSES, rateOf } from './compare.ts';

export type Effect = 'large' | 'small' | 'decisive';

/** The rule in words. */
export const EFFECT_RULE =
  'Of the requests that fail under stock, some succeed with the strategy: the share that it mends, with its 95 % interval over seeds. ' +
  'Small: less than one half with the whole interval, and the interval of the difference of the failure rates, paired by seed, holds 0. ' +
  'Large: more than one half with the whole interval, and that of the difference lies below 0. Decisive: large, and no page fails for a cause that the strategy claims to remove. ' +
  'Half is where a fix begins to remove more than it leaves.';

export interface Compared {
  readonly load: string;
  readonly strategy: string;
  readonly cells: readonly CellResult[];
  readonly stock: readonly CellResult[];
}

/** Whether the effect is as `wanted`; one row of figures. */
export function judgeEffect({ load, strategy, cells, stock }: Compared, wanted: Effect): Verdict {
  const mended = mendedShare(cells, stock);
  const { difference, low, high } = differenceOf(cells, stock);
  const claims = findStrategy(strategy)!.claims;
  const left = failedPages(cells, claims);
  const failed: string[] = [];
  const say = (what: string) => failed.push(`${strategy} on ${load}: ${what}`);
  if (rateOf(stock).mean === 0) say('stock does not fail, so nothing is shown');
  else if (wanted === 'small') {
    if (!(mended.high < 0.5)) say('it may mend half of the failures');
    if (low > 0 || high < 0) say('the interval of the difference does not hold 0');
  } else {
    if (!(mended.low > 0.5)) say('it may leave half of the failures');
    if (!(high < 0)) say('the interval of the difference does not lie below 0');
    if (wanted === 'decisive' && left > 0) say(`${left} pages still fail for ${claims.join(', ')}`);
  }
  const row: Row = {
    load,
    wanted,
    'stock fails': rateOf(stock).mean,
    'it fails': rateOf(cells).mean,
    'difference [95 %]': `${difference.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`,
    'mended [95 %]': `${mended.mean.toFixed(2)} [${mended.low.toFixed(2)}, ${mended.high.toFixed(2)}]`,
    [`pages failed ${claims.join('+')}`]: left,
    'for other KSM causes': failedPages(cells, KSM_CAUSES) - left,
  };
  return { failed, figures: [row] };
}

/** Share of the requests failing under stock that succeed, ratio over seeds. */
function mendedShare(cells: readonly CellResult[], stock: readonly CellResult[]): RateEstimate {
  return failureRate(
    stock.map(({ record: { seed }, attempts }, index) => {
      // The n-th request of a client is the same in both; at the end of a run one may be missing.
      const others = new Map(numbered(cells[index]).map(({ key, errno }) => [key, errno]));
      const pairs = numbered({ attempts }).filter(({ key, errno }) => errno !== 0 && others.has(key));
      return { seed, attempts: pairs.length, failures: pairs.filter(({ key }) => others.get(key) === 0).length };
    }),
  );
}

function numbered({ attempts }: Pick<CellResult, 'attempts'>): { readonly key: string; readonly errno: number }[] {
  const counts = new Map<string, number>();
  return attempts.map(({ client, errno }) => {
    const number = counts.get(client) ?? 0;
    counts.set(client, number + 1);
    return { key: `${client} ${number}`, errno };
  });
}

/** Several verdicts as one. */
export function together(verdicts: readonly Verdict[]): Verdict {
  return {
    failed: verdicts.flatMap(({ failed }) => failed),
    figures: verdicts.flatMap(({ figures }) => figures),
  };
}
