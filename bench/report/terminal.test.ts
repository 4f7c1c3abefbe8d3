/** What an output can show, tables and line breaks, and numbers with their units. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { table, wrap } from './table.ts';
import { PLAIN, terminalOf } from './terminal.ts';
import { bytes, digits3, duration, percent, time } from './units.ts';

function stream(columns: number, isTTY = true): NodeJS.WriteStream {
  return { columns, isTTY } as unknown as NodeJS.WriteStream;
}

test('width is that of the terminal, within 80 and 120', () => {
  assert.equal(
    [0, 40, 93, 400].map((columns) => terminalOf(stream(columns), {}).width),
    [80, 80, 93, 120],
  );
});

test('colour on a terminal only, and not with NO_COLOR', () => {
  assert.is.not(terminalOf(stream(80), {}).paint.red('x'), 'x');
  for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) assert.is(terminalOf(stream(80), env).paint.red('x'), 'x');
  assert.is.not(terminalOf(stream(80), { NO_COLOR: '' }).paint.red('x'), 'x');
  assert.is(terminalOf(stream(80, false), {}), PLAIN);
});

test('ASCII unless the locale is UTF-8', () => {
  assert.not(terminalOf(stream(80), { LANG: 'C' }).unicode);
  assert.ok(terminalOf(stream(80), { LANG: 'en_GB.UTF-8' }).unicode);
});

test('table: aligned, without trailing blanks', () => {
  const columns = [
    { title: 'name', align: 'left' as const },
    { title: 'n', align: 'right' as const },
  ];
  assert.equal(
    table(PLAIN, columns, [
      ['a', '1'],
      ['long name', '1000'],
    ]),
    ['name          n', '---------------', 'a             1', 'long name  1000'],
  );
});

test('wrap keeps the indentation and never loses a word', () => {
  assert.equal(wrap('  one two three', 9, '    '), ['  one two', '    three']);
  assert.equal(wrap('unbreakable-and-long x', 5), ['unbreakable-and-long', 'x']);
  assert.equal(wrap('', 5), ['']);
});

test('numbers', () => {
  assert.equal([0, 0.0123, 0.5, 1.234, 9.999, 12.34, 99.96, 1234.5, -0.2].map(digits3), [
    '0',
    '0.012',
    '0.5',
    '1.23',
    '10.0',
    '12.3',
    '100',
    '1235',
    '-0.2',
  ]);
  assert.equal([0, 1, 0.123, 0.0004, 0.9999].map(percent), ['0', '100', '12.3', '0.04', '100.0']);
  assert.equal([0, 0.85, 12.3, 999.4, 999.9, 61_000].map(time), [
    '0',
    '850 us',
    '12.3 ms',
    '999 ms',
    '1.00 s',
    '61.0 s',
  ]);
  assert.equal([0, 1023, 1024, 5 * 1024 ** 2].map(bytes), ['0 B', '1023 B', '1.00 kB', '5.00 MB']);
  assert.equal([0.26, 9.96, 119.4, 200, 7500].map(duration), ['0.3 s', '10 s', '119 s', '3 min 20 s', '2 h 5 min']);
});

test.run();
