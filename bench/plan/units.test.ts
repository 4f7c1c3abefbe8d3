/** Durations, sizes, rates and shares as files write them, and how durations are printed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../errors.ts';
import {
  decimal,
  formatDuration,
  parseDuration,
  readDuration,
  readRate,
  readShare,
  readSize,
  type Reading,
} from './units.ts';

function valueOf(reading: Reading): number {
  if ('wrong' in reading) throw new Error(reading.wrong);
  return reading.value;
}

function wrongOf(reading: Reading): string {
  if ('value' in reading) throw new Error(`read as ${reading.value}`);
  return reading.wrong;
}

test('durations are nanoseconds', () => {
  assert.is(valueOf(readDuration('7 ns')), 7);
  assert.is(valueOf(readDuration('20ms')), 20e6);
  assert.is(valueOf(readDuration('10.3 us')), 10_300);
  assert.is(valueOf(readDuration('120 s')), 120e9);
  assert.is(valueOf(readDuration('2 min')), 120e9);
  assert.is(valueOf(readDuration('1 h')), 3600e9);
});

test('sizes are whole pages of 4 kB, multiples of 1024', () => {
  assert.is(valueOf(readSize('112 pages')), 112);
  assert.is(valueOf(readSize('1 page')), 1);
  assert.is(valueOf(readSize('8 kB')), 2);
  assert.is(valueOf(readSize('16 MB')), 4096);
  assert.is(valueOf(readSize('0.5 GB')), 131_072);
  assert.match(wrongOf(readSize('6 kB')), 'whole number of 4 kB pages');
});

test('rates are events per second', () => {
  assert.is(valueOf(readRate('12/min')), 0.2);
  assert.is(valueOf(readRate('0.2/s')), 0.2);
  assert.is(valueOf(readRate('36 / h')), 0.01);
});

test('shares are fractions', () => {
  assert.is(valueOf(readShare('35 %')), 0.35);
  assert.is(valueOf(readShare('0.35')), 0.35);
  assert.match(wrongOf(readShare('101 %')), 'between 0 and 1');
  assert.match(wrongOf(readShare('-0.1')), 'between 0 and 1');
});

test('a wrong unit names the unit that belongs there and what was found', () => {
  assert.match(wrongOf(readDuration('16 MB')), /expected a duration such as `20 ms`.*which is a size/);
  assert.match(wrongOf(readDuration('20')), 'a number without a unit');
  assert.match(wrongOf(readSize('20 ms')), /expected a size such as `16 MB`.*which is a duration/);
  assert.match(wrongOf(readRate('35 %')), /expected a rate such as `12\/min`.*which is a share/);
  assert.match(wrongOf(readShare('2/s')), /expected a share such as `35 %`.*which is a rate/);
  assert.match(wrongOf(readDuration('5 parsecs')), 'something in `parsecs`');
});

test('negative quantities are refused', () => {
  assert.match(wrongOf(readDuration('-5 ms')), 'negative');
  assert.match(wrongOf(readSize('-4 kB')), 'negative');
  assert.match(wrongOf(readRate('-1/s')), 'negative');
});

test('only plain decimal numbers are numbers', () => {
  assert.is(decimal('12.5'), 12.5);
  for (const text of ['', 'NaN', 'Infinity', '.inf', '0x10', '1e3', '007', '1_000', '12.', '.5', '1,5', ' 1']) {
    assert.is(decimal(text), null, text);
  }
});

test('parseDuration is for the command line', () => {
  assert.is(parseDuration('30s'), 30e9);
  assert.is(parseDuration(' 2 min '), 120e9);
  assert.throws(
    () => parseDuration('30'),
    (error: unknown) => error instanceof UsageError && error.message.includes('expected a duration'),
  );
});

test('formatDuration writes what readDuration reads', () => {
  for (const ns of [0, 1, 999, 1500, 20e6, 120e9, 3600e9]) assert.is(valueOf(readDuration(formatDuration(ns))), ns);
  assert.is(formatDuration(120e9), '120 s');
});

test.run();
