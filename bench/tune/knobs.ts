/**
 * Knobs besides the two of the scan that `--knobs` adds to the search, each a short list of choices. The first choice
 * of each is the device as it is.
 */
import type { ResolvedWorkload } from '../plan/types.ts';
import { UsageError } from '../errors.ts';
import { suggestion } from '../plan/suggest.ts';
import { BLOCK, megabytes, sizesFor } from './areas.ts';

/** One value of a knob. */
export interface Choice {
  /** By path in a workload file. */
  readonly values: Readonly<Record<string, number | string>>;
  /** Acts besides the others; `stock`: none. */
  readonly strategy: string;
}

export interface Knob {
  readonly name: string;
  readonly about: string;
  readonly choices: readonly Choice[];
}

const AS_IT_IS: Choice = { values: {}, strategy: 'stock' };
const acting = (strategy: string, values: Choice['values'] = {}): Choice => ({ values, strategy });

/** Knobs by name; `workloads`: on which the search runs, all on one device. */
const KNOBS: Readonly<Record<string, (workloads: readonly ResolvedWorkload[]) => Omit<Knob, 'name'>>> = {
  cma: (workloads) => ({
    about: 'size of the default CMA area: half, as it is, half as much again, twice',
    choices: sizesOf(workloads),
  }),
  max_page_sharing: () => ({
    about: 'no limit, the 256 of kernels since 4.13, and a quarter of that',
    choices: [
      AS_IT_IS,
      acting('max-page-sharing', { 'ksm.max_page_sharing': 256 }),
      acting('max-page-sharing', { 'ksm.max_page_sharing': 64 }),
    ],
  }),
  advisor: () => ({
    // docs/model.md: on such devices the advisor's lower limit of 10 % of a CPU allows nothing slower
    about: 'scan-time advisor off, or aiming at 2 s, 5 s or 10 s for a full scan',
    choices: [
      AS_IT_IS,
      ...[2, 5, 10].map((seconds) => acting('scan-time-advisor', { 'ksm.advisor_target_scan_time': seconds })),
    ],
  }),
  retry: () => ({
    about: 'what the caller does about a failure: nothing, five more tries 100 ms apart, tries until it works',
    choices: [AS_IT_IS, acting('retry-100ms'), acting('retry-until')],
  }),
  deferral: () => ({
    about: 'ksmd as it is, on a deferred timer, or deferring what does not merge',
    choices: [AS_IT_IS, acting('deferred-timer'), acting('defer-new-mm'), acting('smart-scan')],
  }),
};

export const KNOB_NAMES = Object.keys(KNOBS);

/** The knobs of `--knobs cma,retry`; `all` is every one. Throws UsageError for an unknown one. */
export function knobsNamed(list: string, workloads: readonly ResolvedWorkload[], strategy: string): Knob[] {
  const names = list === 'all' ? KNOB_NAMES : list.split(',').map((name) => name.trim());
  return [...new Set(names)].map((name) => {
    if (!Object.hasOwn(KNOBS, name)) {
      throw new UsageError(
        `unknown knob '${name}'${suggestion(name, KNOB_NAMES)}`,
        `there are: ${KNOB_NAMES.join(', ')}, or all`,
      );
    }
    const knob = KNOBS[name](workloads);
    const given = strategy.split('+');
    const twice = knob.choices.find((choice) => choice.strategy !== 'stock' && given.includes(choice.strategy));
    if (twice !== undefined) {
      throw new UsageError(
        `--knobs ${name} tries ${twice.strategy}, which --strategy names already`,
        'leave one of them out',
      );
    }
    return { name, ...knob };
  });
}

function sizesOf(workloads: readonly ResolvedWorkload[]): Choice[] {
  const { path, now, least, most } = sizesFor(workloads);
  const other = [now / 2, now * 1.5, now * 2].map((pages) => Math.round(pages / BLOCK) * BLOCK);
  const fitting = [...new Set(other)].filter((pages) => pages >= least && pages <= most && pages !== now);
  return [AS_IT_IS, ...fitting.map((pages) => ({ values: { [path]: megabytes(pages) }, strategy: 'stock' }))];
}
