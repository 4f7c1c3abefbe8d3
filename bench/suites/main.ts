/** `npm run bench`: measures the simulator itself; `-- --json` prints one document, `-- --iterations N` sets how often. */
import { parseArgs } from 'node:util';
import { EXIT } from '../errors.ts';
import { table, wrap } from '../report/table.ts';
import { terminalOf } from '../report/terminal.ts';
import { bytes, count, digits3 } from '../report/units.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import { explorations } from './explore.ts';
import { describeMachine } from './machine.ts';
import { ksmdVisits, twoWorkers, wholeCells } from './suites.ts';

interface Options {
  readonly json: boolean;
  readonly iterations: number;
}

function readOptions(): Options | null {
  try {
    const { values } = parseArgs({
      options: { json: { type: 'boolean', default: false }, iterations: { type: 'string', default: '5' } },
    });
    const iterations = Number(values.iterations);
    if (!Number.isInteger(iterations) || iterations < 1 || iterations > 1000) {
      throw new Error(`--iterations expects a whole number from 1 to 1000, not '${values.iterations}'`);
    }
    return { json: values.json, iterations };
  } catch (thrown) {
    process.stderr.write(`error: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    return null;
  }
}

async function runSuites(iterations: number) {
  const say = (text: string): boolean => process.stderr.write(`measuring ${text}\n`);
  say('whole cells');
  const whole = await wholeCells(iterations);
  say('ksmd visits');
  const visits = await ksmdVisits(iterations);
  say('explorations');
  const explored = await explorations(Math.min(3, iterations));
  say('worker threads');
  const workers = await twoWorkers(Math.min(3, iterations));
  return {
    schema: 'cma-stress/bench/1',
    tool: TOOL_VERSION,
    model: MODEL_HASH,
    machine: describeMachine(),
    suites: [whole.suite, visits.suite, explored.suite, workers.suite],
    ratios: { visitsJsOverC: null, twoWorkersOverOne: workers.twoWorkersOverOne },
    ksmdVisitsPerSecond: visits.visitsPerSecond,
    exploredStatesPerSecond: explored.statesPerSecond,
    bytesOfMillionStates: explored.bytesOfMillionStates,
    deviceSecondsPerWallSecond: whole.deviceSecondsPerWallSecond,
    notes: ['visitsJsOverC is null: there is no C yardstick of the same loop to compare with.'],
  };
}

function text(document: Awaited<ReturnType<typeof runSuites>>): string {
  const terminal = terminalOf(process.stdout);
  const { cpu, processors, system, node } = document.machine;
  const lines = [...wrap(`${cpu}, ${processors} processors, ${system}, Node ${node}`, terminal.width)];
  for (const suite of document.suites) {
    const rows = suite.timings.map((timing) => [
      timing.name,
      digits3(timing.p50Ms),
      digits3(timing.minMs),
      digits3(timing.rmePercent),
      String(timing.samples),
    ]);
    const right = (title: string) => ({ title, align: 'right' as const });
    const columns = [
      { title: suite.name, align: 'left' as const },
      right('p50 ms'),
      right('min ms'),
      right('+- %'),
      right('calls'),
    ];
    lines.push('', ...wrap(`${terminal.paint.bold(suite.name)}: ${suite.about}`, terminal.width, '  '));
    lines.push(...table(terminal, columns, rows));
  }
  const speeds = Object.entries(document.deviceSecondsPerWallSecond).map(([name, speed]) => `${name} ${count(speed)}`);
  lines.push('', ...wrap(`simulated seconds per wall second: ${speeds.join(', ')}`, terminal.width, '  '));
  lines.push(`ksmd visits per wall second: ${count(document.ksmdVisitsPerSecond)}`);
  lines.push(
    `explored states per wall second: ${count(document.exploredStatesPerSecond)}; a million states take ${bytes(document.bytesOfMillionStates)}`,
  );
  lines.push(`two workers over one: ${digits3(document.ratios.twoWorkersOverOne)}`, ...document.notes);
  return `${lines.join('\n')}\n`;
}

const options = readOptions();
if (options === null) process.exitCode = EXIT.badInput;
else {
  const document = await runSuites(options.iterations);
  process.stdout.write(options.json ? `${JSON.stringify(document)}\n` : text(document));
}
