/** Whatever a file or a `--set` holds: a result, or InputError or UsageError, never another exception. */
import fc from 'fast-check';
import { test } from 'uvu';
import { InputError, UsageError } from '../errors.ts';
import { parseYaml } from './parseYaml.ts';
import { loadWorkload } from './resolve.ts';
import { AS_IS, GOOD, loadText } from './testing.ts';

/** Runs an action; the user's errors are fine, any other is the test's failure. */
function survives(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof UsageError)) throw error;
  }
}

/** Snippets that mean something to YAML or to the schema. */
const snippet = fc.constantFrom(
  ...[
    '{',
    '}',
    '[',
    ']',
    ': ',
    '\n',
    '  ',
    '- ',
    '&a ',
    '*a',
    '? ',
    '| ',
    '> ',
    '!!',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '"',
    "'",
    '#',
  ],
  ...[
    'none',
    'null',
    '~',
    '0',
    '-1',
    '1e9',
    'NaN',
    '35 %',
    '5 GB',
    '0 s',
    'true',
    'server',
    'job',
    'groups:',
    'count:',
    '__proto__:',
    'constructor:',
  ],
);

const brokenWorkload = fc
  .array(fc.tuple(fc.nat(GOOD.length), fc.nat(40), fc.oneof(snippet, fc.string({ maxLength: 6 }))), {
    minLength: 1,
    maxLength: 4,
  })
  .map((edits) => edits.reduce((text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut), GOOD));

test('any text is parsed or refused', () => {
  const yamlish = fc
    .array(fc.oneof(snippet, fc.string({ maxLength: 8 })), { maxLength: 60 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.oneof(yamlish, fc.string({ maxLength: 200 }), fc.json()), (text) =>
      survives(() => parseYaml(text, 'any')),
    ),
    { numRuns: 3000 },
  );
});

test('any damage to a workload is survived', () => {
  fc.assert(
    fc.property(brokenWorkload, (text) => survives(() => loadText(text))),
    { numRuns: 800 },
  );
});

test('any bytes are survived', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => survives(() => loadText(bytes))),
    { numRuns: 300 },
  );
});

test('any --set is survived', () => {
  const path = fc
    .array(
      fc.constantFrom(
        'ksm',
        'run',
        'groups',
        'app',
        'count',
        'cma_clients',
        'camera',
        'sizes',
        '[0]',
        'memory',
        'device',
        '__proto__',
        'x',
      ),
      { maxLength: 4 },
    )
    .map((steps) => steps.join('.').replaceAll('.[', '['));
  const value = fc.constantFrom(
    '1',
    '0',
    '-1',
    'none',
    '',
    '5 s',
    '4 MB',
    '1/s',
    '{}',
    'null',
    'fork-free',
    './x.yaml',
    '/',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.tuple(path, value).map((parts) => parts.join('=')),
        fc.string(),
      ),
      (text) => survives(() => loadWorkload('fork-heavy', { ...AS_IS, set: [text] })),
    ),
    { numRuns: 400 },
  );
});

test.run();
