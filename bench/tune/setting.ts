/** One setting of a device's knobs: what is changed against the workload, and the strategies that act. Plain data. */

export interface Setting {
  /** Values by their path in a workload file, as `--set` takes them: `ksm.pages_to_scan` 100, `memory.cma.default.size` '24 MB'. */
  readonly values: Readonly<Record<string, number | string>>;
  /** Names that act together, `a+b`. */
  readonly strategy: string;
}

export const PAGES = 'ksm.pages_to_scan';
export const SLEEP = 'ksm.sleep_millisecs';

/** The setting as one text: equal for equal settings, and in what order settings stand that are otherwise alike. */
export function keyOf({ values, strategy }: Setting): string {
  const sorted = Object.keys(values).sort();
  return [...sorted.map((path) => `${path}=${values[path]}`), strategy].join(' ');
}

/** `--set` texts. */
export function overridesOf({ values }: Setting): string[] {
  return Object.entries(values).map(([path, value]) => `${path}=${value}`);
}

/** What results show: the values, and the strategy where it is not the one that was asked for. */
export function shownSettings(setting: Setting, strategy: string): Record<string, number | string> {
  return { ...setting.values, ...(setting.strategy === strategy ? {} : { strategy: setting.strategy }) };
}

/** `100 / 20 ms`, and what else is set: `memory.cma.default.size 24 MB`. */
export function labelOf(setting: Setting, strategy: string): string {
  const { [PAGES]: pages, [SLEEP]: sleep, ...others } = shownSettings(setting, strategy);
  const more = Object.entries(others).map(([path, value]) => (path === 'strategy' ? `${value}` : `${path} ${value}`));
  return [`${pages} / ${sleep} ms`, ...more].join(', ');
}
