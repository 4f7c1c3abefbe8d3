/** Files that are no workload at all: broken YAML, attacks, wrong encodings. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LIMITS } from './limits.ts';
import { AS_IS, GOOD, loadText, problemsOf, unmark } from './testing.ts';
import { loadWorkload } from './resolve.ts';

/** The marked text is refused at the mark, with one problem that says `message`. */
function refused(marked: string, message: RegExp | string): void {
  const { text, line, column } = unmark(marked);
  const problems = problemsOf(() => loadText(text));
  const [problem] = problems;
  assert.ok(problem, 'not refused');
  assert.is(`${problem.line}:${problem.column}`, `${line}:${column}`, problem.message);
  assert.match(problem.message, message);
}

test('the workload the others are made from is right', () => {
  assert.equal(
    problemsOf(() => loadText(GOOD)),
    [],
  );
});

test('JSON is read as well', () => {
  const json = '{ "about": "A test.", "device": "zx1800-512", "duration": "30 s", "ksm": { "pages_to_scan": 200 } }';
  const { description } = loadText(json);
  assert.is(description.durationNs, 30e9);
  assert.is(description.ksm.pages_to_scan, 200);
});

test('a tab as indentation', () => refused(GOOD.replace('  server:', '▸\tserver:'), 'tab'));

test('a key given twice', () =>
  refused(GOOD.replace('population: own', '▸device: zx1800-512'), 'key `device` is given twice'));

test('a second document', () => refused(`${GOOD}▸---\nabout: another\n`, 'a second document begins here'));

test('an unclosed bracket', () => refused('about: [a, b\n▸', 'not valid YAML'));

test('tags', () => {
  refused(GOOD.replace('count: 2', 'count: ▸!!int 2'), 'tags');
  refused(GOOD.replace('about: A test.', 'about: ▸!js/function "process.exit()"'), 'tags');
});

test('an unknown anchor', () => refused(GOOD.replace('count: 2', 'count: ▸*many'), 'unknown anchor `&many`'));

test('exploding anchors', () => {
  let text = 'about: &a0 [x, x, x, x, x, x, x, x, x]\n';
  for (let level = 1; level <= 9; level++) {
    text += `k${level}: &a${level} [${Array<string>(9)
      .fill(`*a${level - 1}`)
      .join(', ')}]\n`;
  }
  const started = process.hrtime.bigint();
  assert.match(problemsOf(() => loadText(text))[0].message, 'more than 200 aliases');
  assert.ok(process.hrtime.bigint() - started < 2_000_000_000n);
});

test('an alias inside its own anchor', () => {
  assert.match(problemsOf(() => loadText('about: &a [*a]\n'))[0].message, 'nested deeper');
});

test('deep nesting', () => {
  assert.match(
    problemsOf(() => loadText('a: ' + '['.repeat(30) + ']'.repeat(30)))[0].message,
    'nested deeper than 16 levels',
  );
  for (const part of ['[', '{', '{ a: ', '- ', '? ']) {
    assert.match(problemsOf(() => loadText(part.repeat(200_000)))[0].message, 'nested deeper than 16 levels', part);
  }
});

test('many values', () => {
  const text = `about: [${'x,'.repeat(LIMITS.nodes)}]\n`;
  assert.match(problemsOf(() => loadText(text))[0].message, `more than ${LIMITS.nodes} values`);
  const more = `about: [${'x,'.repeat(LIMITS.tokens / 2)}]\n`;
  assert.match(problemsOf(() => loadText(more))[0].message, `more than ${LIMITS.tokens} YAML tokens`);
});

test('many keys are read in little time', () => {
  let text = '';
  for (let key = 0; key < 100_000; key++) text += `k${key}: 1\n`;
  const before = process.cpuUsage();
  assert.ok(problemsOf(() => loadText(text)).length > 0);
  // Of the processor, µs: whatever else the machine does.
  assert.ok(process.cpuUsage(before).user < 10_000_000);
});

test('a file that is too long', () => {
  const [problem] = problemsOf(() => loadText('#'.repeat(LIMITS.fileBytes + 1)));
  assert.match(problem.message, `at most ${LIMITS.fileBytes}`);
  assert.is(problem.line, null);
});

test('bytes that are not UTF-8', () => {
  const bytes = Buffer.concat([Buffer.from('about: grün\n  '), Buffer.from([0xc3, 0x28]), Buffer.from('\n')]);
  const [problem] = problemsOf(() => loadText(bytes));
  assert.is(`${problem.line}:${problem.column}`, '2:3');
  assert.match(problem.message, 'not UTF-8');
});

test('a file that ends inside a letter', () => {
  const bytes = Buffer.concat([Buffer.from(GOOD), Buffer.from([0x23, 0xef, 0xbf])]);
  assert.match(problemsOf(() => loadText(bytes))[0].message, 'not UTF-8');
});

test('a byte order mark', () => {
  const [problem] = problemsOf(() => loadText(`\ufeff${GOOD}`));
  assert.is(`${problem.line}:${problem.column}`, '1:1');
  assert.match(problem.message, 'byte order mark');
});

test('an empty file, a list, a bare word', () => {
  assert.match(problemsOf(() => loadText(''))[0].message, 'expected a map of device');
  assert.match(problemsOf(() => loadText('- a\n'))[0].message, 'found a list');
  assert.match(problemsOf(() => loadText('hello\n'))[0].message, 'found `hello`');
});

test('a file that is not there, a folder', () => {
  const [missing] = problemsOf(() => loadWorkload('./no-such-file.yaml', AS_IS));
  assert.match(missing.message, 'there is no such file');
  assert.is(missing.file, './no-such-file.yaml');
  assert.match(problemsOf(() => loadWorkload('/', AS_IS))[0].message, 'not a regular file');
});

test('control characters of a file never reach a message', () => {
  const [problem] = problemsOf(() => loadText(`${GOOD}"\\e[31mred": 1\n`));
  assert.match(problem.message, 'unknown key');
  assert.not.match(`${problem.message}${problem.path}`, '\u001b');
});

test.run();
