/** Half a second outlasts a window inside one merge, not one that lasts until ksmd has come round. */
import type { Cause } from '../../sim/index.ts';
import { failureRate } from '../stats/failureRate.ts';
import type { RateEstimate } from '../stats/failureRate.ts';
import { resultsOf } from './check.ts';
import type { CellResult, Check } from './check.ts';
import { total } from './compare.ts';
import { cellSets, ownFile, WHOLE_AREA } from './plan.ts';

const STRATEGIES = ['stock', 'retry-100ms'] as const;

interface Load {
  readonly name: string;
  /** Nothing else stood in the way of the requests that are counted. */
  readonly causes: readonly Cause[];
  /** Whether retrying is to help; null: a figure only. */
  readonly isBridged: boolean | null;
}

const LOADS: readonly Load[] = [
  { name: 'b3-windows', causes: ['B3', 'B3null'], isBridged: true },
  { name: 'fork-heavy, whole area', causes: ['B1'], isBridged: false },
  { name: 'fork-heavy, its own sizes', causes: ['B1'], isBridged: null },
];

export const retry: Check = {
  id: 'retry',
  claim: '0.5 s of retries (retry-100ms) bridges B3 but not B1',
  rule:
    'Whole-area requests, ksmd at 300 pages every 20 ms: on b3-windows (nothing forks, ksmd keeps merging into a few pages) and on fork-heavy. ' +
    'Under stock some fail on nothing but B3 or B3null, or but B1. Under retry-100ms, of the requests whose first round failed on nothing else: ' +
    'the share that got its memory within the five further rounds is more than one half for B3 and less for B1, with the whole 95 % interval over seeds. ' +
    'The row with the sizes of fork-heavy does not count: with several candidate ranges a request needs one of them to come free.',
  needs: (mode) => {
    const quick = mode === 'quick';
    const seeds = quick ? 6 : 12;
    const fork = { workload: 'fork-heavy', strategies: STRATEGIES, seeds };
    const speed = ['ksm.pages_to_scan=300'];
    return {
      cells: new Map([
        ...cellSets({ workload: ownFile('b3-windows.yaml'), strategies: STRATEGIES, seeds }, 'b3-windows '),
        ...cellSets({ ...fork, set: [...WHOLE_AREA, ...speed], quick }, 'fork-heavy, whole area '),
        ...(quick ? [] : cellSets({ ...fork, set: speed }, 'fork-heavy, its own sizes ')),
      ]),
      scripts: [],
    };
  },
  judge: (results) => {
    const failed: string[] = [];
    const figures = LOADS.filter(({ name }) => results.cells.has(`${name} stock`)).map(
      ({ name, causes, isBridged }) => {
        const lost = failuresOf(resultsOf(results, `${name} stock`), causes);
        const share = bridged(resultsOf(results, `${name} retry-100ms`), causes);
        const what = `${causes.join(' or ')} on ${name}`;
        if (isBridged !== null && lost === 0) failed.push(`no request failed on nothing but ${what} under stock`);
        if (isBridged === true && !(share.low > 0.5)) failed.push(`retrying does not bridge most of ${what}`);
        if (isBridged === false && !(share.high < 0.5)) failed.push(`retrying may bridge most of ${what}`);
        return {
          load: name,
          cause: causes.join('+'),
          'failed under stock': lost,
          'first round failed under retry': share.requests,
          'then got memory': share.got,
          share: share.mean,
          low: share.low,
          high: share.high,
        };
      },
    );
    return { failed, figures };
  },
};

function isOnly(causes: readonly Cause[], found: CellResult['attempts'][number]['causes']): boolean {
  const names = Object.keys(found) as Cause[];
  return names.length > 0 && names.every((cause) => causes.includes(cause));
}

/** Requests that failed on pages of these causes alone. */
function failuresOf(cells: readonly CellResult[], causes: readonly Cause[]): number {
  return total(cells, ({ attempts }) => attempts.filter((one) => one.errno !== 0 && isOnly(causes, one.causes)).length);
}

/** Of the requests that went into a second round, on pages of these causes alone: how many succeeded, over seeds. */
function bridged(
  cells: readonly CellResult[],
  causes: readonly Cause[],
): RateEstimate & { readonly requests: number; readonly got: number } {
  const counts = cells.map(({ record: { seed }, attempts }) => {
    const again = attempts.filter((one) => one.caller > 0 && isOnly(causes, one.causes));
    return { seed, attempts: again.length, failures: again.filter((one) => one.errno === 0).length };
  });
  const sum = (of: (one: (typeof counts)[number]) => number) => counts.reduce((all, one) => all + of(one), 0);
  return { ...failureRate(counts), requests: sum((one) => one.attempts), got: sum((one) => one.failures) };
}
