/** The JSON Schemas: they are fresh, take every file that the tool takes, and refuse what a schema can refuse. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { BAD, GOOD as GOOD_TEST } from '../litmus/badCases.ts';
import { BAD_EVENTS, EVENTS } from '../plan/eventCases.ts';
import { packageRoot } from '../plan/packageRoot.ts';
import { MALFORMED } from '../plan/malformedCases.ts';
import { SCHEMA_KINDS, schemaPath, type SchemaKind } from '../plan/schemaPath.ts';
import { GOOD, type Case } from '../plan/testing.ts';
import { command } from '../testing/command.ts';
import { schemaText } from './schemaFiles.ts';

// Of draft 7, and nothing that it ignores: an unknown keyword is most often a slip.
const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false });
ajv.addKeyword('patternErrorMessage');

const validators = new Map<SchemaKind, ValidateFunction>();
function validatorOf(kind: SchemaKind): ValidateFunction {
  const made = validators.get(kind) ?? ajv.compile(JSON.parse(readFileSync(schemaPath(kind), 'utf8')) as object);
  validators.set(kind, made);
  return made;
}

/** What is wrong with the documents of a text as an editor reads it, null when nothing is. */
function wrong(kind: SchemaKind, text: string): string | null {
  const documents = parseAllDocuments(text);
  if ('empty' in documents) return null;
  const validate = validatorOf(kind);
  for (const document of documents) {
    if (document.errors.length > 0) return document.errors[0].message;
    if (!validate(document.toJS({ maxAliasCount: -1 }))) return ajv.errorsText(validate.errors);
  }
  return null;
}

for (const kind of SCHEMA_KINDS) {
  test(`workloads/schema/${kind}.json is as the declarations are: npm run handbook writes it`, () => {
    assert.is(readFileSync(schemaPath(kind), 'utf8'), schemaText(kind), 'stale: npm run handbook');
  });
}

const FOLDERS: readonly (readonly [SchemaKind, string])[] = [
  ['workload', '.'],
  ['device', 'devices'],
  ['kernel', 'kernels'],
  ['costs', 'costs'],
  ['litmus', 'litmus'],
  ['litmus', 'litmus/explore'],
  ['litmus', 'litmus/conformance'],
];

for (const [kind, folder] of FOLDERS) {
  test(`every file of workloads/${folder} is right by the schema of a ${kind}`, () => {
    const path = join(packageRoot(), 'workloads', folder);
    const files = readdirSync(path).filter((file) => /\.(?:yaml|json)$/.test(file));
    assert.ok(files.length > 0);
    for (const file of files) assert.is(wrong(kind, readFileSync(join(path, file), 'utf8')), null, file);
  });
}

test('what its own tests take is taken: the workload, its events, the litmus test', () => {
  assert.is(wrong('workload', GOOD), null);
  assert.is(wrong('workload', EVENTS), null);
  assert.is(wrong('litmus', GOOD_TEST), null);
});

/** Titles of the cases that the schema takes: what it cannot see, here and in no other case. */
function taken(kind: SchemaKind, texts: readonly (readonly [title: string, text: string])[]): string[] {
  return texts.filter(([, text]) => wrong(kind, text) === null).map(([title]) => title);
}

const workloadsOf = (base: string, cases: readonly Case[]): [string, string][] =>
  cases.map(([title, from, to]) => [title, base.replace(from, to).replace('▸', '')]);

test('a malformed workload is refused, but for the arithmetic of units and for numbers that YAML itself reads', () => {
  assert.equal(taken('workload', workloadsOf(GOOD, MALFORMED)), [
    'half a page',
    'no pages',
    'hex',
    'exponent',
    'duration too long',
    'rate too high',
  ]);
});

test('a malformed event is refused, but for what other entries decide', () => {
  assert.equal(taken('workload', workloadsOf(EVENTS, BAD_EVENTS)), [
    'unknown group',
    'fork of what is exec',
    'exec of what is forked',
    'the name of a group',
    'a name twice',
    'unknown process',
    'ended before',
    'exit before fork',
    'fork from one that is gone',
    'fork from another group',
    'fork from another group by its name',
    'exec from somebody',
    'name of an exit',
    'unknown area',
    'larger than the area',
    'nothing written',
    'the name of a client',
  ]);
});

test('a malformed litmus test is refused, but for what two values decide together', () => {
  assert.equal(
    taken(
      'litmus',
      BAD.map(([title, text]) => [title, text]),
    ),
    ['nothing', 'config', 'same id'],
  );
});

test('what lies over nothing is complete, what lies over a device need not be', () => {
  const workload = (rest: string): string | null => wrong('workload', `about: A test.\ndevice: zx1800-512\n${rest}`);
  assert.is(workload('groups: { app: { count: 3 } }\npins: { transient: none }\n'), null);
  assert.match(String(workload('population: own\ngroups: { app: { count: 3 } }\n')), /required property 'start'/);
  assert.match(String(workload('cma_clients: { camera: { rate: 1/s } }\n')), /required property 'area'/);
  assert.match(String(workload('program: { scen: cost }\nduration: 3 s\n')), /property name must be valid/);
  assert.match(String(wrong('workload', 'about: No device.\n')), /required property 'device'/);
  assert.match(String(wrong('device', 'about: A device.\nduration: 3 s\n')), /must NOT have additional properties/);
  assert.match(String(wrong('kernel', 'about: A kernel.\n')), /required property/);
  assert.match(String(wrong('costs', 'about: Costs.\ncosts: { write: { value: 1 us } }\n')), /required property/);
});

test('list --schema prints the file', async () => {
  const printed = await command(['list', '--schema', 'kernel'], packageRoot());
  assert.is(printed.stdout, readFileSync(schemaPath('kernel'), 'utf8'));
  const refused = await command(['list', '--schema', 'kernel', '--json'], packageRoot());
  assert.is(refused.code, 2);
  assert.match(refused.stderr, '--schema prints one schema and nothing else');
});

test.run();
