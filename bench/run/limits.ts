/**
 * What one cell may use: heap, wall time, simulated time. A limit ends a cell that would never end by itself, or that
 * would take the machine down with it; it changes no result and is no part of a cell's identity. And how many threads
 * may run cells, which changes none either.
 */
import { UsageError } from '../errors.ts';
import { LIMITS } from '../plan/limits.ts';
import type { Cell } from '../plan/types.ts';
import { PAGE_BYTES, SIZE_EXPECTED, formatDuration, parseDuration, parseMinutes, readSize } from '../plan/units.ts';

/** What one cell may use before it is ended and counts as failed. */
export interface CellLimits {
  /** Of the JavaScript heap of the cell's thread, and as much again of buffers outside of it. */
  readonly heapBytes: number;
  readonly wallSeconds: number;
  /** Warm-up and measured time; boot and settling take none. */
  readonly simulatedNs: number;
}

export const DEFAULT_LIMITS: CellLimits = {
  /**
   * Cells of the workloads that come with the tool have 60 MB of heap and 80 MB of buffers at most: over ten times
   * that.
   */
  heapBytes: 1024 ** 3,
  /** Those cells take 0.7 to 2 s; a machine under load and a workload of some hours still fit. */
  wallSeconds: 600,
  /** The longest that a workload file may ask for: warm-up and measured time of a day each. */
  simulatedNs: 2 * LIMITS.durationNs,
};

/** More worker threads than this nobody has processors for. */
export const MOST_THREADS = 256;
/** Below this Node's own modules and those of the model may not fit, and no cell would ever begin. */
const LEAST_HEAP = 64 * 1024 ** 2;
/** More than any machine that runs this has. */
const MOST_HEAP = 1024 ** 4;
/** A thread needs a part of a second to start. */
const LEAST_WALL_NS = 1e9;
/** The longest timer of Node is 2^31 ms. */
const MOST_WALL_NS = 24 * 24 * 3600e9;

/** A cell was ended because it used more than it may. */
export class LimitError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LimitError';
  }
}

/** Options of the command line: text, or absent. */
export interface LimitOptions {
  readonly cellHeap?: string;
  readonly cellTime?: string;
  readonly cellSimulated?: string;
}

/** Names of the options, for commands that tell them from those that decide results. */
export const LIMIT_OPTIONS = ['cellHeap', 'cellTime', 'cellSimulated'] as const satisfies (keyof LimitOptions)[];

/** Throws UsageError. */
export function parseLimits({ cellHeap, cellTime, cellSimulated }: LimitOptions): CellLimits {
  return {
    heapBytes: cellHeap === undefined ? DEFAULT_LIMITS.heapBytes : heapOf(cellHeap),
    wallSeconds: cellTime === undefined ? DEFAULT_LIMITS.wallSeconds : wallOf(cellTime),
    simulatedNs: cellSimulated === undefined ? DEFAULT_LIMITS.simulatedNs : simulatedOf(cellSimulated),
  };
}

function heapOf(text: string): number {
  const reading = readSize(text.trim());
  const bytes = 'wrong' in reading ? NaN : reading.value * PAGE_BYTES;
  if (!(bytes >= LEAST_HEAP && bytes <= MOST_HEAP)) {
    const range = `from ${sizeText(LEAST_HEAP)} to ${sizeText(MOST_HEAP)}`;
    throw new UsageError(`--cell-heap expects ${SIZE_EXPECTED}, ${range}, not '${text}'`, 'write for example 1GB');
  }
  return bytes;
}

function wallOf(text: string): number {
  const ns = parseMinutes(text);
  if (ns < LEAST_WALL_NS || ns > MOST_WALL_NS)
    throw new UsageError(`--cell-time expects ${timeText(LEAST_WALL_NS)} to ${timeText(MOST_WALL_NS)}, not '${text}'`);
  return ns / 1e9;
}

function simulatedOf(text: string): number {
  const ns = parseDuration(text);
  if (ns === 0) throw new UsageError('--cell-simulated expects more than no time at all');
  return ns;
}

/** The error of a cell that used more heap than its thread has. */
export function heapError({ heapBytes }: CellLimits, cell: Pick<Cell, 'plugins'>): LimitError {
  return exceeded(`used more than ${sizeText(heapBytes)} of heap`, '--cell-heap', cell);
}

/** That of one whose buffers outside the heap did. */
export function bufferError({ heapBytes }: CellLimits, cell: Pick<Cell, 'plugins'>): LimitError {
  return exceeded(`used more than ${sizeText(heapBytes)} of buffers outside the heap`, '--cell-heap', cell);
}

export function wallError({ wallSeconds }: CellLimits, cell: Pick<Cell, 'plugins'>): LimitError {
  return exceeded(`took longer than ${timeText(wallSeconds * 1e9)}`, '--cell-time', cell);
}

export function simulatedError({ simulatedNs }: CellLimits, cell: Pick<Cell, 'plugins'>): LimitError {
  return exceeded(`simulated more than ${timeText(simulatedNs)}`, '--cell-simulated', cell);
}

function exceeded(what: string, option: string, { plugins = [] }: Pick<Cell, 'plugins'>): LimitError {
  const names = plugins.map(({ name }) => name).join(', ');
  const suspect = plugins.length === 0 ? '' : `; plug-in ${names} may be the cause: run it without`;
  return new LimitError(`${what}; ${option} allows more${suspect}`);
}

/** `10 min`, `48 h`, `90 s`: the largest unit in which it is a whole number. */
function timeText(ns: number): string {
  if (ns % 3600e9 === 0) return `${ns / 3600e9} h`;
  return ns % 60e9 === 0 ? `${ns / 60e9} min` : formatDuration(ns);
}

function sizeText(bytes: number): string {
  const gigabytes = bytes / 1024 ** 3;
  return Number.isInteger(gigabytes) ? `${gigabytes} GB` : `${bytes / 1024 ** 2} MB`;
}
