/** Worker thread: replays one cell and hands back its frame map, encoded, or why there is none. */
import { frameMapOf } from '../../../sim/index.ts';
import type { CellInput, FrameMap, FrameSpace, PicturedFailure } from '../../../sim/index.ts';
import { blame, strategiesOf } from '../../plugin/index.ts';
import type { Plugin } from '../../plugin/index.ts';
import { threadMemory } from '../../run/threadMemory.ts';
import { commandLine } from '../commandLine.ts';
import { outcomeOf } from '../outcome.ts';
import { count, counted } from '../units.ts';
import { encodeFrames } from './frameCodec.ts';
import type { EmbeddedFailure, EmbeddedMap, EmbeddedMoment, EmbeddedSpace } from './frameMapData.ts';

/** Moments at equal distances. */
const MOMENTS = 41;
/** Cells of a picture: 64 rows of 128. */
const MOST_CELLS = 8192;
/** Blockers that are kept of one failure. */
const MOST_BLOCKERS = 2000;

export interface MapTask {
  readonly title: string;
  /** As `explain --cell` has it. */
  readonly cell: string;
  readonly input: CellInput;
  readonly plugins: readonly Plugin[];
  readonly requests: readonly { readonly client: string; readonly at: number }[];
  /** What the run has of this cell. */
  readonly attempts: number;
  readonly failures: number;
}

export type MapReply =
  | { readonly ok: true; readonly map: EmbeddedMap }
  | { readonly ok: false; readonly message: string };

/** Errors never cross as exceptions. */
export default function mapInWorker(task: MapTask): MapReply {
  const { input, plugins, requests } = task;
  try {
    const options = { moments: MOMENTS, requests, cells: MOST_CELLS };
    const map = frameMapOf(input, strategiesOf(plugins), options, threadMemory(plugins));
    const { attempts } = map.observations;
    const failures = attempts.filter(({ errno }) => errno !== 0).length;
    if (attempts.length !== task.attempts || failures !== task.failures) {
      const message = `the replay differs from the run: ${failures} of ${attempts.length} requests failed, ${task.failures} of ${task.attempts} in the run`;
      return { ok: false, message };
    }
    return { ok: true, map: embedded(task, map) };
  } catch (thrown) {
    const error = blame(thrown, plugins);
    return { ok: false, message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

function embedded(
  { title, cell, failures: failed }: MapTask,
  { pageblock, spaces, moments, failures }: FrameMap,
): EmbeddedMap {
  const numbers = failures.map(({ number }) => number);
  const before: (Uint8Array | null)[] = spaces.map(() => null);
  return {
    title,
    pageblock,
    spaces: spaces.map(spaceOf),
    moments: moments.map(({ at, pictures, request }): EmbeddedMoment => {
      const cells = pictures.map((picture, i) => {
        const text = encodeFrames(picture.cells, before[i]);
        before[i] = picture.cells;
        return text;
      });
      const failure = request === null ? null : numbers.indexOf(request);
      return { at: at / 1e9, cells, counts: pictures.map(({ counts }) => counts), failure };
    }),
    failures: failures.map((failure) => failureOf(cell, failure)),
    failed,
    explain: explainCommand(cell, ['--worst']),
  };
}

function spaceOf({ area, first, frames, perCell }: FrameSpace): EmbeddedSpace {
  return { title: area === null ? 'all memory' : `CMA area ${area}`, first, frames, perCell };
}

function explainCommand(cell: string, which: readonly string[]): string {
  return commandLine('cma-stress', ['explain', 'RUN', '--cell', cell, ...which]);
}

function failureOf(cell: string, { number, attempt, ranges, blockers }: PicturedFailure): EmbeddedFailure {
  const { client, pages, at, latency, errno } = attempt;
  const causes = new Map<string, number>();
  for (const { cause } of blockers) causes.set(cause, (causes.get(cause) ?? 0) + 1);
  const named = [...causes].map(([cause, times]) => `${cause} ${count(times)}`).join(', ');
  const way = `${counted(blockers.length, 'page')} in the way`;
  const seconds = (at / 1e9).toFixed(3);
  const tried = `${counted(ranges.length, 'range')} tried in its last round`;
  const about = `Request ${number}, by ${client} at ${seconds} s for ${count(pages)} pages, failed with ${outcomeOf(errno)} after ${(latency / 1e9).toFixed(3)} s; ${tried}; ${way}${named === '' ? '' : ` (${named})`}.`;
  return {
    title: `${number}: ${client} at ${seconds} s, ${way}`,
    about,
    explain: explainCommand(cell, ['--attempt', `${number}`]),
    lastRange: ranges.at(-1) ?? null,
    blockers: blockers.slice(0, MOST_BLOCKERS).map(({ pfn, cause, kind }) => [pfn, cause, kind]),
  };
}
