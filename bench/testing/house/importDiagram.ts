/**
 * The rooms of sim/ and bench/ as a diagram in Mermaid, which forges draw: who imports whom, as it stands in the
 * sources.
 */
import type { Import } from './imports.ts';

/** Whose comments mark the diagram in docs/architecture.md. */
export const DIAGRAM_COMMAND = 'architecture';
export const DIAGRAM_PAGE = 'docs/architecture.md';

/** What is no part of the map: tests and what only they use. */
const TESTS = /\.test\.ts$|(^|\/)(testing|[a-z]+Cases)(\/|\.ts$)/;
/** Files beside the rooms that put the kernel together; index.ts stands alone, all others are the device. */
const KERNEL_FILES = ['deviceMemory', 'kernel', 'kernelMemory', 'scheduledKernel'];
const KERNEL_ROOMS = ['sim/cma', 'sim/ksm', 'sim/memory', 'sim/migrate', 'sim/process'];

/** By room: the rooms that it imports. */
type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The diagram, a fenced block. Imports of types are left out, for nothing is left of them when they are compiled; so
 * are arrows that a longer way of arrows stands for, and files beside the rooms that import no room: everybody uses
 * those.
 */
export function importDiagram(imports: readonly Import[]): string {
  const arrows = withoutShortcuts(graphOf(imports.filter(({ isType }) => !isType)));
  const rooms = [...arrows.keys()].sort();
  const of = (folder: string): readonly string[] => rooms.filter((room) => room.startsWith(`${folder}/`));
  const besides = of('sim').filter((room) => !KERNEL_ROOMS.includes(room));
  return [
    '```mermaid',
    'flowchart TD',
    ...box('bench', 'bench/', of('bench').map(node)),
    ...box('sim', 'sim/', [...besides.map(node), ...box('linux', 'the kernel', KERNEL_ROOMS.map(node))]),
    ...lines(arrows).map((line) => `  ${line}`),
    '```',
  ].join('\n');
}

function graphOf(imports: readonly Import[]): Graph {
  const atRest = filesAtRest(imports);
  const graph = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    if ([from, to].some((file) => TESTS.test(file) || atRest.has(file))) continue;
    const [importer, imported] = [roomOf(from), roomOf(to)];
    if (importer === null || imported === null || importer === imported) continue;
    graph.set(importer, (graph.get(importer) ?? new Set()).add(imported));
    graph.set(imported, graph.get(imported) ?? new Set());
  }
  return graph;
}

/** Files beside the rooms from which no room can be reached. */
function filesAtRest(imports: readonly Import[]): ReadonlySet<string> {
  const isBeside = (file: string): boolean => file.split('/').length === 2;
  const busy = new Set<string>();
  for (let before = -1; before < busy.size;) {
    before = busy.size;
    for (const { from, to } of imports)
      if (isBeside(from) && roomOf(to) !== null && (!isBeside(to) || busy.has(to))) busy.add(from);
  }
  const all = imports.flatMap(({ from, to }) => [from, to]).filter(isBeside);
  return new Set(all.filter((file) => !busy.has(file)));
}

/** `sim/ksm` of a file in there; null for a package. */
function roomOf(file: string): string | null {
  const [folder, room, ...rest] = file.split('/');
  if (folder !== 'sim' && folder !== 'bench') return null;
  if (rest.length > 0) return `${folder}/${room}`;
  const name = room.replace(/\.ts$/, '');
  if (KERNEL_FILES.includes(name)) return 'sim/kernel.ts';
  return name === 'index' ? `${folder}/index.ts` : `${folder}/device.ts`;
}

/**
 * Without arrows that a longer way stands for, taken away one by one in the order of their names; among rooms that
 * reach each other all stay.
 */
function withoutShortcuts(graph: Graph): Graph {
  const left = new Map([...graph].map(([room, imported]) => [room, new Set([...imported].sort())]));
  for (const [room, imported] of [...left].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const one of [...imported]) {
      if (reaches(graph, one, room)) continue;
      imported.delete(one);
      if (!reaches(left, room, one)) imported.add(one);
    }
  }
  return left;
}

function reaches(graph: Graph, from: string, to: string): boolean {
  const seen = new Set<string>();
  const waiting = [from];
  for (let room = waiting.pop(); room !== undefined; room = waiting.pop()) {
    if (room === to) return true;
    if (seen.has(room)) continue;
    seen.add(room);
    waiting.push(...(graph.get(room) ?? []));
  }
  return false;
}

/** One line an arrow; two rooms that import each other share one. */
function lines(graph: Graph): readonly string[] {
  return [...graph]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([room, imported]) =>
      [...imported].sort().flatMap((one) => {
        const isMutual = graph.get(one)?.has(room) === true;
        if (isMutual && one < room) return [];
        return [`${idOf(room)} ${isMutual ? '<-->' : '-->'} ${idOf(one)}`];
      }),
    );
}

function box(id: string, title: string, content: readonly string[]): readonly string[] {
  return [`  subgraph ${id}["${title}"]`, ...content.map((line) => `  ${line}`), '  end'];
}

function node(room: string): string {
  return `  ${idOf(room)}["${room.slice(room.indexOf('/') + 1)}"]`;
}

/** Dots and slashes mean something in Mermaid. */
function idOf(room: string): string {
  return room.replaceAll(/\W/g, '_');
}
