/** One setting of a device's knobs: what is changed against the workload, and the strategies that act. Plain data. */

export interface Setting {
  /**
   * Values by their path in a workload file, as `--set` takes them: `ksm.pages_to_scan` 100, `memory.cma.default.size`
   * '24 MB'.
   */
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

/** `100 / 20 ms`, then what else is set: `memory.cma.default.size 24 MB`, and the strategies that come with it. */
export function labelParts(setting: Setting, strategy: string): string[] {
  const { [PAGES]: pages, [SLEEP]: sleep, ...others } = setting.values;
  return [
    `${pages} / ${sleep} ms`,
    ...Object.entries(others).map(([path, value]) => `${path} ${value}`),
    ...addedStrategies(setting, strategy),
  ];
}

/** Strategies that act besides the one that was asked for, `a+b`. */
export function addedStrategies(setting: Setting, strategy: string): string[] {
  const given = strategy.split('+');
  return setting.strategy.split('+').filter((name) => name !== 'stock' && !given.includes(name));
}

/** The same in one line. */
export function labelOf(setting: Setting, strategy: string): string {
  return labelParts(setting, strategy).join(', ');
}
