/** Schemas of single values: numbers, words, and quantities with units. */
import type { Form, Quantity, Range } from './forms.ts';
import { found, type ScalarNode, type Step, type TreeNode } from './node.ts';
import type { Problems } from './problems.ts';
import { quote } from './quote.ts';
import { nameProblem, type Schema } from './schema.ts';
import { suggestion } from './suggest.ts';
import * as units from './units.ts';

/** The value, or a sentence saying what is wrong. */
type Outcome<T> = { readonly value: T } | { readonly wrong: string };

function scalar<T>(expected: string, form: Form, interpret: (node: ScalarNode) => Outcome<T>): Schema<T> {
  return {
    shape: { kind: 'scalar', form, orNone: false },
    expected,
    read(node: TreeNode, path: readonly Step[], problems: Problems): T | undefined {
      const outcome =
        node.kind === 'scalar' && (node.text !== '' || node.quoted) ? interpret(node) : mismatch(expected, node);
      if ('value' in outcome) return outcome.value;
      problems.add(node.place, path, outcome.wrong);
      return undefined;
    },
  };
}

function mismatch(expected: string, node: TreeNode): { wrong: string } {
  return { wrong: `expected ${expected}, found ${found(node)}` };
}

function wholeIn({ min, max }: Range, node: ScalarNode): number | null {
  const value = node.quoted ? null : units.decimal(node.text);
  return value !== null && Number.isInteger(value) && value >= min && value <= max ? value : null;
}

/** A whole number without a unit. */
export function integer(range: Range): Schema<number> {
  const expected = `a whole number from ${range.min} to ${range.max}`;
  return scalar(expected, { of: 'number', ...range, whole: true }, (node) => {
    const value = wholeIn(range, node);
    return value === null ? mismatch(expected, node) : { value };
  });
}

/** A number without a unit. */
export function number(range: Range): Schema<number> {
  const expected = `a number from ${range.min} to ${range.max}`;
  return scalar(expected, { of: 'number', ...range, whole: false }, (node) => {
    const value = node.quoted ? null : units.decimal(node.text);
    return value !== null && value >= range.min && value <= range.max ? { value } : mismatch(expected, node);
  });
}

/** One of a few whole numbers. */
export function oneOfNumbers<const N extends number>(choices: readonly N[]): Schema<N> {
  const expected = `one of ${choices.join(', ')}`;
  return scalar(expected, { of: 'choice', choices }, (node) => {
    const value = choices.find((choice) => !node.quoted && String(choice) === node.text);
    return value === undefined ? mismatch(expected, node) : { value };
  });
}

/** A positive number without a unit. */
export function weight(): Schema<number> {
  const expected = 'a weight, a number above 0 and at most 1000000';
  return scalar(expected, { of: 'number', min: 0, above: true, max: 1e6, whole: false }, (node) => {
    const value = node.quoted ? null : units.decimal(node.text);
    return value !== null && value > 0 && value <= 1e6 ? { value } : mismatch(expected, node);
  });
}

export function boolean(): Schema<boolean> {
  const expected = '`true` or `false`';
  return scalar(expected, { of: 'truth' }, (node) => {
    if (node.quoted || !['true', 'false'].includes(node.text)) return mismatch(expected, node);
    return { value: node.text === 'true' };
  });
}

/** One word of a fixed set. */
export function word<const W extends string>(choices: readonly W[]): Schema<W> {
  const expected = `one of ${choices.join(', ')}`;
  return scalar(expected, { of: 'choice', choices }, (node) => {
    const value = choices.find((choice) => choice === node.text);
    if (value !== undefined) return { value };
    return { wrong: `expected ${expected}, found ${found(node)}${suggestion(node.text, choices)}` };
  });
}

/** One of a few words, or a whole number. */
export function wordOrNumber<const W extends string>(words: readonly W[], range: Range): Schema<W | number> {
  const expected = `${words.map((one) => `\`${one}\``).join(', ')} or a whole number from ${range.min} to ${range.max}`;
  return scalar<W | number>(expected, { of: 'number', ...range, whole: true, words }, (node) => {
    const known = words.find((one) => one === node.text);
    if (known !== undefined) return { value: known };
    const value = wholeIn(range, node);
    return value === null ? mismatch(expected, node) : { value };
  });
}

/** A path may be a long name. */
const REFERENCE_LENGTH = 200;
const REFERENCE = new RegExp(`^\\P{C}{1,${REFERENCE_LENGTH}}$`, 'u');

/** A name that points at something; whether it exists is checked later. */
export function reference(what: string): Schema<string> {
  const expected = `the name of ${what}`;
  return scalar(expected, { of: 'reference', longest: REFERENCE_LENGTH }, (node) =>
    REFERENCE.test(node.text) ? { value: node.text } : mismatch(expected, node),
  );
}

/** A name of the user's choosing for a `what`. */
export function identifier(what: string, longest: number): Schema<string> {
  return scalar(`a name for a ${what}`, { of: 'name', longest }, (node) => {
    const wrong = nameProblem(node.text, what, longest);
    return wrong === null ? { value: node.text } : { wrong };
  });
}

/** Free text of one sentence or so. */
export function text(what: string, longest: number): Schema<string> {
  const expected = `${what} (at most ${longest} letters)`;
  return scalar(expected, { of: 'text', longest }, (node) => {
    const value = node.text.trim().replaceAll(/\s+/g, ' ');
    return value !== '' && value.length <= longest && !/\p{C}/u.test(value) ? { value } : mismatch(expected, node);
  });
}

/** Integer ns. */
export function duration(range: Range): Schema<number> {
  return quantity('duration', units.DURATION_EXPECTED, units.readDuration, range, units.formatDuration);
}

/** Whole 4 KiB pages. */
export function size(range: Range): Schema<number> {
  return quantity('size', units.SIZE_EXPECTED, units.readSize, range, (pages) => `${pages} pages`);
}

/** Events per second. */
export function rate(range: Range): Schema<number> {
  return quantity('rate', units.RATE_EXPECTED, units.readRate, range, (perSecond) => `${perSecond}/s`);
}

/** 0..1. */
export function share(): Schema<number> {
  return quantity('share', units.SHARE_EXPECTED, units.readShare, { min: 0, max: 1 }, String);
}

function quantity(
  of: Quantity,
  expected: string,
  read: (text: string) => units.Reading,
  range: Range,
  show: (value: number) => string,
): Schema<number> {
  return scalar(expected, { of, ...range }, (node) => {
    const reading = read(node.text);
    if ('wrong' in reading) return reading;
    if (reading.value >= range.min && reading.value <= range.max) return reading;
    return { wrong: `expected ${expected} from ${show(range.min)} to ${show(range.max)}, found ${quote(node.text)}` };
  });
}

/** `none` or a single value. */
export function orNone<T>(schema: Schema<T>): Schema<T | null> {
  const expected = `\`none\` or ${schema.expected}`;
  return {
    shape: schema.shape.kind === 'scalar' ? { ...schema.shape, orNone: true } : schema.shape,
    expected,
    read(node, path, problems) {
      if (node.kind === 'scalar' && !node.quoted && node.text === 'none') return null;
      return schema.read(node, path, problems);
    },
  };
}
