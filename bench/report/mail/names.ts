/** Names that fit into a mail: ASCII and short, with a legend of those that had to be changed into something else. */
import type { CellRecord } from '../../run/cell.ts';
import { cellStore } from '../../run/cellStore.ts';
import type { StoredRun } from '../../run/readRun.ts';
import { ascii } from './ascii.ts';

/** Letters of a strategy (tables break it), a workload, a CMA client. */
const LONGEST = { strategy: 44, workload: 28, client: 16 } as const;

export interface Named {
  /** The run under the new names. */
  readonly run: StoredRun;
  /** `S3: what it is really called`. */
  readonly legend: readonly string[];
}

/** The run with names that fit. */
export function nameForMail(run: StoredRun): Named {
  const { summary, failed, manifest } = run;
  const records = [...run.records];
  const strategies = labels('S', LONGEST.strategy, [
    ...manifest.strategies,
    ...summary.map(({ strategy }) => strategy),
  ]);
  const workloads = labels(
    'W',
    LONGEST.workload,
    manifest.workloads.map(({ name }) => name),
  );
  const clients = labels(
    'C',
    LONGEST.client,
    records.flatMap(({ cma }) => Object.keys(cma.byClient)),
  );
  const place = <One extends { readonly workload: string; readonly strategy: string }>(one: One): One => ({
    ...one,
    workload: workloads.of(one.workload),
    strategy: strategies.of(one.strategy),
  });
  const renamed: StoredRun = {
    ...run,
    ...cellStore([...records.map((record) => clientsOf(place(record), clients.of)), ...failed.map(place)]),
    manifest: {
      ...manifest,
      strategies: manifest.strategies.map(strategies.of),
      workloads: manifest.workloads.map((workload) => ({ ...workload, name: workloads.of(workload.name) })),
    },
    summary: summary.map((entry) => ({ ...place(entry), baseline: strategies.of(entry.baseline) })),
    claims: run.claims.map(place),
    warnings: run.warnings.map((warning) => ({
      ...warning,
      workload: warning.workload === null ? null : workloads.of(warning.workload),
      strategy: warning.strategy === null ? null : strategies.of(warning.strategy),
      message: ascii(warning.message),
    })),
  };
  return { run: renamed, legend: [...strategies.legend, ...workloads.legend, ...clients.legend] };
}

function clientsOf(record: CellRecord, nameOf: (client: string) => string): CellRecord {
  const byClient = Object.entries(record.cma.byClient).map(([client, counts]) => [nameOf(client), counts] as const);
  const cma = { ...record.cma, byClient: Object.fromEntries(byClient) };
  if (record.attemptLog === undefined) return { ...record, cma };
  return { ...record, cma, attemptLog: { ...record.attemptLog, clients: record.attemptLog.clients.map(nameOf) } };
}

interface Labels {
  readonly of: (name: string) => string;
  readonly legend: readonly string[];
}

/** A label for each name; one that is too long, empty, or not the only one of its letters is numbered. */
function labels(letter: string, longest: number, all: readonly string[]): Labels {
  const known = [...new Set(all)];
  const plain = known.map((name) => ascii(name).trim());
  const legend: string[] = [];
  const byName = new Map(
    known.map((name, i): [string, string] => {
      const fits =
        plain[i] !== '' && plain[i].length <= longest && plain.filter((one) => one === plain[i]).length === 1;
      if (fits) return [name, plain[i]];
      const label = `${letter}${i + 1}`;
      legend.push(`${label}: ${plain[i] === '' ? '(no name)' : plain[i]}`);
      return [name, label];
    }),
  );
  return { of: (name) => byName.get(name) ?? ascii(name), legend };
}
