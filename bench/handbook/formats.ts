/**
 * Files of a run's directory and documents of commands, with the name and version of each format: tables of results.md.
 */
import { markdownTable } from '../report/markdownTable.ts';
import { TABLES_SCHEMA } from '../report/tables/table.ts';
import { REPORT_FILE, RUN_FOLDER_SCHEMA } from '../run/folder.ts';

/** One file of the directory of a run: its name, the format that fixes what is in it, and what it is. */
export const RUN_FILES: readonly (readonly [name: string, format: string, about: string])[] = [
  ['run.json', RUN_FOLDER_SCHEMA, '[the plan](#runjson), and the digest once the run is complete'],
  ['cells.ndjson', RUN_FOLDER_SCHEMA, '[a line a cell](#cellsndjson): all results'],
  ['timings.ndjson', RUN_FOLDER_SCHEMA, 'wall seconds of each cell; no part of the results'],
  ['summary.txt', '', 'the summary that was printed, for people'],
  [REPORT_FILE, '', '[the run as a page](report-html.md), for people; not with `--no-report`'],
  ['errors.txt', '', 'stacks of cells that failed, for people; only where one did'],
  ['queue.json', 'cma-stress/queue/1', 'the key of the run in Redis; only with `--engine bullmq`'],
  ['lock', '', 'who works on the directory; only while somebody does'],
];

/** Every format with a version: what it is, and the page that describes it. */
export const FORMATS: readonly (readonly [schema: string, about: string, page: string])[] = [
  [RUN_FOLDER_SCHEMA, 'the directory of a run, `run.json`', 'results.md'],
  ['cma-stress/run-folder/1', 'the same of version 0.1; it is read', 'results.md'],
  ['cma-stress/run/1', '`run --json`, `show --json`', 'results.md'],
  ['cma-stress/run-progress/1', '`show --json` of a run that is not complete', 'show.md'],
  [TABLES_SCHEMA, 'tables: CSV, JSON and Parquet of `report`', 'tables.md'],
  ['cma-stress/list/1', '`list --json`', 'results.md'],
  ['cma-stress/compare/1', '`compare --json`', 'compare.md'],
  ['cma-stress/explain/1', '`explain --json`', 'explain.md'],
  ['cma-stress/trace/1', 'metadata of a trace, `trace`', 'trace.md'],
  ['cma-stress/tune/1', '`tune --json`', 'tune.md'],
  ['cma-stress/tune-folder/1', '`search.json` of its directory', 'tune.md'],
  ['cma-stress/size/1', '`size --json`', 'size.md'],
  ['cma-stress/size-folder/1', '`search.json` of its directory', 'size.md'],
  ['cma-stress/query/1', '`query --json`', 'query.md'],
  ['cma-stress/import/1', '`import --json`', 'import.md'],
  ['cma-stress/litmus/1', '`litmus --json`', 'litmus.md'],
  ['cma-stress/explore/1', '`litmus explore --json`', 'litmus.md'],
  ['cma-stress/validate/1', '`validate --json`', 'validate.md'],
  ['cma-stress/self-check/1', '`self-check --json`', '../how-to/self-check.md'],
  ['cma-stress/status/1', '`status --json`', 'status.md'],
  ['cma-stress/queue/1', '`queue.json` of a run on a queue', 'results.md'],
  ['cma-stress/queue-plan/1', 'what workers are sent through Redis', 'worker.md'],
  ['cma-stress/bench/1', '`npm run bench -- --json`', 'bench.md'],
  ['cma-stress/bench-compare/1', 'two of them compared', 'bench.md'],
  ['cma-stress/bench-suites/1', 'the list of its suites', 'bench.md'],
];

export function runFilesPart(): string {
  const rows = RUN_FILES.map(([name, format, about]) => [`\`${name}\``, format === '' ? '' : `\`${format}\``, about]);
  return markdownTable(['file', 'format', 'what it is'], [], rows);
}

export function formatsPart(): string {
  const rows = FORMATS.map(([schema, about, page]) => {
    const name = page.slice(page.lastIndexOf('/') + 1);
    return [`\`${schema}\``, about, page === 'results.md' ? 'here' : `[${name}](${page})`];
  });
  return markdownTable(['format', 'what has it', 'described in'], [], rows);
}
