/**
 * Latencies of requests by CMA client and seed: exact where the cells kept them one by one, else from the histograms.
 */
import { attemptsOf } from '../../run/attemptLog.ts';
import type { CellRecord } from '../../run/cell.ts';

/** A value in ms and how often it was seen. */
export interface Seen {
  readonly value: number;
  readonly count: number;
}

/** Of one operation under one strategy: what was seen in each seed. */
export type Samples = readonly (readonly Seen[])[];

export interface Latencies {
  /** Whether they are exact; else at most 0.1 % below what was measured, and not by client. */
  readonly exact: boolean;
  readonly operations: readonly string[];
  of(cells: readonly CellRecord[], operation: string): Samples;
}

/** The operation of all clients together. */
export const ALL = 'all';

/** Latencies of the requests of a workload; `records` are its cells under every strategy. */
export function latenciesOf(records: readonly CellRecord[]): Latencies {
  const exact = records.every(({ attemptLog }) => attemptLog !== undefined && attemptLog.left === 0);
  if (!exact) return { exact, operations: [ALL], of: (cells) => cells.map(fromHistogram) };
  const clients = clientsOf(records);
  return {
    exact,
    operations: clients,
    of: (cells, operation) => cells.map((cell) => fromLog(cell, operation)),
  };
}

/** CMA clients of these cells, sorted. */
export function clientsOf(records: readonly CellRecord[]): string[] {
  return [...new Set(records.flatMap(({ cma }) => Object.keys(cma.byClient)))].sort();
}

function fromLog({ attemptLog }: CellRecord, client: string): Seen[] {
  return attemptsOf(attemptLog).flatMap((attempt) =>
    client === ALL || attempt.client === client ? [{ value: attempt.latency / 1e6, count: 1 }] : [],
  );
}

function fromHistogram({ histograms }: CellRecord): Seen[] {
  return histograms.latencyNs.map(([ns, count]) => ({ value: ns / 1e6, count }));
}
