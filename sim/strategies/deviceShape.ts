/**
 * Whether what a strategy made of a device description is one still: rooms trust it, and NaN goes a long way in sums.
 */

type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with `made`, in words, with its path; null when it has the fields of `given` and sound numbers. */
export function differenceInShape(given: unknown, made: unknown, path = ''): string | null {
  const at = path === '' ? 'the device' : path;
  if (typeof made === 'number' && !Number.isFinite(made) && made !== given) return `${made} for ${at}`;
  if (Array.isArray(given) !== Array.isArray(made)) return `${kindOf(made)} for ${at}, expected ${kindOf(given)}`;
  if (Array.isArray(made)) return firstOf(made.map((one, i) => [one, `${path}[${i}]`]));
  if (!isFields(given))
    return typeof made === typeof given || given === null
      ? null
      : `${kindOf(made)} for ${at}, expected ${kindOf(given)}`;
  if (!isFields(made)) return `${kindOf(made)} for ${at}, expected ${kindOf(given)}`;
  for (const [key, value] of Object.entries(given)) {
    const inner = path === '' ? key : `${path}.${key}`;
    if (value === undefined) continue;
    const difference = differenceInShape(value, made[key], inner);
    if (difference !== null) return difference;
  }
  return null;
}

/** The first element that holds a number which is none: elements need not be those that were there before. */
function firstOf(elements: readonly (readonly [unknown, string])[]): string | null {
  for (const [element, path] of elements) {
    const difference = differenceInShape(element, element, path);
    if (difference !== null) return difference;
    if (element === undefined || Number.isNaN(element)) return `${String(element)} for ${path}`;
  }
  return null;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value === null || value === undefined) return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
