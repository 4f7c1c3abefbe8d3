/**
 * `npm run test:faults`: injects each fault of docs/reliability.md some times and counts cells that were lost or
 * doubled.
 *
 * `-- --times N` how often each, `-- --only NAME,NAME` some of them (the page is left alone), `-- --list` their names.
 */
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { wholeNumber } from '../cli/options.ts';
import { EXIT, InputError, UsageError } from '../errors.ts';
import { suggestion } from '../plan/suggest.ts';
import { reasonOf } from '../queue/protocol.ts';
import { checkDocs, rewriteDocs } from '../report/generatedPart.ts';
import { duration } from '../report/units.ts';
import { MODEL_HASH, TOOL_VERSION } from '../run/tool.ts';
import { scratchDirectory } from '../testing/command.ts';
import { whyNoRedis } from '../testing/redis.ts';
import { ALL_FAULTS } from './faults.ts';
import type { Fault } from './fault.ts';
import { injectAll } from './inject.ts';
import { loadText, loadTrouble, measureLoad } from './load.ts';
import { faultTable, isClean, tallyRow, type Tally } from './page.ts';
import { Site } from './site.ts';
import { measureThroughput, throughputNote, throughputTable } from './throughput.ts';
import { say } from '../cli/stderr.ts';

interface Options {
  readonly times: number;
  readonly faults: readonly Fault[];
  /** What is measured beside them. */
  readonly measures: readonly Measure[];
  /** Everything is done: the page is written. */
  readonly isWhole: boolean;
}

const MEASURES = ['load', 'throughput'] as const;
type Measure = (typeof MEASURES)[number];

/** Cells of a sweep that is no longer small, and still runs in a minute. */
const LOAD_CELLS = 20_000;

const PAGE = fileURLToPath(new URL('../../../docs/reliability.md', import.meta.url));
/** The comments of the page name it. */
const COMMAND = 'test:faults';

/** null when there is nothing more to do. Throws UsageError. */
function readOptions(): Options | null {
  const { values } = parsed();
  if (values.list) {
    for (const { name, done } of ALL_FAULTS) process.stdout.write(`${name.padEnd(20)} ${done}\n`);
    for (const name of MEASURES) process.stdout.write(`${name}\n`);
    return null;
  }
  const times = wholeNumber('--times', values.times, 1, 1000);
  if (values.only === undefined) return { times, faults: ALL_FAULTS, measures: MEASURES, isWhole: true };
  const names = values.only.split(',');
  const known: readonly string[] = [...ALL_FAULTS.map(({ name }) => name), ...MEASURES];
  for (const name of names)
    if (!known.includes(name)) throw new UsageError(`no fault '${name}'${suggestion(name, known)}; --list prints them`);
  return {
    times,
    faults: ALL_FAULTS.filter(({ name }) => names.includes(name)),
    measures: MEASURES.filter((name) => names.includes(name)),
    isWhole: false,
  };
}

/** Throws UsageError. */
function parsed() {
  try {
    return parseArgs({
      options: {
        times: { type: 'string', default: '5' },
        only: { type: 'string' },
        list: { type: 'boolean', default: false },
      },
    });
  } catch (thrown) {
    throw new UsageError(reasonOf(thrown));
  }
}

class Interrupted extends Error {
  constructor() {
    super('interrupted: nothing was written');
  }
}

async function injected({ times, faults }: Options, site: Site, signal: AbortSignal): Promise<Tally[]> {
  const tallies: Tally[] = [];
  for (const fault of faults) {
    const start = performance.now();
    const tally = await injectAll(fault, site, { times, say, signal });
    if (signal.aborted) throw new Interrupted();
    tallies.push(tally);
    const [, injections, lost, doubled, equal, outcome] = tallyRow(tally);
    const took = duration((performance.now() - start) / 1e3);
    say(`${fault.name}: ${injections} times, ${lost} lost, ${doubled} doubled, equal: ${equal} (${took}); ${outcome}`);
  }
  return tallies;
}

/** The generated part of the page, and whether nothing was lost, doubled, changed or too large. */
async function everything(
  options: Options,
  site: Site,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly isClean: boolean }> {
  const tallies = await injected(options, site, signal);
  const parts = tallies.length === 0 ? [] : [faultTable(tallies)];
  let isGood = tallies.every(isClean);
  if (options.measures.includes('load')) {
    const load = await measureLoad(site, LOAD_CELLS);
    const trouble = loadTrouble(load);
    if (trouble !== null) say(`load: ${trouble}`);
    isGood &&= trouble === null;
    parts.push(loadText(load));
  }
  if (options.measures.includes('throughput'))
    parts.push(throughputTable(await measureThroughput(site)), throughputNote());
  return { text: parts.join('\n\n'), isClean: isGood };
}

async function main(): Promise<number> {
  const options = readOptions();
  if (options === null) return EXIT.done;
  if (options.isWhole) checkDocs(PAGE, COMMAND);
  const missing = whyNoRedis();
  if (missing !== null) throw new UsageError(`the faults of the queue need a Redis server: ${missing}`);
  const scratch = scratchDirectory();
  const site = new Site(scratch.path);
  const interrupt = new AbortController();
  // What is being injected fails without its processes, and clears up behind it. A second one ends at once.
  const stop = (): void => {
    interrupt.abort();
    void site.endProcesses();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const { text, isClean: isGood } = await everything(options, site, interrupt.signal);
    process.stdout.write(`${text}\n`);
    if (options.isWhole) rewriteDocs(PAGE, COMMAND, `${written(options)}\n\n${text}`);
    return isGood ? EXIT.done : EXIT.checkFailed;
  } finally {
    await site.end();
    scratch.remove();
  }
}

function written({ times }: Options): string {
  return `Written by \`npm run test:faults -- --times ${times}\`, version ${TOOL_VERSION}, model ${MODEL_HASH}.`;
}

function codeOf(thrown: unknown): number {
  if (thrown instanceof Interrupted) return EXIT.interrupted;
  return thrown instanceof UsageError || thrown instanceof InputError ? EXIT.badInput : EXIT.checkFailed;
}

try {
  process.exitCode = await main();
} catch (thrown) {
  say(`error: ${reasonOf(thrown)}`);
  process.exitCode = codeOf(thrown);
}
