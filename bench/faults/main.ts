/**
 * `npm run test:faults`: injects each fault of docs/reliability.md some times and counts cells that were lost or doubled.
 *
 * `-- --times N` how often each, `-- --only NAME,NAME` some of them (the page is left alone), `-- --list` their names.
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { EXIT, UsageError } from '../errors.ts';
import { duration } from '../report/units.ts';
import { scratchDirectory } from '../testing/command.ts';
import { ALL_FAULTS } from './faults.ts';
import type { Fault } from './fault.ts';
import { injectAll } from './inject.ts';
import { faultTable, isClean, tallyRow, type Tally } from './page.ts';
import { Site } from './site.ts';

interface Options {
  readonly times: number;
  readonly faults: readonly Fault[];
}

/** Throws UsageError. */
function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      times: { type: 'string', default: '5' },
      only: { type: 'string' },
      list: { type: 'boolean', default: false },
    },
  });
  if (values.list) {
    for (const { name, done } of ALL_FAULTS) process.stdout.write(`${name.padEnd(20)} ${done}\n`);
    return null;
  }
  const times = Number(values.times);
  if (!Number.isInteger(times) || times < 1 || times > 1000)
    throw new UsageError(`--times expects a whole number from 1 to 1000, not '${values.times}'`);
  if (values.only === undefined) return { times, faults: ALL_FAULTS };
  const faults = values.only.split(',').map((wanted) => {
    const fault = ALL_FAULTS.find(({ name }) => name === wanted);
    if (fault === undefined) throw new UsageError(`no fault '${wanted}'; --list prints their names`);
    return fault;
  });
  return { times, faults };
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);

async function injected({ times, faults }: Options, site: Site): Promise<Tally[]> {
  const tallies: Tally[] = [];
  for (const fault of faults) {
    const start = performance.now();
    const tally = await injectAll(fault, site, times, say);
    tallies.push(tally);
    const [, count, lost, doubled, equal, outcome] = tallyRow(tally);
    const took = duration((performance.now() - start) / 1e3);
    say(`${fault.name}: ${count} times, ${lost} lost, ${doubled} doubled, equal: ${equal} (${took}); ${outcome}`);
  }
  return tallies;
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) return EXIT.done;
  const scratch = scratchDirectory();
  const site = new Site(scratch.path);
  try {
    const tallies = await injected(options, site);
    process.stdout.write(`${faultTable(tallies)}\n`);
    return tallies.every(isClean) ? EXIT.done : EXIT.checkFailed;
  } finally {
    await site.end();
    scratch.remove();
  }
}

try {
  process.exitCode = await main();
} catch (thrown) {
  say(`error: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  process.exitCode = thrown instanceof UsageError ? EXIT.badInput : EXIT.checkFailed;
}
