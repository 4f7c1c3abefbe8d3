/**
 * Quantities as people write them: durations `20 ms`, sizes `16 MB` or `112 pages`, rates `12/min`, shares `35 %`.
 *
 * A unit is always asked for (a share may be a plain fraction), so that a number cannot be read as something else.
 * kB and MB are multiples of 1024 as in /proc/meminfo.
 */
import { UsageError } from '../errors.ts';
import { quote } from './quote.ts';

export const PAGE_BYTES = 4096;
/** The same in kB, the unit of /proc. */
export const PAGE_KB = PAGE_BYTES / 1024;
export const PAGES_PER_MB = 1024 ** 2 / PAGE_BYTES;

/** A quantity read, or what is wrong with the text. */
export type Reading = { readonly value: number } | { readonly wrong: string };

const DURATION_NS = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['min', 60e9],
  ['h', 3600e9],
]);

const SIZE_BYTES = new Map([
  ['pages', PAGE_BYTES],
  ['page', PAGE_BYTES],
  ['kB', 1024],
  ['KiB', 1024],
  ['MB', 1024 ** 2],
  ['MiB', 1024 ** 2],
  ['GB', 1024 ** 3],
  ['GiB', 1024 ** 3],
]);

const PER_SECONDS = new Map([
  ['s', 1],
  ['min', 60],
  ['h', 3600],
]);

const NUMBER = /^-?(?:0|[1-9]\d{0,15})(?:\.\d{1,12})?$/;
const WITH_UNIT = /^(-?[\d.]+)\s*([A-Za-z]+)$/;
const RATE = /^(-?[\d.]+)\s*\/\s*([A-Za-z]+)$/;
const SHARE = /^(-?[\d.]+)\s*%$/;

/** A plain decimal number: no hex, exponent or NaN, at most 16 digits before and 12 behind the point; else null. */
export function decimal(text: string): number | null {
  return NUMBER.test(text) ? Number(text) : null;
}

/** What kind of quantity a text looks like: for messages about the wrong kind. */
function kindOf(text: string): string {
  if (SHARE.test(text)) return 'a share';
  if (RATE.test(text)) return 'a rate';
  const unit = WITH_UNIT.exec(text)?.[2] ?? '';
  if (DURATION_NS.has(unit)) return 'a duration';
  if (SIZE_BYTES.has(unit)) return 'a size';
  if (unit !== '') return `something in ${quote(unit)}`;
  if (decimal(text) !== null) return 'a number without a unit';
  return 'no quantity';
}

function wrong(text: string, expected: string): Reading {
  return { wrong: `expected ${expected}, found ${quote(text)}, which is ${kindOf(text)}` };
}

function withUnit(
  text: string,
  pattern: RegExp,
  units: ReadonlyMap<string, number>,
): { amount: number; factor: number } | null {
  const match = pattern.exec(text);
  const amount = decimal(match?.[1] ?? '');
  const factor = units.get(match?.[2] ?? '');
  return amount === null || factor === undefined ? null : { amount, factor };
}

export const DURATION_EXPECTED = 'a duration such as `20 ms` (ns, us, ms, s, min, h)';
export const SIZE_EXPECTED = 'a size such as `16 MB` or `112 pages` (pages, kB, MB, GB)';
export const RATE_EXPECTED = 'a rate such as `12/min` (/s, /min, /h)';
export const SHARE_EXPECTED = 'a share such as `35 %` or `0.35`';

/** Integer nanoseconds, rounded. */
export function readDuration(text: string): Reading {
  const read = withUnit(text, WITH_UNIT, DURATION_NS);
  if (read === null) return wrong(text, DURATION_EXPECTED);
  if (read.amount < 0) return { wrong: `a duration cannot be negative, found ${quote(text)}` };
  const value = Math.round(read.amount * read.factor);
  return Number.isSafeInteger(value) ? { value } : { wrong: `duration ${quote(text)} is too long` };
}

/** Whole 4 KiB pages. */
export function readSize(text: string): Reading {
  const read = withUnit(text, WITH_UNIT, SIZE_BYTES);
  if (read === null) return wrong(text, SIZE_EXPECTED);
  if (read.amount < 0) return { wrong: `a size cannot be negative, found ${quote(text)}` };
  const value = (read.amount * read.factor) / PAGE_BYTES;
  if (!Number.isSafeInteger(value))
    return { wrong: `a size must be a whole number of 4 kB pages, found ${quote(text)}` };
  return { value };
}

/** Events per second. */
export function readRate(text: string): Reading {
  const read = withUnit(text, RATE, PER_SECONDS);
  if (read === null) return wrong(text, RATE_EXPECTED);
  if (read.amount < 0) return { wrong: `a rate cannot be negative, found ${quote(text)}` };
  return { value: read.amount / read.factor };
}

/** A fraction 0..1. */
export function readShare(text: string): Reading {
  const percent = decimal(SHARE.exec(text)?.[1] ?? '');
  const value = percent === null ? decimal(text) : percent / 100;
  if (value === null) return wrong(text, SHARE_EXPECTED);
  if (value < 0 || value > 1) return { wrong: `a share lies between 0 and 1 (0 % and 100 %), found ${quote(text)}` };
  return { value };
}

/** A duration of the command line, ns; throws UsageError. */
export function parseDuration(text: string): number {
  const reading = readDuration(text.trim());
  if ('wrong' in reading) throw new UsageError(reading.wrong, 'write for example 30s or "2 min"');
  return reading.value;
}

/** The same where minutes may be written `m`, as in `10m`. */
export function parseMinutes(text: string): number {
  return parseDuration(text.replace(/(\d)\s*m$/, '$1 min'));
}

/** The shortest exact way to write a duration: `120 s`, `1.5 ms`, `7 ns`. */
export function formatDuration(ns: number): string {
  for (const [unit, factor] of [
    ['s', 1e9],
    ['ms', 1e6],
    ['us', 1e3],
  ] as const) {
    if (ns % factor === 0) return `${ns / factor} ${unit}`;
  }
  return `${ns} ns`;
}

const AMOUNT = String.raw`(?:0|[1-9]\d{0,15})(?:\.\d{1,12})?`;
const oneOf = (units: ReadonlyMap<string, unknown>): string => `(?:${[...units.keys()].join('|')})`;

/**
 * Regular expressions of quantities, for those who check a text without reading it: each takes all that is read here.
 */
export const PATTERNS = {
  duration: String.raw`^${AMOUNT}\s*${oneOf(DURATION_NS)}$`,
  size: String.raw`^${AMOUNT}\s*${oneOf(SIZE_BYTES)}$`,
  rate: String.raw`^${AMOUNT}\s*/\s*${oneOf(PER_SECONDS)}$`,
  share: String.raw`^(?:(?:0|1)(?:\.\d{1,12})?|(?:\d|[1-9]\d|100)(?:\.\d{1,12})?\s*%)$`,
} as const;
