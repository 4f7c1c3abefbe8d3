/**
 * What several sides differ in. A name or a setting that differs explains the differences of the description below it
 * (another device has other memory); what nothing explains is a difference of its own, so that those show too which no
 * table names: another CMA size in an edited file, another rate.
 */
import type { Facts } from './facts.ts';

/** One thing that the sides differ in. */
export interface Difference {
  /** `version`, `workload`, `strategy`, `device`, `kernel`, or a path of a workload file. */
  readonly name: string;
  /** One for each side; `NONE` where a side does not have it. */
  readonly values: readonly string[];
}

/** Settings that every run states; others are there because somebody set them. */
const STATED = ['ksm.run', 'ksm.pages_to_scan', 'ksm.sleep_millisecs', 'warm_up', 'duration', 'events'];
/** Of a side that does not have what others have. */
export const NONE = 'none';
const NOT_SET = 'not set';

/**
 * Differences between the facts of a workload, one for each side. `described`: those of its descriptions alone;
 * `settings`: paths that `--set` was used for.
 */
export function differencesBetween(
  facts: readonly Facts[],
  described: readonly Facts[],
  settings: readonly string[],
): Difference[] {
  const set = settings.filter((path) => !STATED.includes(path));
  const paths = [...new Set(facts.flatMap((one) => [...one.keys()]))];
  const differing = paths
    .map((name): Difference => ({
      name,
      values: facts.map((one) => one.get(name) ?? (set.includes(name) ? NOT_SET : NONE)),
    }))
    .filter(({ values }) => new Set(values).size > 1);
  // A path of a file that is one of the description as well.
  const differsItself = (name: string) => new Set(described.map((one) => one.get(name))).size > 1;
  const declared = differing.filter(
    ({ name }) =>
      name === 'device' ||
      name === 'kernel' ||
      STATED.includes(name) ||
      // Set to what it was anyway: no difference.
      (set.includes(name) &&
        (differsItself(name) ||
          differing.some((other) => !set.includes(other.name) && explains(name, other.name, set)))),
  );
  const hidden = differing.filter(
    (one) =>
      !declared.includes(one) && !set.includes(one.name) && !declared.some(({ name }) => explains(name, one.name, set)),
  );
  // Where spans lie follows from their sizes.
  const placed = hidden.filter(({ name }) => /^memory\..*\.first$/.test(name));
  const others = hidden.filter((one) => !placed.includes(one));
  const sized = others.some(({ name }) => name.startsWith('memory.'));
  return [...declared, ...others, ...(sized ? [] : placed)];
}

/** Whether a difference called `name` accounts for one of `path`. */
function explains(name: string, path: string, set: readonly string[]): boolean {
  if (isBelow(name, path)) return true;
  if (name === 'device') return !/^(?:kernel|ksm)(?:\.|$)/.test(path) && !STATED.includes(path) && !set.includes(path);
  if (!set.includes(name)) return false;
  // A path of a file and one of the description name the same entry differently below its own name.
  const [room, entry] = name.split('.');
  return isBelow(room === 'memory' || room === 'page_cache' ? room : `${room}.${entry}`, path);
}

/** `path` is `name`, or lies under it. */
export function isBelow(name: string, path: string): boolean {
  return path === name || path.startsWith(`${name}.`);
}
