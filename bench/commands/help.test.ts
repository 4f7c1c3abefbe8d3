/**
 * Help of every command: it has what it should have, fits a terminal, and its examples are command lines that would
 * run.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT } from '../errors.ts';
import { WIDEST, helpOf } from '../cli/help.ts';
import { wholeProgram } from '../cli/program.ts';
import { splitLine } from '../completion/shellWords.ts';
import { packageRoot } from '../plan/packageRoot.ts';
import { describe, flat } from './describe.ts';

const program = await wholeProgram();
const commands = flat(describe(program)).slice(1);

/** Of a tree of its own: what is parsed stays in it. */
async function commandOf(words: readonly string[]): Promise<Command> {
  return words.reduce(
    (above, word) => above.commands.find((command) => command.name() === word)!,
    await wholeProgram(),
  );
}

test('every command has exit codes of the table, an example of its own, and a page that exists', () => {
  const codes: readonly string[] = Object.values(EXIT).map(String);
  for (const { name, help } of commands) {
    assert.ok(help, `${name} has no help parts: addHelp`);
    const exits = Object.keys(help.exits);
    assert.ok(exits.includes('0') && exits.includes('2'), `${name}: ${exits.join(', ')}`);
    for (const exit of exits) assert.ok(codes.includes(exit), `${name}: exit code ${exit}`);
    assert.ok(
      help.examples.some(({ command }) => command.includes(name)),
      `${name}: no example of it`,
    );
    if (help.page !== undefined) assert.ok(existsSync(join(packageRoot(), 'docs', help.page)), help.page);
  }
});

test('a default ends the description, so that it is found', () => {
  for (const { name, options, arguments: given } of commands)
    for (const one of [...options, ...given]) assert.not.match(one.about, '(default', `${name}: ${one.about}`);
});

for (const { name, words } of flat(describe(program)))
  test(`${name} --help is no wider than ${WIDEST} columns`, async () => {
    const command = await commandOf(words);
    let text = '';
    command.configureOutput({ writeOut: (piece) => (text += piece) });
    command.outputHelp();
    assert.match(text, 'Exit codes:');
    assert.match(text, 'Examples:');
    for (const line of text.split('\n')) assert.ok(line.length <= WIDEST, `${line.length} columns: ${line}`);
  });

/** What ends a command in a shell, and what stands behind it. */
const ENDS: readonly string[] = ['|', '&&', '>', '>>', '#'];

/** The words behind each `cma-stress` of a shell's command line. */
function calls(line: string): string[][] {
  const { words } = splitLine(line.replace(/<\((.*)\)$/, '$1'));
  return words.flatMap((word, index) => {
    if (word !== 'cma-stress') return [];
    const rest = words.slice(index + 1);
    const end = rest.findIndex((one) => ENDS.includes(one));
    return [end < 0 ? rest : rest.slice(0, end)];
  });
}

async function check(words: readonly string[]): Promise<void> {
  let command = await commandOf([]);
  let rest = [...words];
  for (;;) {
    const below = command.commands.find((one) => one.name() === rest[0]);
    if (below === undefined) break;
    command = below;
    rest = rest.slice(1);
  }
  const { operands, unknown } = command.parseOptions(rest);
  const line = `cma-stress ${words.join(' ')}`;
  assert.equal(unknown, [], `unknown in: ${line}`);
  const { registeredArguments: known } = command;
  const least = known.filter(({ required }) => required).length;
  const most = known.some(({ variadic }) => variadic) ? Infinity : known.length;
  assert.ok(operands.length >= least || command.opts()['resume'] !== undefined, `too few arguments: ${line}`);
  assert.ok(operands.length <= most, `too many arguments: ${line}`);
  for (const { argChoices, flags, attributeName } of command.options.map((option) => ({
    argChoices: option.argChoices,
    flags: option.flags,
    attributeName: option.attributeName(),
  }))) {
    const value: unknown = command.opts()[attributeName];
    if (argChoices === undefined || typeof value !== 'string') continue;
    for (const one of flags.includes('<list>') ? value.split(',') : [value])
      assert.ok(argChoices.includes(one), `${flags} does not take ${one}: ${line}`);
  }
}

const examples = [program, ...program.commands, ...program.commands.flatMap((one) => [...one.commands])]
  .flatMap((command) => helpOf(command)?.examples ?? [])
  .map(({ command }) => command);

test('each example is a command line that commander takes', async () => {
  const all = examples.flatMap(calls);
  assert.ok(all.length >= 80, `${all.length} calls in examples`);
  for (const words of all) await check(words);
});

test('a wrong example would be found', async () => {
  await check(calls("cma-stress show a --json | jq '.x'")[0]);
  for (const wrong of ['cma-stress show --jsn', 'cma-stress report', 'cma-stress report a --format pdf']) {
    let failed = false;
    try {
      await check(calls(wrong)[0]);
    } catch (thrown) {
      failed = thrown instanceof assert.Assertion || thrown instanceof CommanderError;
    }
    assert.ok(failed, wrong);
  }
});

test.run();
